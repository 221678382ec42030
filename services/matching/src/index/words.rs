//! The sentences that matching speaks.

use super::feature::{Feature, Kind, Kinds};
use super::reason::About;
use super::{icd, language};

/// What two people have in common, as the viewer reads it: `shared` is the value, `leaf`
/// the viewer's own field above or at which it stands, `own` how they wrote it.
pub(super) fn sentence(shared: &Feature, leaf: &Feature, own: Option<&str>) -> String {
    match shared.kind {
        Kind::Condition => format!("You both live with {}", condition(&shared.value, own)),
        Kind::Interest => format!("You both enjoy {}", own.map_or_else(|| shared.value.to_string(), in_sentence)),
        Kind::Role => {
            let role = own.map_or_else(|| shared.value.to_string(), in_sentence);
            format!("You are both here as {} {role}", article(&role))
        }
        Kind::Area => area(own.unwrap_or(&shared.value)),
        Kind::Language => format!("You both speak {}", language::name(&shared.value)),
        Kind::Year if shared == leaf => format!("You were both diagnosed in {}", leaf.value),
        Kind::Year => format!("You were both diagnosed around {}", leaf.value),
        Kind::Stage => format!("You are both {}", own.map_or_else(|| shared.value.to_string(), in_sentence)),
        Kind::Treatment => {
            format!("You are both treated with {}", own.map_or_else(|| shared.value.to_string(), in_sentence))
        }
        Kind::AgeBand => format!("You are both {}", age(&shared.value)),
        Kind::Sex => format!("You are both {}", shared.value),
        Kind::Offer => format!("They can help with {}, which you look for", shared.value),
        Kind::Want => format!("They look for {}, which you can help with", shared.value),
        Kind::Community | Kind::Thread | Kind::Asked => together(About::Shared(shared.kind), 1),
    }
}

/// What two people do together, so many times, or what is guessed, as the viewer reads it.
pub(super) fn together(about: About, count: usize) -> String {
    match (about, count) {
        (About::Likely, _) => "What you said and what they said often go together".to_owned(),
        (About::Writing, _) => "You write about similar things".to_owned(),
        (About::Shared(Kind::Asked), _) => "They asked to meet you".to_owned(),
        (About::Shared(Kind::Thread), 1) => "You both took part in the same discussion".to_owned(),
        (About::Shared(Kind::Thread), _) => format!("You both took part in {count} of the same discussions"),
        (About::Shared(_), 1) => "You are in the same community".to_owned(),
        (About::Shared(_), _) => format!("You are in {count} of the same communities"),
    }
}

/// Why a community is suggested in which many are who are where the viewer is.
pub(super) const MANY_CROSS: &str = "Many who are in your communities are there too";

/// What many in a community have in common with the viewer, who is not in it.
pub(super) fn of_many(shared: &Feature) -> String {
    let value = &shared.value;
    match shared.kind {
        Kind::Condition => format!("Many there live with {}", condition(value, None)),
        Kind::Interest => format!("Many there enjoy {value}"),
        Kind::Role => format!("Many there are there as {} {value}", article(value)),
        Kind::Area if value.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("Many there live where postal codes begin with {value}")
        }
        Kind::Area => format!("Many there live near {value}"),
        Kind::Language => format!("Many there speak {}", language::name(value)),
        Kind::Year => "Many there were diagnosed around the same time as you".to_owned(),
        Kind::Stage => format!("Many there are {value}"),
        Kind::Treatment => format!("Many there are treated with {value}"),
        Kind::AgeBand => format!("Many there are {}", age(value)),
        Kind::Sex => format!("Many there are {value}"),
        Kind::Offer => format!("Many there can help with {value}, which you look for"),
        Kind::Want => format!("Many there look for {value}, which you can help with"),
        Kind::Community | Kind::Thread | Kind::Asked => MANY_CROSS.to_owned(),
    }
}

/// `40-49` is "between 40 and 49", `80+` is "80 or older".
fn age(band: &str) -> String {
    match (band.split_once('-'), band.strip_suffix('+')) {
        (Some((from, to)), _) => format!("between {from} and {to}"),
        (None, Some(from)) => format!("{from} or older"),
        (None, None) => format!("of the same age, {band}"),
    }
}

/// Where nobody gave the area a name, it is the beginning of a postal code.
fn area(place: &str) -> String {
    if place.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("You both live where postal codes begin with {place}");
    }
    format!("You both live near {place}")
}

fn condition(code: &str, own: Option<&str>) -> String {
    own.or_else(|| icd::nearest_name(code)).map_or_else(|| "the same condition".to_owned(), in_sentence)
}

/// A name as it stands inside a sentence: `Thyroiditis` becomes `thyroiditis`,
/// `Hashimoto's thyroiditis` and `HIV disease` stay; what coding systems add in brackets
/// at the end is left out.
fn in_sentence(name: &str) -> String {
    let name = ["(disorder)", "(finding)", "(situation)"].iter().find_map(|tag| name.strip_suffix(tag)).unwrap_or(name);
    let name = name.trim();
    let first = name.split_whitespace().next().unwrap_or_default();
    let is_name = first.contains('\'')
        || first.contains('\u{2019}')
        || first.chars().skip(1).any(|letter| !letter.is_lowercase());
    let mut letters = name.chars();
    match letters.next() {
        Some(letter) if !is_name || first.chars().count() == 1 => letter.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// What would give a member better matches, in plain words.
#[derive(Default)]
pub(super) struct Advice {
    pub(super) consents: bool,
    /// What the fields that they release to somebody are about.
    pub(super) kinds: Kinds,
    /// Whether they release others to nobody.
    pub(super) withholds: bool,
}

impl Advice {
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<&str> = Vec::new();
        if !self.consents {
            lines.push("Agree to be matched: only people who agreed can find each other.");
        }
        let has = |kind| self.kinds.contains(kind);
        if !has(Kind::Condition) {
            lines.push("Add what you live with or care for.");
        }
        if !has(Kind::Interest) {
            lines.push("Add what you like to do or talk about.");
        }
        if !has(Kind::Language) {
            lines.push("Add the languages that you speak.");
        }
        if has(Kind::Condition) && !has(Kind::Year) {
            lines.push("Add the year of your diagnosis.");
        }
        if self.withholds && self.kinds.len() < 3 {
            lines.push("Let more of your profile be used for matching: what only you can see is never used.");
        }
        lines.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(kind: Kind, typed: &str) -> Feature {
        Feature::of(kind, typed).expect("a value")
    }

    fn own(kind: Kind, typed: &str, label: Option<&str>) -> String {
        let feature = feature(kind, typed);
        sentence(&feature, &feature, label)
    }

    #[test]
    fn reasons_are_whole_sentences() {
        let hashimoto = own(Kind::Condition, "icd10cm|E06.3", Some("Hashimoto's thyroiditis"));
        assert_eq!(hashimoto, "You both live with Hashimoto's thyroiditis");
        assert_eq!(own(Kind::Condition, "icd10cm|E06.3", None), "You both live with thyroiditis");
        assert_eq!(own(Kind::Condition, "snomed|21983002", None), "You both live with the same condition");
        let synthea = own(Kind::Condition, "snomed|44054006", Some("Diabetes mellitus type 2 (disorder)"));
        assert_eq!(synthea, "You both live with diabetes mellitus type 2");
        assert_eq!(own(Kind::Interest, "Walking", None), "You both enjoy walking");
        assert_eq!(own(Kind::Role, "organizer", None), "You are both here as an organizer");
        assert_eq!(own(Kind::Area, "Boston", Some("Boston")), "You both live near Boston");
        assert_eq!(own(Kind::Area, "021", None), "You both live where postal codes begin with 021");
        assert_eq!(own(Kind::Language, "es", None), "You both speak Spanish");
        assert_eq!(own(Kind::Year, "2021", None), "You were both diagnosed in 2021");
        assert_eq!(own(Kind::Stage, "Newly diagnosed", Some("Newly diagnosed")), "You are both newly diagnosed");
        assert_eq!(own(Kind::Treatment, "levothyroxine", None), "You are both treated with levothyroxine");
        assert_eq!(own(Kind::AgeBand, "40-49", None), "You are both between 40 and 49");
        assert_eq!(own(Kind::AgeBand, "80+", None), "You are both 80 or older");
        assert_eq!(own(Kind::Offer, "grant writing", None), "They can help with grant writing, which you look for");
        let (year, band) = (feature(Kind::Year, "2021"), feature(Kind::Year, "2021").ancestors().remove(0));
        assert_eq!(sentence(&band, &year, None), "You were both diagnosed around 2021");
    }

    #[test]
    fn names_keep_their_capitals() {
        for kept in ["HIV disease", "Crohn's disease", "B12 deficiency"] {
            assert_eq!(in_sentence(kept), kept);
        }
        assert_eq!(in_sentence("Type 1 diabetes mellitus"), "type 1 diabetes mellitus");
    }

    #[test]
    fn advice_names_what_is_missing() {
        let none = Advice { withholds: true, ..Advice::default() };
        assert_eq!(none.lines().len(), 5);
        let kinds = [Kind::Condition, Kind::Interest, Kind::Language, Kind::Year].into_iter().collect();
        assert!(Advice { consents: true, kinds, withholds: true }.lines().is_empty());
    }
}
