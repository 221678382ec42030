//! The ICD-10-CM hierarchy as far as matching needs it: subcategories by the shape of a
//! code, categories and sections from a committed table.
//!
//! # Promises
//!
//! * A code of a sensitive chapter has no ancestors: nobody is found by a neighborhood
//!   of what they said in confidence.

use std::collections::HashMap;
use std::sync::LazyLock;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Made from the CDC's tabular list, which is in the public domain.
const TABLE: &str = include_str!("../../data/icd10cm.tsv");

/// Substance use, HIV, terminations of pregnancy: matched as they stand or not at all.
const SENSITIVE: [&str; 17] = [
    "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "B20", "B97.35", "O98.7", "R75", "Z21",
    "O04", "Z33.2",
];

struct Row {
    section: &'static str,
    name: &'static str,
}

static ROWS: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| {
        let mut columns = line.split('\t');
        let (code, section, name) = (columns.next()?, columns.next()?, columns.next()?);
        Some((code, Row { section, name }))
    });
    rows.collect()
});

/// Differs when a code is a kind of something else, or of nothing any more.
pub(super) fn version() -> u64 {
    xxh3_64_with_seed(TABLE.as_bytes(), xxh3_64(SENSITIVE.join("\n").as_bytes()))
}

/// Whether a code is of a sensitive chapter.
pub(super) fn is_sensitive(code: &str) -> bool {
    SENSITIVE.iter().any(|prefix| code.starts_with(prefix))
}

/// What a code is a kind of, the nearest first: subcategories, the category, its section.
pub(super) fn ancestors(code: &str) -> Vec<&str> {
    let category = code.get(..3).unwrap_or(code);
    let stands_alone = code.contains('-') || is_sensitive(code);
    let Some(row) = ROWS.get(category).filter(|_| !stands_alone) else { return Vec::new() };
    let mut above: Vec<&str> = Vec::with_capacity(5);
    // `E10.321`: `E10.32`, `E10.3`, then the category without its dot.
    above.extend((5..code.len()).rev().filter_map(|end| code.get(..end)));
    if code.len() > 3 {
        above.push(category);
    }
    if !row.section.is_empty() {
        above.push(row.section);
    }
    above
}

/// The committed name of a category or section.
pub(super) fn name(code: &str) -> Option<&'static str> {
    ROWS.get(code).map(|row| row.name)
}

/// The committed name of a code, or of the nearest ancestor that has one.
pub(super) fn nearest_name(code: &str) -> Option<&'static str> {
    name(code).or_else(|| code.get(..3).and_then(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_climbs_to_its_section() {
        assert_eq!(ancestors("E06.3"), ["E06", "E00-E07"]);
        assert_eq!(ancestors("E10.321"), ["E10.32", "E10.3", "E10", "E08-E13"]);
        assert_eq!(ancestors("E06"), ["E00-E07"]);
        assert_eq!(ancestors("C50.9"), ["C50"], "its section is the category again");
    }

    #[test]
    fn sensitive_and_unknown_codes_stand_alone() {
        for alone in ["E00-E07", "F10.20", "B20", "Z21", "O04.5", "O98.71", "Z33.2", "Q0A.1", "X"] {
            assert!(ancestors(alone).is_empty(), "{alone}");
        }
        assert!(!ancestors("O98.5").is_empty());
    }

    #[test]
    fn categories_and_sections_have_names() {
        assert_eq!(name("E06"), Some("Thyroiditis"));
        assert_eq!(name("E00-E07"), Some("Disorders of thyroid gland"));
        assert_eq!(name("E06.3"), None);
        assert_eq!(nearest_name("E06.3"), Some("Thyroiditis"));
        assert_eq!(ROWS.values().filter(|row| row.name.is_empty()).count(), 0);
    }
}
