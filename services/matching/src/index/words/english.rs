//! The sentences in English.

use super::{Hint, Sentences, Span, is_code};
use crate::index::feature::{Feature, Kind};
use crate::index::icd;
use crate::index::reason::About;

/// See the module.
pub(super) struct English;

impl Sentences for English {
    fn both(&self, shared: &Feature, by: &Feature, own: Option<&str>) -> String {
        let value = || own.map_or_else(|| shared.value.to_string(), in_sentence);
        match shared.kind {
            Kind::Condition => format!("You both live with {}", condition(&shared.value, own)),
            Kind::Interest => format!("You both enjoy {}", value()),
            Kind::Role => {
                let role = value();
                format!("You are both here as {} {role}", article(&role))
            }
            Kind::Area => format!("You both live {}", area(own.unwrap_or(&shared.value))),
            Kind::Language => format!("You both speak {}", super::name_of(NAMES, &shared.value)),
            Kind::Year if shared == by => format!("You were both diagnosed in {}", by.value),
            Kind::Year => format!("You were both diagnosed around {}", by.value),
            Kind::Stage => format!("You are both {}", value()),
            Kind::Treatment => format!("You are both treated with {}", value()),
            Kind::AgeBand => format!("You are both {}", age(&shared.value)),
            Kind::Sex => format!("You are both {}", shared.value),
            Kind::Offer => format!("They can help with {}, which you look for", shared.value),
            Kind::Want => format!("They look for {}, which you can help with", shared.value),
            Kind::Community | Kind::Thread | Kind::Asked => self.together(About::Shared(shared.kind), 1),
        }
    }

    fn together(&self, about: About, count: u32) -> String {
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

    fn crossing(&self) -> &'static str {
        "Many who are in your communities are there too"
    }

    fn many(&self, shared: &Feature) -> String {
        let value = &shared.value;
        let do_what = match shared.kind {
            Kind::Condition => format!("live with {}", condition(value, None)),
            Kind::Interest => format!("enjoy {value}"),
            Kind::Role => format!("are there as {} {value}", article(value)),
            Kind::Area => format!("live {}", area(value)),
            Kind::Language => format!("speak {}", super::name_of(NAMES, value)),
            Kind::Year => "were diagnosed around the same time as you".to_owned(),
            Kind::Stage | Kind::Sex => format!("are {value}"),
            Kind::Treatment => format!("are treated with {value}"),
            Kind::AgeBand => format!("are {}", age(value)),
            Kind::Offer => format!("can help with {value}, which you look for"),
            Kind::Want => format!("look for {value}, which you can help with"),
            Kind::Community | Kind::Thread | Kind::Asked => return self.crossing().to_owned(),
        };
        format!("Many there {do_what}")
    }

    fn hint(&self, hint: Hint) -> &'static str {
        match hint {
            Hint::Agree => "Agree to be matched: only people who agreed can find each other.",
            Hint::Condition => "Add what you live with or care for.",
            Hint::Interest => "Add what you like to do or talk about.",
            Hint::Language => "Add the languages that you speak.",
            Hint::Year => "Add the year of your diagnosis.",
            Hint::Release => "Let more of your profile be used for matching: what only you can see is never used.",
        }
    }
}

/// `40-49` is "between 40 and 49", `80+` is "80 or older".
fn age(band: &str) -> String {
    match super::span(band) {
        Span::Between(from, to) => format!("between {from} and {to}"),
        Span::From(from) => format!("{from} or older"),
        Span::Other(band) => format!("of the same age, {band}"),
    }
}

/// Where nobody gave the area a name, it is the beginning of a postal code.
fn area(place: &str) -> String {
    if is_code(place) { format!("where postal codes begin with {place}") } else { format!("near {place}") }
}

fn condition(code: &str, own: Option<&str>) -> String {
    own.or_else(|| icd::nearest_name(code)).map_or_else(|| "the same condition".to_owned(), in_sentence)
}

/// A name as it stands inside a sentence: `Thyroiditis` becomes `thyroiditis`,
/// `Hashimoto's thyroiditis` and `HIV disease` stay.
fn in_sentence(name: &str) -> String {
    let name = super::untagged(name);
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

pub(super) const NAMES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("cy", "Welsh"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("eu", "Basque"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("gl", "Galician"),
    ("gu", "Gujarati"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hmn", "Hmong"),
    ("hr", "Croatian"),
    ("ht", "Haitian Creole"),
    ("hu", "Hungarian"),
    ("hy", "Armenian"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("km", "Khmer"),
    ("ko", "Korean"),
    ("ku", "Kurdish"),
    ("lo", "Lao"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("ml", "Malayalam"),
    ("mr", "Marathi"),
    ("ms", "Malay"),
    ("my", "Burmese"),
    ("nb", "Norwegian"),
    ("ne", "Nepali"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("nv", "Navajo"),
    ("pa", "Punjabi"),
    ("pl", "Polish"),
    ("ps", "Pashto"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("so", "Somali"),
    ("sq", "Albanian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("sw", "Swahili"),
    ("ta", "Tamil"),
    ("te", "Telugu"),
    ("th", "Thai"),
    ("ti", "Tigrinya"),
    ("tl", "Tagalog"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("yi", "Yiddish"),
    ("yo", "Yoruba"),
    ("zh", "Chinese"),
    ("zu", "Zulu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(kind: Kind, typed: &str) -> Feature {
        Feature::of(kind, typed).expect("a value")
    }

    fn own(kind: Kind, typed: &str, label: Option<&str>) -> String {
        let feature = feature(kind, typed);
        English.both(&feature, &feature, label)
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
        assert_eq!(English.both(&band, &year, None), "You were both diagnosed around 2021");
    }

    #[test]
    fn names_keep_their_capitals() {
        for kept in ["HIV disease", "Crohn's disease", "B12 deficiency"] {
            assert_eq!(in_sentence(kept), kept);
        }
        assert_eq!(in_sentence("Type 1 diabetes mellitus"), "type 1 diabetes mellitus");
    }

    #[test]
    fn a_tag_is_called_by_its_language() {
        let name = |tag| super::super::name_of(NAMES, tag);
        assert_eq!((name("es"), name("pt-br"), name("hmn"), name("xx")), ("Spanish", "Portuguese", "Hmong", "xx"));
        assert!(NAMES.is_sorted_by_key(|(code, _)| code));
    }
}
