//! Why two people suit each other, in plain words that add up to the score.
//!
//! # Promises
//!
//! * Words are the viewer's own or committed ones: nothing that only the other wrote is
//!   ever shown.
//! * A value is named only if it counted, so never below the cohort floor; what is shared
//!   below it is named by what it is a kind of.

use super::catalog::FeatureId;
use super::feature::{Kind, Release};
use super::profile::Field;
use super::search::Shared;
use super::tenant::{Person, Tenant};
use super::words;

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A whole sentence.
    pub text: String,
    /// Its share of the score.
    pub weight: u32,
    /// What it is about.
    pub kind: Kind,
}

/// A field of the viewer, and the part of its chain that both share.
struct Common<'a> {
    field: &'a Field,
    /// How far above the field's own value the nearest shared one is.
    climbed: usize,
    shared: Vec<(FeatureId, u16)>,
}

/// What `viewer` shares with somebody who holds `theirs`, strongest first.
pub(super) fn reasons(
    tenant: &Tenant,
    viewer: &Person,
    theirs: &[(FeatureId, Release)],
    share: bool,
    shareable: &[Shared],
) -> Vec<Reason> {
    let mut counted: Vec<(FeatureId, u16)> = shareable
        .iter()
        .filter(|shared| {
            let held = theirs.binary_search_by_key(&shared.feature, |(feature, _)| *feature);
            held.is_ok_and(|place| theirs[place].1.reaches(shared.own, share))
        })
        .map(|shared| (shared.feature, shared.weight))
        .collect();
    counted.sort_unstable();
    let mut common: Vec<Common<'_>> =
        viewer.fields().iter().filter_map(|field| common(tenant, field, &counted)).collect();
    // What is shared nearest to a field's own value is told by that field; ties by value,
    // so that the numbers of features do not matter.
    common.sort_by(|one, other| order(tenant, one).cmp(&order(tenant, other)));
    let mut told: Vec<FeatureId> = Vec::new();
    let mut reasons: Vec<Reason> = Vec::new();
    for Common { field, mut shared, .. } in common {
        shared.retain(|(feature, _)| !told.contains(feature));
        let Some((nearest, _)) = shared.first().copied() else { continue };
        told.extend(shared.iter().map(|(feature, _)| *feature));
        let weight = shared.iter().map(|(_, weight)| u32::from(*weight)).sum();
        let feature = &tenant.catalog.entry(nearest).feature;
        let own = if nearest == field.feature { tenant.label(field) } else { None };
        let leaf = &tenant.catalog.entry(field.feature).feature;
        reasons.push(Reason { text: words::sentence(feature, leaf, own), weight, kind: feature.kind });
    }
    reasons.sort_by(|one, other| (other.weight, one.kind, &one.text).cmp(&(one.weight, other.kind, &other.text)));
    reasons
}

fn common<'a>(tenant: &Tenant, field: &'a Field, counted: &[(FeatureId, u16)]) -> Option<Common<'a>> {
    let weight_of = |feature: FeatureId| {
        counted.binary_search_by_key(&feature, |(counted, _)| *counted).ok().map(|place| counted[place].1)
    };
    let chain = || tenant.catalog.chain(field.feature).filter_map(|feature| tenant.catalog.counterpart(feature));
    let climbed = chain().position(|feature| weight_of(feature).is_some())?;
    let shared = chain().filter_map(|feature| Some((feature, weight_of(feature)?))).collect();
    Some(Common { field, climbed, shared })
}

fn order<'a>(tenant: &'a Tenant, common: &Common<'_>) -> (usize, &'a super::feature::Feature) {
    (common.climbed, &tenant.catalog.entry(common.field.feature).feature)
}
