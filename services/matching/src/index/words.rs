//! The sentences that matching speaks, in the languages that it speaks.
//!
//! # Promises
//!
//! * The language changes no answer: neither who is found, nor in which order, nor why.
//! * What a person wrote themselves stays in their words.

mod english;
mod spanish;

use super::feature::Feature;
use super::kind::{Kind, Kinds};
use super::reason::{About, Told};
use english::English;
use spanish::Spanish;

/// Bytes of an `Accept-Language` that are read; no browser sends more.
const LONGEST: usize = 1_000;

/// A language that matching speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, where none of those that are wanted is spoken.
    #[default]
    English,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// Its tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The one that is wanted most of those that are spoken, by an `Accept-Language` (RFC 9110,
    /// 12.5.4): of equal weight the first; what cannot be read is passed over.
    #[must_use]
    pub fn wanted(accepted: &str) -> Self {
        let ranges = accepted.get(..LONGEST.min(accepted.len())).unwrap_or_default().split(',');
        let ranges = ranges.filter_map(|range| {
            let (tag, weight) = match range.split_once(';') {
                Some((tag, weight)) => (tag, thousandths(weight.trim().strip_prefix("q=")?)?),
                None => (range, 1_000),
            };
            Some((Self::of_tag(tag.trim())?, weight))
        });
        let mut best: Option<(Self, u32)> = None;
        for (language, weight) in ranges.filter(|(_, weight)| *weight > 0) {
            if best.is_none_or(|(_, most)| weight > most) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language).unwrap_or_default()
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    fn sentences(self) -> &'static dyn Sentences {
        match self {
            Self::English => &English,
            Self::Spanish => &Spanish,
        }
    }

    pub(super) fn sentence(self, about: About, told: &Told) -> String {
        let sentences = self.sentences();
        match told {
            Told::Both { shared, by, own } => sentences.both(shared, by, own.as_deref()),
            Told::Together(count) => sentences.together(about, *count),
            Told::Many(shared) => sentences.many(shared),
            Told::Crossing => sentences.crossing().to_owned(),
        }
    }
}

/// A weight of an `Accept-Language` in thousandths.
fn thousandths(weight: &str) -> Option<u32> {
    let weight: f32 = weight.parse().ok()?;
    (0.0..=1.0).contains(&weight).then_some((weight * 1_000.0).round() as u32)
}

/// What is said in one language.
trait Sentences {
    /// What two people have in common, as the viewer reads it: `by` is the viewer's own value
    /// at or above which it stands, `own` how they wrote it.
    fn both(&self, shared: &Feature, by: &Feature, own: Option<&str>) -> String;
    /// What two people do together, so many times, or what is guessed.
    fn together(&self, about: About, count: u32) -> String;
    /// Why a community is suggested in which many are who are where the viewer is.
    fn crossing(&self) -> &'static str;
    /// What many in a community have in common with the viewer, who is not in it.
    fn many(&self, shared: &Feature) -> String;
    /// What would give better matches.
    fn hint(&self, hint: Hint) -> &'static str;
}

/// Years of age.
enum Span<'a> {
    Between(&'a str, &'a str),
    From(&'a str),
    Other(&'a str),
}

fn span(band: &str) -> Span<'_> {
    match (band.split_once('-'), band.strip_suffix('+')) {
        (Some((from, to)), _) => Span::Between(from, to),
        (None, Some(from)) => Span::From(from),
        (None, None) => Span::Other(band),
    }
}

/// Whether a place is the beginning of a postal code.
fn is_code(place: &str) -> bool {
    place.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name without what coding systems add in brackets at its end.
fn untagged(name: &str) -> &str {
    let tags = ["(disorder)", "(finding)", "(situation)"];
    tags.iter().find_map(|tag| name.strip_suffix(tag)).unwrap_or(name).trim()
}

/// The name of a tag's language among these; the tag itself for one without a name.
fn name_of<'a>(names: &[(&'static str, &'static str)], tag: &'a str) -> &'a str {
    let primary = tag.split('-').next().unwrap_or(tag);
    names.binary_search_by_key(&primary, |(code, _)| code).map_or(tag, |place| names[place].1)
}

/// What would give a member better matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// To agree to be matched.
    Agree,
    /// To say what one lives with.
    Condition,
    /// To say what one likes.
    Interest,
    /// To say what one speaks.
    Language,
    /// To say since when.
    Year,
    /// To release more.
    Release,
}

impl Hint {
    /// In plain words.
    #[must_use]
    pub fn text(self, language: Language) -> &'static str {
        language.sentences().hint(self)
    }
}

/// What a member could do for better matches.
#[derive(Default)]
pub(super) struct Advice {
    pub(super) consents: bool,
    /// What the fields that they release to somebody are about.
    pub(super) kinds: Kinds,
    /// Whether they release others to nobody.
    pub(super) withholds: bool,
}

impl Advice {
    pub(super) fn hints(&self) -> Vec<Hint> {
        let has = |kind| self.kinds.contains(kind);
        let hints = [
            (!self.consents, Hint::Agree),
            (!has(Kind::Condition), Hint::Condition),
            (!has(Kind::Interest), Hint::Interest),
            (!has(Kind::Language), Hint::Language),
            (has(Kind::Condition) && !has(Kind::Year), Hint::Year),
            (self.withholds && self.kinds.len() < 3, Hint::Release),
        ];
        hints.into_iter().filter(|(wanted, _)| *wanted).map(|(_, hint)| hint).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_names_what_is_missing() {
        let none = Advice { withholds: true, ..Advice::default() };
        assert_eq!(none.hints().len(), 5);
        let kinds = [Kind::Condition, Kind::Interest, Kind::Language, Kind::Year].into_iter().collect();
        assert!(Advice { consents: true, kinds, withholds: true }.hints().is_empty());
    }

    #[test]
    fn the_language_is_the_one_that_is_wanted_most_of_those_that_are_spoken() {
        use Language::{English, Spanish};
        for (accepted, language) in [
            ("es", Spanish),
            ("es-MX,es;q=0.9,en;q=0.8", Spanish),
            ("ES-419", Spanish),
            ("en-US,en;q=0.9,es;q=0.8", English),
            ("en;q=0.5, es;q=0.7", Spanish),
            ("ht, es;q=0.5", Spanish),
            ("es;q=0, ht", English),
            ("es;q=2, es;q=x, es;p=1", English),
            ("", English),
            ("*", English),
            ("tlh", English),
        ] {
            assert_eq!(Language::wanted(accepted), language, "{accepted}");
        }
        assert_eq!(Language::wanted(&"ñ".repeat(2_000)), English);
    }

    #[test]
    fn every_language_says_everything_in_words_of_its_own() {
        let hints = [Hint::Agree, Hint::Condition, Hint::Interest, Hint::Language, Hint::Year, Hint::Release];
        for hint in hints {
            assert_ne!(hint.text(Language::English), hint.text(Language::Spanish));
        }
        for kind in Kind::ALL {
            let shared = Feature::new(kind, "x");
            let said = Language::ALL.map(|language| {
                let both = Told::Both { shared: shared.clone(), by: shared.clone(), own: None };
                [both, Told::Many(shared.clone())].map(|told| language.sentence(About::Shared(kind), &told))
            });
            assert!(said[0].iter().zip(&said[1]).all(|(english, spanish)| english != spanish), "{said:?}");
        }
    }
}
