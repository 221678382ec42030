//! SQL stands in `.sql` files, where it is checked against the tables when it is compiled.

use crate::source::{Source, product};
use crate::tree::{File, none};

/// Words that begin a statement.
const STATEMENTS: [&str; 17] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "GRANT ",
    "REVOKE ",
    "TRUNCATE ",
    "SET LOCAL ",
    "COPY ",
    "ANALYZE ",
    "BEGIN ",
    "BEGIN;",
    "LOCK ",
    "WITH ",
];

/// Files that may say SQL themselves, and why it cannot stand in a file.
const REVIEWED: &[(&str, &str)] = &[
    ("crates/projections/src/apply.rs", "sabotage only, never in a release"),
    ("crates/projections/src/build/compare.rs", "names of tables and columns are the projection's"),
    ("crates/projections/src/copy.rs", "names of tables and columns are the projection's"),
    ("crates/projections/src/database.rs", "how a transaction begins"),
    ("crates/projections/src/database/identity.rs", "a setting of the transaction"),
    ("crates/projections/src/heads.rs", "the view's name holds its version"),
    ("crates/projections/src/redactor.rs", "settings and names of schemas"),
    ("crates/projections/src/tables.rs", "names of schemas are generations"),
    ("crates/projections/src/transaction.rs", "how a transaction begins"),
    ("crates/vault/src/vault.rs", "sabotage only, never in a release"),
    ("services/notification/src/read_model/ledger.rs", "how a transaction begins"),
    ("services/kindred/src/demo/environment.rs", "databases and logins cannot be parameters"),
];

fn statements(source: &Source) -> Vec<(usize, String)> {
    let texts = source.texts().filter(|(_, text)| {
        let begin = text.trim_start();
        begin == "BEGIN" || STATEMENTS.iter().any(|word| begin.starts_with(word))
    });
    texts.map(|(line, text)| (line, text.lines().next().unwrap_or_default().to_owned())).collect()
}

fn unreviewed(file: &File, source: &Source) -> Vec<String> {
    if REVIEWED.iter().any(|(path, _)| *path == file.path) {
        return Vec::new();
    }
    statements(source).into_iter().map(|(line, text)| format!("{}:{line}: {text}", file.path)).collect()
}

#[test]
fn sql_stands_in_files_of_its_own() {
    let broken: Vec<String> = product().flat_map(|(file, source)| unreviewed(file, &source)).collect();
    none("SQL stands in `.sql` files", &broken);
}

#[test]
fn reviewed_files_still_say_sql() {
    let silent = REVIEWED
        .iter()
        .filter(|(path, _)| !product().any(|(file, source)| file.path == *path && !statements(&source).is_empty()));
    none("the list holds nothing that is not needed", &silent.map(|(path, _)| (*path).to_owned()).collect::<Vec<_>>());
}

#[test]
fn sql_in_code_is_found() {
    let file = |path: &str| File { path: path.to_owned(), text: String::new() };
    let source = Source::of(
        "fn f() { sqlx::query(\"SELECT 1\"); g(\"with you\"); }\n#[cfg(test)]\nmod t { fn g() { h(\"SELECT 2\"); } }",
    );
    assert_eq!(unreviewed(&file("services/posting/src/a.rs"), &source), ["services/posting/src/a.rs:1: SELECT 1"]);
    assert!(unreviewed(&file(REVIEWED[0].0), &source).is_empty());
}
