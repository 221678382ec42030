//! What two people may have in common, as it is compared: a kind and a normalized value.

use std::fmt;

use super::icd;
pub use super::kind::Kind;
pub(super) use super::kind::Kinds;

/// To whom the owner of a field releases it, from most to least. What is released to
/// nobody never gets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// Everybody in the tenant.
    Tenant,
    /// Those who hold and release the same value, or what it is a kind of.
    Matched,
    /// Members of the same communities.
    Community,
}

impl Release {
    /// How many there are, as lists are kept by it.
    pub const COUNT: usize = 3;
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [Self::Tenant, Self::Matched, Self::Community];

    /// Reads the number of the contract's visibility; none for nobody, and for one that
    /// this program does not know.
    #[must_use]
    pub const fn from_number(number: i32) -> Option<Self> {
        match number {
            2 => Some(Self::Matched),
            3 => Some(Self::Community),
            4 => Some(Self::Tenant),
            _ => None,
        }
    }

    /// Whether a value that an owner releases so is open to a viewer who holds it and
    /// releases it as `own`; `share` says whether the two share a community.
    const fn reaches(self, own: Self, share: bool) -> bool {
        match self {
            Self::Tenant => true,
            Self::Matched => share || !matches!(own, Self::Community),
            Self::Community => share,
        }
    }

    /// Whether a value that an owner releases so counts for a viewer who releases it as
    /// `own`: it must be open to both, so that a reason is one for both and the two score
    /// each other alike. For a viewer who does not hold it (`own` is none) it must be open
    /// to those who do not.
    #[must_use]
    pub const fn counts(self, own: Option<Self>, share: bool) -> bool {
        match own {
            Some(own) => self.reaches(own, share) && own.reaches(self, share),
            None => match self {
                Self::Tenant => true,
                Self::Community => share,
                Self::Matched => false,
            },
        }
    }
}

/// Years of diagnosis lie in two rows of bands of this width, offset by half of it, so
/// that neighbors always have one in common.
const BAND: u16 = 4;

/// A value as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature {
    /// What it is about.
    pub kind: Kind,
    /// Normalized: `E06.3`, `E00-E07`, `snomed:21983002`, `nordic walking`, `pt-br`, `2021`.
    pub value: Box<str>,
}

impl fmt::Display for Feature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.kind.as_str(), self.value)
    }
}

impl Feature {
    /// A feature of a normalized value.
    pub(crate) fn new(kind: Kind, value: impl Into<Box<str>>) -> Self {
        Self { kind, value: value.into() }
    }

    /// The feature of a value as it was typed; none for a blank one.
    #[must_use]
    pub fn of(kind: Kind, typed: &str) -> Option<Self> {
        let value = match kind {
            Kind::Condition => match typed.trim().split_once('|') {
                Some(("icd10cm", code)) => code.to_owned(),
                Some((system, code)) => format!("{system}:{code}"),
                None => typed.trim().to_owned(),
            },
            Kind::Year | Kind::Community | Kind::Thread | Kind::Asked => typed.trim().to_owned(),
            Kind::Interest
            | Kind::Role
            | Kind::Area
            | Kind::Language
            | Kind::Stage
            | Kind::Treatment
            | Kind::AgeBand
            | Kind::Sex
            | Kind::Offer
            | Kind::Want => folded(typed),
        };
        (!value.is_empty()).then(|| Self::new(kind, value))
    }

    /// Reads what [`fmt::Display`] wrote; none of a kind that this program does not know.
    #[must_use]
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, value) = text.split_once(':')?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == name)?;
        Some(Self::new(kind, value))
    }

    /// What it is a kind of, the nearest first.
    #[must_use]
    pub fn ancestors(&self) -> Vec<Self> {
        match self.kind {
            Kind::Condition => {
                icd::ancestors(&self.value).into_iter().map(|code| Self::new(Kind::Condition, code)).collect()
            }
            Kind::Language => match self.value.split_once('-') {
                Some((primary, _)) => vec![Self::new(Kind::Language, primary)],
                None => Vec::new(),
            },
            Kind::Year => match self.value.parse::<u16>() {
                Ok(year) => [("even", year / BAND), ("odd", (year.saturating_add(BAND / 2)) / BAND)]
                    .map(|(row, band)| Self::new(Kind::Year, format!("{row}:{band}")))
                    .to_vec(),
                Err(_band_or_nonsense) => Vec::new(),
            },
            Kind::Interest
            | Kind::Role
            | Kind::Area
            | Kind::Stage
            | Kind::Treatment
            | Kind::AgeBand
            | Kind::Sex
            | Kind::Offer
            | Kind::Want
            | Kind::Community
            | Kind::Thread
            | Kind::Asked => Vec::new(),
        }
    }

    /// What of another's it goes with.
    #[must_use]
    pub fn counterpart(&self) -> Self {
        Self::new(self.kind.counterpart(), self.value.clone())
    }

    /// How much it is worth beside other kinds, in sixteenths: what is further up, or
    /// further down than an everyday diagnosis, adds less.
    #[must_use]
    pub fn boost(&self) -> u16 {
        match self.kind {
            Kind::Condition if self.value.contains(':') => 32,
            Kind::Condition if self.value.contains('-') => 6,
            Kind::Condition => match self.value.len() {
                0..=5 => 16,
                6 => 8,
                7 => 4,
                _ => 2,
            },
            Kind::Interest => 16,
            Kind::Role => 6,
            Kind::Area => 12,
            Kind::Language if self.value.contains('-') => 4,
            Kind::Language => 12,
            Kind::Year if self.value.contains(':') => 5,
            Kind::Year => 4,
            Kind::Stage => 12,
            Kind::Treatment => 16,
            Kind::AgeBand => 8,
            Kind::Sex => 4,
            // What somebody needs and another has is worth more than what both have.
            Kind::Offer | Kind::Want => 32,
            Kind::Community => 6,
            Kind::Thread => 12,
            // Worth the same, however many ask.
            Kind::Asked => 0,
        }
    }
}

/// Without needless blanks and capitals.
fn folded(typed: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let words = || typed.split(' ').all(|word| !word.is_empty() && word.bytes().all(plain));
    // Most is written so already.
    if words() { typed.to_owned() } else { typed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(kind: Kind, typed: &str) -> Vec<String> {
        let feature = Feature::of(kind, typed).expect("a value");
        let above = feature.ancestors();
        std::iter::once(feature).chain(above).map(|feature| feature.value.into_string()).collect()
    }

    #[test]
    fn values_are_normalized_and_climb() {
        assert_eq!(values(Kind::Condition, "icd10cm|E06.3"), ["E06.3", "E06", "E00-E07"]);
        assert_eq!(values(Kind::Condition, "snomed|21983002"), ["snomed:21983002"]);
        assert_eq!(values(Kind::Interest, "  Nordic   Walking "), ["nordic walking"]);
        assert_eq!(values(Kind::Interest, "nordic walking"), ["nordic walking"]);
        assert_eq!(values(Kind::Language, "pt-BR"), ["pt-br", "pt"]);
        assert_eq!(Feature::of(Kind::Interest, " \t"), None);
    }

    #[test]
    fn what_is_written_reads_back() {
        for kind in Kind::ALL {
            let feature = Feature::of(kind, "snomed|44054006").expect("a value");
            assert_eq!(Feature::parse(&feature.to_string()), Some(feature));
        }
        assert_eq!(Feature::parse("shoe:44"), None);
    }

    #[test]
    fn neighboring_years_share_a_band_and_distant_ones_none() {
        let bands = |year: u16| Feature::of(Kind::Year, &year.to_string()).expect("a year").ancestors();
        for year in 1950..2050 {
            assert!(bands(year).iter().any(|band| bands(year + 1).contains(band)), "{year}");
            assert!(!bands(year).iter().any(|band| bands(year + 4).contains(band)), "{year}");
        }
        assert!(Feature::of(Kind::Year, "65535").expect("a year").ancestors().len() <= 2);
    }

    #[test]
    fn what_counts_between_whom() {
        use Release::{Community, Matched, Tenant};
        for own in Release::ALL {
            for theirs in Release::ALL {
                assert!(own.counts(Some(theirs), true), "in one community everything is open to both");
                assert_eq!(own.counts(Some(theirs), false), theirs.counts(Some(own), false), "for both or for neither");
                let held_back = own == Community || theirs == Community;
                assert_eq!(own.counts(Some(theirs), false), !held_back);
            }
        }
        assert!(Tenant.counts(None, false) && Community.counts(None, true));
        assert!(!Community.counts(None, false) && !Matched.counts(None, true), "only for those who hold it too");
    }
}
