//! The conditions that the profile editor offers, in plain words, with their ICD-10-CM
//! codes; and how what somebody typed becomes a coded value.

const LIST: &str = include_str!("../data/conditions.csv");

/// The coding system that typed codes belong to.
const SYSTEM: &str = "icd10cm";

/// Code and plain words of every condition offered.
pub fn conditions() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once(','))
}

/// Languages that the profile editor offers: tag, name in English.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Chinese"),
    ("tl", "Tagalog"),
    ("vi", "Vietnamese"),
    ("ar", "Arabic"),
    ("fr", "French"),
    ("ko", "Korean"),
    ("ru", "Russian"),
    ("pt", "Portuguese"),
    ("de", "German"),
    ("hi", "Hindi"),
    ("pl", "Polish"),
    ("it", "Italian"),
    ("ht", "Haitian Creole"),
    ("so", "Somali"),
    ("ase", "American Sign Language"),
];

/// The name of a language by its tag.
#[must_use]
pub fn language(tag: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag)).map(|(_, name)| *name)
}

/// The tag of what somebody typed: a name of the list, or a tag as it stands.
#[must_use]
pub fn language_tag(typed: &str) -> String {
    let typed = typed.trim();
    let known = LANGUAGES.iter().find(|(_, name)| plain(name) == plain(typed));
    known.map_or_else(|| typed.to_owned(), |(tag, _)| (*tag).to_owned())
}

/// Value and label of what somebody typed: a condition of the list by its words or code,
/// or any other code, with words of their own behind it if they like.
#[must_use]
pub fn coded(typed: &str) -> Option<(String, String)> {
    let typed = typed.trim();
    let same = |text: &str| plain(text) == plain(typed);
    if let Some((code, words)) = conditions().find(|(code, words)| same(code) || same(words)) {
        return Some((format!("{SYSTEM}|{code}"), words.to_owned()));
    }
    let (code, words) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    let code = code.to_uppercase();
    let words = if words.trim().is_empty() { known(&code).unwrap_or(&code) } else { words.trim() };
    is_code(&code).then(|| (format!("{SYSTEM}|{code}"), words.to_owned()))
}

/// The plain words of a coded value such as `icd10cm|E06.3`, if the list has them.
#[must_use]
pub fn condition(value: &str) -> Option<&'static str> {
    known(value.strip_prefix(SYSTEM)?.strip_prefix('|')?)
}

fn known(code: &str) -> Option<&'static str> {
    conditions().find(|(listed, _)| *listed == code).map(|(_, words)| words)
}

/// Apostrophes and capitals do not matter.
fn plain(text: &str) -> String {
    text.to_lowercase().replace('’', "'")
}

/// A letter, a digit, a digit or letter, then up to four more behind a dot.
fn is_code(text: &str) -> bool {
    let (head, tail) = text.split_once('.').map_or((text, None), |(head, tail)| (head, Some(tail)));
    let head = head.as_bytes();
    head.len() == 3
        && head[0].is_ascii_uppercase()
        && head[1].is_ascii_digit()
        && head[2].is_ascii_alphanumeric()
        && tail.is_none_or(|tail| (1..=4).contains(&tail.len()) && tail.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_offered_has_a_code_and_its_own_words() {
        let mut words: Vec<&str> = conditions().map(|(_, words)| words).collect();
        assert!(words.len() > 60);
        assert!(conditions().all(|(code, words)| is_code(code) && !words.is_empty()));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), conditions().count());
    }

    #[test]
    fn a_code_of_the_list_has_words() {
        assert!(condition("icd10cm|E06.3").is_some_and(|words| words.starts_with("Hashimoto")));
        for other in ["icd10cm|A00.9", "snomed|E06.3", "E06.3", "icd10cm", ""] {
            assert_eq!(condition(other), None, "{other}");
        }
    }

    #[test]
    fn what_somebody_types_becomes_a_code() {
        let both = |value: &str, label: &str| Some((value.to_owned(), label.to_owned()));
        assert_eq!(coded("hashimoto's thyroiditis"), both("icd10cm|E06.3", "Hashimoto’s thyroiditis"));
        assert_eq!(coded(" e06.3 "), both("icd10cm|E06.3", "Hashimoto’s thyroiditis"));
        assert_eq!(coded("Q79.6 Ehlers-Danlos"), both("icd10cm|Q79.6", "Ehlers-Danlos"));
        assert_eq!(coded("always tired"), None);
        assert_eq!(coded("E06.12345"), None);
        assert_eq!(coded(""), None);
    }

    #[test]
    fn languages_are_typed_by_name_or_tag() {
        assert_eq!([language_tag(" spanish "), language_tag("es-MX")], ["es", "es-MX"]);
        assert_eq!((language("ES"), language("xx")), (Some("Spanish"), None));
    }
}
