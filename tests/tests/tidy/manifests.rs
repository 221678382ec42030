//! Versions, lints and edition are set once, in the manifest at the root.

use crate::tree::{self, none};

/// What every package inherits.
const INHERITED: [&str; 5] = [
    "version.workspace = true",
    "edition.workspace = true",
    "rust-version.workspace = true",
    "license.workspace = true",
    "publish.workspace = true",
];

/// What is wrong with a package's manifest.
fn faults(text: &str) -> Vec<String> {
    let mut section = "";
    let mut faults: Vec<String> = INHERITED
        .iter()
        .filter(|line| !text.lines().any(|one| one == **line))
        .map(|line| format!("lacks `{line}`"))
        .collect();
    if !text.contains("[lints]\nworkspace = true\n") {
        faults.push("does not inherit the lints".to_owned());
    }
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if section.contains("dependencies") && line.contains('=') && !line.starts_with('#') {
            let versioned = line.contains("version = ")
                || line.split_once('=').is_some_and(|(_, value)| value.trim().starts_with('"'));
            if versioned {
                faults.push(format!("sets a version of its own: `{line}`"));
            }
        }
    }
    faults
}

#[test]
fn versions_lints_and_edition_are_inherited() {
    let manifests = tree::files().iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    let broken: Vec<String> = manifests
        .flat_map(|file| faults(&file.text).into_iter().map(|fault| format!("{} {fault}", file.path)))
        .collect();
    none("versions, lints and edition are set once", &broken);
}

#[test]
fn a_version_of_its_own_is_found() {
    let inherits = format!("[package]\n{}\n[lints]\nworkspace = true\n", INHERITED.join("\n"));
    assert!(faults(&format!("{inherits}[dependencies]\nbytes.workspace = true\n")).is_empty());
    assert_eq!(faults(&format!("{inherits}[dependencies]\nbytes = \"1\"\n")).len(), 1);
    assert_eq!(faults(&format!("{inherits}[dev-dependencies]\nbytes = {{ version = \"1\" }}\n")).len(), 1);
    assert_eq!(faults("[package]\n").len(), 6);
}
