//! Why two people suit each other, in reasons that add up to the score.
//!
//! # Promises
//!
//! * Words are the viewer's own or committed ones: nothing that only the other wrote is
//!   ever shown.
//! * A value is named only if it counted, so never below the cohort floor; what is shared
//!   below it is named by what it is a kind of.
//! * A guess is never named: only that there is one.

use std::collections::BTreeMap;

use super::catalog::FeatureId;
use super::feature::{Feature, Kind, Release};
use super::search::Shared;
use super::tenant::Tenant;
use super::words::Language;

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// What both said or did.
    Shared(Kind),
    /// What often goes with what the viewer said.
    Likely,
    /// What both wrote.
    Writing,
}

impl About {
    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shared(kind) => kind.as_str(),
            Self::Likely => "likely",
            Self::Writing => "writing",
        }
    }

    /// Reads such a name; none of what this program does not know.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "likely" => Some(Self::Likely),
            "writing" => Some(Self::Writing),
            kind => Kind::from_name(kind).map(Self::Shared),
        }
    }
}

/// What a reason says, in no language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// Both hold a value: `by` is the viewer's own, at or above which it stands, `own` how
    /// they wrote it.
    Both { shared: Feature, by: Feature, own: Option<Box<str>> },
    /// What both do, so many times, or what is guessed.
    Together(u32),
    /// Many in a community hold a value.
    Many(Feature),
    /// Many in a community are where the viewer is, too.
    Crossing,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub(crate) told: Told,
    /// Its share of the score.
    pub weight: u32,
    /// What it is about.
    pub about: About,
}

impl Reason {
    /// A whole sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        language.sentence(self.about, &self.told)
    }
}

/// A field of the viewer, as reasons are told by it.
pub(super) struct Own<'a> {
    pub(super) value: &'a Feature,
    /// How they wrote it, where that says more.
    pub(super) label: Option<&'a str>,
    /// What of others' goes with it and with what it is a kind of, the nearest first, each
    /// with how far above the value it is.
    pub(super) chain: Vec<(usize, FeatureId)>,
}

/// A field of the viewer, and the part of its chain that both share.
struct Common<'a> {
    field: &'a Own<'a>,
    /// How far above the field's own value the nearest shared one is.
    climbed: usize,
    shared: Vec<(FeatureId, u16)>,
}

/// What whoever has these fields of their `own` shares with somebody who holds `theirs`,
/// strongest first.
pub(super) fn reasons(
    tenant: &Tenant,
    own: &[Own<'_>],
    theirs: &[(FeatureId, Release)],
    share: bool,
    shareable: &[Shared],
) -> Vec<Reason> {
    let mut counted: Vec<&Shared> = shareable
        .iter()
        .filter(|shared| {
            let held = theirs.binary_search_by_key(&shared.feature, |(feature, _)| *feature);
            held.is_ok_and(|place| theirs[place].1.counts(shared.own, share))
        })
        .collect();
    counted.sort_unstable_by_key(|shared| shared.feature);
    let mut reasons = summed(tenant, &counted);
    counted.retain(|shared| about(tenant, shared).is_none());
    let counted: Vec<(FeatureId, u16)> = counted.iter().map(|shared| (shared.feature, shared.weight)).collect();
    let mut common: Vec<Common<'_>> = own.iter().filter_map(|field| common(field, &counted)).collect();
    // What is shared nearest to a field's own value is told by that field; ties by value,
    // so that the numbers of features do not matter.
    common.sort_by_key(|common| (common.climbed, common.field.value));
    let mut told: Vec<FeatureId> = Vec::new();
    for Common { field, mut shared, .. } in common {
        shared.retain(|(feature, _)| !told.contains(feature));
        let Some((nearest, _)) = shared.first().copied() else { continue };
        told.extend(shared.iter().map(|(feature, _)| *feature));
        let weight = shared.iter().map(|(_, weight)| u32::from(*weight)).sum();
        let feature = &tenant.catalog.entry(nearest).feature;
        let own = field.label.filter(|_| feature == field.value).map(Box::from);
        let told = Told::Both { shared: feature.clone(), by: field.value.clone(), own };
        reasons.push(Reason { told, weight, about: About::Shared(feature.kind) });
    }
    strongest_first(&mut reasons);
    reasons
}

/// Puts reasons into the order in which they are told.
pub(super) fn strongest_first(reasons: &mut [Reason]) {
    reasons.sort_by(|one, other| (other.weight, one.about, &one.told).cmp(&(one.weight, other.about, &other.told)));
}

/// What is told as a sum and not by one field of the viewer: what both do, and what is
/// guessed; none for all else.
fn about(tenant: &Tenant, shared: &Shared) -> Option<About> {
    if shared.own.is_none() {
        return Some(About::Likely);
    }
    let kind = tenant.catalog.entry(shared.feature).feature.kind;
    kind.is_done().then_some(About::Shared(kind))
}

fn summed(tenant: &Tenant, counted: &[&Shared]) -> Vec<Reason> {
    let mut sums: BTreeMap<About, (u32, u32)> = BTreeMap::new();
    for shared in counted {
        let Some(about) = about(tenant, shared) else { continue };
        let (count, weight) = sums.entry(about).or_default();
        *count += 1;
        *weight += u32::from(shared.weight);
    }
    let reason = |(about, (count, weight))| Reason { told: Told::Together(count), weight, about };
    sums.into_iter().map(reason).collect()
}

fn common<'a>(field: &'a Own<'a>, counted: &[(FeatureId, u16)]) -> Option<Common<'a>> {
    let weight_of = |feature: FeatureId| {
        counted.binary_search_by_key(&feature, |(counted, _)| *counted).ok().map(|place| counted[place].1)
    };
    let chain = field.chain.iter();
    let shared = chain.filter_map(|(climbed, feature)| Some((*climbed, (*feature, weight_of(*feature)?))));
    let mut shared = shared.peekable();
    let climbed = shared.peek()?.0;
    Some(Common { field, climbed, shared: shared.map(|(_, shared)| shared).collect() })
}
