//! How files begin, how long they are and where modules are.

use crate::source::is_for_tests;
use crate::tree::{self, File, none};

/// Lines of a file that goes into the product; longer ones want to be two.
const LONGEST: usize = 330;
/// Lines of a file of tests, where one story may take long.
const LONGEST_OF_TESTS: usize = 430;

/// Files that may be longer: most lines, and why.
const LONGER: &[(&str, usize, &str)] = &[
    ("services/matching/src/index/tenant.rs", 450, "one structure whose parts change together"),
    ("crates/projections/src/runner.rs", 400, "one loop, with the order of its steps as its content"),
    ("crates/projections/src/build.rs", 360, "one build from first table to flip"),
    ("services/gateway/tests/it/fake/membership.rs", 560, "a whole service, one short method a call"),
    ("crates/jetstream/tests/it/replies.rs", 520, "the table of replies, a test a row"),
];

fn too_long(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let usual = if is_for_tests(&file.path) { LONGEST_OF_TESTS } else { LONGEST };
    let most = LONGER.iter().find(|(path, ..)| *path == file.path).map_or(usual, |(_, most, _)| *most);
    (lines > most).then(|| format!("{} has {lines} lines, {most} are the most", file.path))
}

#[test]
fn every_file_begins_with_what_it_promises() {
    let begins = ["//! ", "#![doc = include_str!(\"../README.md\")]"];
    let silent = tree::rust().filter(|file| !begins.iter().any(|begin| file.text.starts_with(begin)));
    none("a file opens with `//!`", &silent.map(|file| file.path.clone()).collect::<Vec<_>>());
}

#[test]
fn files_are_short() {
    none("long files are split", &tree::rust().filter_map(too_long).collect::<Vec<_>>());
}

#[test]
fn a_long_file_is_found() {
    let file = |path: &str, lines| File { path: path.to_owned(), text: "//! x\n".repeat(lines) };
    assert!(too_long(&file("crates/ids/src/lib.rs", LONGEST)).is_none());
    assert!(too_long(&file("crates/ids/src/lib.rs", LONGEST + 1)).is_some());
    assert!(too_long(&file("crates/ids/tests/it/main.rs", LONGEST + 1)).is_none());
    let (path, most, _) = LONGER[0];
    assert!(too_long(&file(path, most)).is_none() && too_long(&file(path, most + 1)).is_some());
}

#[test]
fn modules_lie_beside_their_folder() {
    let old = tree::rust().filter(|file| file.path.ends_with("/mod.rs"));
    none("a module is `foo.rs` and `foo/`", &old.map(|file| file.path.clone()).collect::<Vec<_>>());
}
