//! The product speaks of itself alone: it names no machine on which it was made or tried,
//! no place to fetch from that was given to that machine, and no paper that is not here.

use std::path::Path;

use crate::tree::{self, File, none, root};

/// Hosts that may be named: those of standards, sources and schemas.
const HOSTS: [&str; 14] = [
    "127.0.0.1",
    "localhost",
    "crates.io",
    "docs.rs",
    "example.org",
    "github.com",
    "hl7.org",
    "json-schema.org",
    "kubernetes.io",
    "loinc.org",
    "opentelemetry.io",
    "snomed.info",
    "spdx.org",
    "www.w3.org",
];

/// Ends of names that nobody can have.
const NOBODY: [&str; 4] = [".example", ".invalid", ".test", ".svc.cluster.local"];

/// Homes of people and checkouts on a machine.
fn homes() -> Vec<String> {
    ["root", "home", "Users", "work"].iter().map(|folder| format!("/{folder}/")).collect()
}

/// Places of this very machine: where the tree is, what the machine is called.
fn here() -> Vec<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned();
    // A short name or a common word would be found everywhere.
    let named = name.len() >= 8 && name.contains(|character: char| character.is_ascii_digit());
    let mut here = vec![root().to_string_lossy().into_owned()];
    here.extend(named.then_some(name));
    here
}

/// Every line with a word that may not be there.
fn lines_with(file: &File, unwanted: &[String]) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    let found = lines.filter(|(_, line)| unwanted.iter().any(|word| line.contains(word.as_str())));
    found.map(|(number, line)| format!("{}:{}: {}", file.path, number + 1, line.trim())).collect()
}

/// Hosts of the addresses in a line.
fn hosts(line: &str) -> Vec<&str> {
    let rests = ["http://", "https://"].into_iter().flat_map(|scheme| line.split(scheme).skip(1));
    let hosts = rests.map(|rest| {
        let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || "._-".contains(character)));
        rest[..end.unwrap_or(rest.len())].trim_end_matches('.')
    });
    hosts.filter(|host| !host.is_empty()).collect()
}

fn is_known_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    // A name without a dot is one of a cluster, a composition or a test.
    let inside =
        !host.contains('.') || host.ends_with(".observability") || NOBODY.iter().any(|end| host.ends_with(end));
    inside || HOSTS.contains(&host.as_str())
}

fn foreign_hosts(file: &File) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    let found = lines.flat_map(|(number, line)| hosts(line).into_iter().map(move |host| (number + 1, host)));
    found.filter(|(_, host)| !is_known_host(host)).map(|(line, host)| format!("{}:{line}: {host}", file.path)).collect()
}

/// Papers that a file names, such as `README.md`, and that are nowhere in the tree.
fn missing_papers(file: &File, papers: &[&str]) -> Vec<String> {
    let words = file.text.split(|character: char| !(character.is_ascii_alphanumeric() || "._-/".contains(character)));
    let named = words.filter(|word| word.ends_with(".md") && word.len() > 3);
    let names = named.map(|word| word.rsplit('/').next().unwrap_or(word));
    names.filter(|name| !papers.contains(name)).map(|name| format!("{}: {name}", file.path)).collect()
}

/// A number of something that is kept elsewhere.
fn numbered(line: &str) -> bool {
    let line = line.to_lowercase();
    let counted = ["issue ", "issue #", "ticket ", "pull request "].into_iter().any(|word| {
        line.match_indices(word)
            .any(|(place, _)| line[place + word.len()..].starts_with(|next: char| next.is_ascii_digit()))
    });
    counted || line.contains(char::from_u32(0xa7).expect("the sign of a section"))
}

#[test]
fn no_machine_is_named() {
    let unwanted: Vec<String> = homes().into_iter().chain(here()).collect();
    let broken: Vec<String> = tree::files().iter().flat_map(|file| lines_with(file, &unwanted)).collect();
    none("no home and no machine is named", &broken);
}

#[test]
fn no_place_to_fetch_from_is_named() {
    let broken: Vec<String> = tree::files().iter().flat_map(foreign_hosts).collect();
    none("addresses are of standards and sources", &broken);
}

#[test]
fn papers_that_are_named_are_here() {
    let papers: Vec<&str> =
        tree::files().iter().filter_map(|file| Path::new(&file.path).file_name()?.to_str()).collect();
    let broken: Vec<String> = tree::files().iter().flat_map(|file| missing_papers(file, &papers)).collect();
    none("a paper that is named is in the tree", &broken);
}

#[test]
fn nothing_refers_to_what_is_kept_elsewhere() {
    let mut broken = Vec::new();
    for file in tree::files().iter().filter(|file| !file.path.ends_with(".lock")) {
        let lines = file.text.lines().enumerate().filter(|(_, line)| numbered(line));
        broken.extend(lines.map(|(number, line)| format!("{}:{}: {}", file.path, number + 1, line.trim())));
    }
    none("numbers of issues and sections are of other papers", &broken);
}

#[test]
fn what_may_not_be_named_is_found() {
    let file = |text: String| File { path: "a.rs".to_owned(), text };
    assert_eq!(lines_with(&file(format!("ok\nlet a = \"{}x\";", homes()[0])), &homes()).len(), 1);
    let mirror = format!("see {}://mirror.corp/x and https://github.com/a", "https");
    assert_eq!(foreign_hosts(&file(mirror)), ["a.rs:1: mirror.corp"]);
    assert!(foreign_hosts(&file("http://posting:50051 https://a.example.".to_owned())).is_empty());
    let named = file(format!("as in {}.md and README.md", "PLAN"));
    assert_eq!(missing_papers(&named, &["README.md"]), [format!("a.rs: {}.md", "PLAN")]);
    assert!(numbered(&format!("as {} {} says", "issue", 2)) && !numbered("to issue two tokens"));
}
