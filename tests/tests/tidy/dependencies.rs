//! Who may rest on whom. Services meet in `proto` only.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::tree::{none, root};

const IDS: &str = "kindred-ids";
const EVENTSOURCING: &str = "kindred-eventsourcing";
const PROTO: &str = "kindred-proto";
const JETSTREAM: &str = "kindred-jetstream";
const PROJECTIONS: &str = "kindred-projections";
const VAULT: &str = "kindred-vault";
const KIT: &str = "kindred-service-kit";
const HOST: &str = "kindred-service-host";
const RANKING: &str = "kindred-ranking";
const SENTENCES: &str = "kindred-sentences";
const EMBEDDED: &str = "kindred-embedded";

/// What a service with a log of its own may rest on.
const SERVICE: &[&str] = &[IDS, EVENTSOURCING, PROTO, JETSTREAM, PROJECTIONS, VAULT, KIT, HOST];

/// What one may rest on that ranks by words and meaning.
const RANKED: &[&str] = &[IDS, EVENTSOURCING, PROTO, JETSTREAM, PROJECTIONS, VAULT, KIT, HOST, RANKING, SENTENCES];

/// Every package of ours that others may rest on, and what it may rest on itself.
const MAY_REST_ON: &[(&str, &[&str])] = &[
    (IDS, &[]),
    (EMBEDDED, &[]),
    (RANKING, &[]),
    (SENTENCES, &[]),
    (PROTO, &[IDS]),
    (EVENTSOURCING, &[IDS]),
    (JETSTREAM, &[IDS, EVENTSOURCING]),
    (VAULT, &[IDS, EVENTSOURCING]),
    (PROJECTIONS, &[IDS, EVENTSOURCING, VAULT]),
    (KIT, &[IDS, EVENTSOURCING, PROTO]),
    (HOST, &[IDS, EVENTSOURCING, PROTO, JETSTREAM, PROJECTIONS, VAULT, KIT]),
    ("kindred-testkit", &[IDS, EVENTSOURCING, JETSTREAM, PROJECTIONS, EMBEDDED]),
    ("kindred-membership", SERVICE),
    ("kindred-posting", RANKED),
    ("kindred-matching", RANKED),
    ("kindred-notification", SERVICE),
    // It has no log and no database.
    ("kindred-gateway", &[IDS, EVENTSOURCING, PROTO, KIT]),
];

/// The two that hold everything together may rest on all.
const ON_TOP: [&str; 2] = ["kindred", "kindred-tests"];

/// For tests beside the product.
const FOR_TESTS: [&str; 2] = [EMBEDDED, "kindred-testkit"];

/// Packages of others that only some of ours may use, and why.
const HOMES: &[(&str, &[&str], &str)] = &[
    (
        "async-nats",
        &[JETSTREAM, "kindred-tests"],
        "the log is behind one crate; measurements compare with the bare client",
    ),
    (
        "sqlx",
        &[
            PROJECTIONS,
            VAULT,
            HOST,
            "kindred-testkit",
            "kindred-membership",
            "kindred-posting",
            "kindred-matching",
            "kindred-notification",
            "kindred",
            "kindred-tests",
        ],
        "the core and the gateway have no database",
    ),
    ("lettre", &["kindred-notification"], "one service sends mail"),
    ("askama", &["kindred-gateway"], "one service has pages"),
    ("cedar-policy", &[KIT], "who may do what is decided in one place"),
    ("clap", &["kindred"], "there is one command line"),
    ("candle-core", &[SENTENCES], "one crate runs models"),
    ("candle-nn", &[SENTENCES], "one crate runs models"),
    ("tokenizers", &[SENTENCES], "one crate runs models"),
];

/// What the pure core uses of others: nothing that knows a server, a file or the time of day.
const CORE: &[(&str, &[&str])] = &[
    (IDS, &["ring", "serde", "thiserror", "uuid", "xxhash-rust"]),
    (RANKING, &["thiserror"]),
    (
        EVENTSOURCING,
        &["bytes", "futures", "moka", "prost", "ring", "thiserror", "tokio", "tokio-util", "tracing", "uuid"],
    ),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    features: Vec<String>,
}

static PACKAGES: LazyLock<Vec<Package>> = LazyLock::new(|| {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).expect("cargo describes the workspace");
    assert!(metadata.packages.len() >= MAY_REST_ON.len(), "packages are missing");
    metadata.packages
});

impl Package {
    fn dependencies(&self, kind: Option<&str>) -> impl Iterator<Item = &str> {
        self.dependencies.iter().filter(move |one| one.kind.as_deref() == kind).map(|one| one.name.as_str())
    }
}

/// What a package does that it may not.
fn beyond(package: &Package) -> Vec<String> {
    let name = package.name.as_str();
    if ON_TOP.contains(&name) {
        return Vec::new();
    }
    let Some((_, allowed)) = MAY_REST_ON.iter().find(|(known, _)| *known == name) else {
        return vec![format!("`{name}` has no row: say what it may rest on")];
    };
    let ours = |dependency: &&str| dependency.starts_with("kindred");
    let product = package.dependencies(None).chain(package.dependencies(Some("build"))).filter(ours);
    let product = product.filter(|one| !allowed.contains(one));
    let tests = package.dependencies(Some("dev")).filter(ours);
    let tests = tests.filter(|one| !allowed.contains(one) && !FOR_TESTS.contains(one) && *one != name);
    product
        .map(|one| format!("`{name}` rests on `{one}`"))
        .chain(tests.map(|one| format!("tests of `{name}` rest on `{one}`")))
        .collect()
}

#[test]
fn packages_rest_on_what_is_below_them() {
    none("dependencies run one way", &PACKAGES.iter().flat_map(beyond).collect::<Vec<_>>());
}

#[test]
fn a_service_that_rests_on_another_is_found() {
    let wrong = |kind: Option<&str>| Package {
        name: "kindred-posting".to_owned(),
        dependencies: vec![Dependency {
            name: "kindred-membership".to_owned(),
            kind: kind.map(str::to_owned),
            features: Vec::new(),
        }],
        features: BTreeMap::new(),
    };
    assert_eq!(beyond(&wrong(None)), ["`kindred-posting` rests on `kindred-membership`"]);
    assert_eq!(beyond(&wrong(Some("dev"))), ["tests of `kindred-posting` rest on `kindred-membership`"]);
}

#[test]
fn what_others_made_is_used_where_it_belongs() {
    let mut broken = Vec::new();
    for package in PACKAGES.iter() {
        for (name, homes, why) in HOMES {
            let used = package.dependencies(None).any(|one| one == *name);
            if used && !homes.contains(&package.name.as_str()) {
                broken.push(format!("`{}` uses {name}: {why}", package.name));
            }
        }
        let core = CORE.iter().filter(|(name, _)| *name == package.name);
        for (name, used) in core {
            let foreign = package.dependencies(None).filter(|one| !one.starts_with("kindred") && !used.contains(one));
            broken.extend(foreign.map(|one| format!("`{name}` uses {one}: the core is pure")));
        }
    }
    none("packages of others have their place", &broken);
}

#[test]
fn nothing_is_sabotaged_unless_asked() {
    let is_sabotage = |feature: &str| feature.contains("sabotage-");
    let mut broken = Vec::new();
    for package in PACKAGES.iter() {
        let implied = package.features.iter().filter(|(name, _)| !is_sabotage(name)).flat_map(|(_, implied)| implied);
        let asked = package.dependencies.iter().flat_map(|one| &one.features);
        let on = implied.chain(asked).filter(|feature| is_sabotage(feature));
        broken.extend(on.map(|feature| format!("`{}` turns `{feature}` on", package.name)));
    }
    none("sabotage is for its own run", &broken);
}
