//! Which conditions go together, as it is learned and as it is asked.
//!
//! # Promises
//!
//! * It is learned only from people who agreed to that, and asked only for people who did.
//! * Conditions of sensitive chapters are neither learned from nor guessed, nor is anything
//!   that fewer people than the cohort floor have; no guess rests on fewer who have both.
//! * A guess reaches only what its owner lets everybody see who is shown to the viewer, and
//!   is never named.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use kindred_ids::MemberId;
use kindred_ranking::inference::{Inference, MOST_THINGS};

use super::catalog::FeatureId;
use super::feature::{Feature, Kind, Release};
use super::icd;
use super::purpose::Purpose;
use super::search::Shared;
use super::tenant::Tenant;
use crate::domain::weights::Association;

/// How many people's word it takes to say something against the rest, when it is learned
/// what goes together.
const CALM: u32 = 30;
/// What is certain.
const CERTAIN: i32 = 10_000;
/// What is less likely than this is not asked for.
const LIKELY: i32 = 200;
/// What says less than this of another is not kept.
const FAINT: i32 = 10;
/// How many others are kept of each condition: those of which it says most.
const KEPT: usize = 128;
/// How much a guess weighs beside what a person said: several guesses stand for one value
/// that was not said. Chosen on Synthea's patients by hiding another code of each than the
/// one that is measured.
const GUESS: u32 = 4;

/// What there is to learn from, apart from the index, so that learning holds up nobody.
pub(crate) struct Lesson {
    /// Ascending.
    features: Vec<Feature>,
    /// What each has, in the order of people's ids.
    has: Vec<Vec<u32>>,
    floor: u32,
}

impl Lesson {
    /// Learns what goes together.
    pub(crate) fn learned(&self) -> Vec<Association> {
        let inference = Inference::learned(self.features.len(), &self.has, CALM);
        let inference = inference.expect("a lesson holds no more than can be learned from");
        let together = self.together();
        let of = |(number, feature): (usize, &Feature)| {
            let says = inference.likely(&[number as u32]).into_iter().enumerate();
            let says = says.map(|(other, says)| (other, (says * f64::from(CERTAIN)).round() as i32));
            let both = |other: usize| together.get(&(number.min(other), number.max(other))).copied().unwrap_or(0);
            let mut kept: Vec<(usize, i32)> =
                says.filter(|(other, says)| says.abs() >= FAINT && (*says < 0 || both(*other) >= self.floor)).collect();
            kept.sort_unstable_by_key(|(other, says)| (Reverse(says.abs()), *other));
            kept.truncate(KEPT);
            kept.sort_unstable();
            let (others, says) = kept.into_iter().map(|(other, says)| (self.features[other].to_string(), says)).unzip();
            Association { feature: feature.to_string(), others, says }
        };
        let all = self.features.iter().enumerate().map(of);
        all.filter(|association| !association.others.is_empty()).collect()
    }

    /// How many have both, the lesser number first.
    fn together(&self) -> HashMap<(usize, usize), u32> {
        let mut together = HashMap::new();
        for has in &self.has {
            for (place, one) in has.iter().enumerate() {
                for other in &has[place + 1..] {
                    *together.entry((*one as usize, *other as usize)).or_default() += 1;
                }
            }
        }
        together
    }
}

/// What having a condition says of having others, as it was fixed.
#[derive(Debug, Default)]
pub(crate) struct Expansion(HashMap<Feature, Vec<(Feature, i32)>>);

impl Expansion {
    /// What stands in the log; values that this program does not know are left out.
    pub(crate) fn of<'a>(associations: impl IntoIterator<Item = &'a Association>) -> Self {
        let read = |association: &Association| {
            let others = association.others.iter().zip(&association.says);
            let others = others.filter_map(|(other, says)| Some((Feature::parse(other)?, *says)));
            Some((Feature::parse(&association.feature)?, others.collect()))
        };
        Self(associations.into_iter().filter_map(read).collect())
    }

    /// What likely goes with what somebody holds, in ten thousandths; of it what they hold
    /// themselves is to be left out.
    pub(super) fn likely<'a>(&'a self, held: impl Iterator<Item = &'a Feature>) -> Vec<(&'a Feature, u32)> {
        let mut likely: BTreeMap<&Feature, i64> = BTreeMap::new();
        for (other, says) in held.filter_map(|own| self.0.get(own)).flatten() {
            *likely.entry(other).or_default() += i64::from(*says);
        }
        let asked = likely.into_iter().filter(|(_, likely)| *likely >= i64::from(LIKELY));
        asked.map(|(feature, likely)| (feature, likely.min(i64::from(CERTAIN)) as u32)).collect()
    }
}

impl Tenant {
    /// What can be learned from all who can be found and agreed to it, without what is left
    /// out; of more conditions than can be learned from, those that most people have.
    pub(crate) fn lesson(&self, left_out: &HashSet<(MemberId, Feature)>) -> Lesson {
        let mut held: Vec<(MemberId, Vec<FeatureId>)> = Vec::new();
        for slot in self.listed() {
            let person = self.person_at(slot);
            if !person.agreed.contains(Purpose::Inference) {
                continue;
            }
            let features = person.fields().map(|field| field.feature).filter(|feature| {
                let feature = &self.catalog.entry(*feature).feature;
                feature.kind == Kind::Condition && !left_out.contains(&(person.id, feature.clone()))
            });
            held.push((person.id, features.collect()));
        }
        let features = self.learnable(&held);
        held.sort_unstable_by_key(|(member, _)| *member);
        let numbers: HashMap<FeatureId, u32> = (0..).zip(&features).map(|(number, id)| (*id, number)).collect();
        let has = held.into_iter().map(|(_, held)| {
            let mut has: Vec<u32> = held.iter().filter_map(|id| numbers.get(id).copied()).collect();
            has.sort_unstable();
            has.dedup();
            has
        });
        let name = |id: &FeatureId| self.catalog.entry(*id).feature.clone();
        Lesson { features: features.iter().map(name).collect(), has: has.collect(), floor: self.scale().floor }
    }

    /// The conditions that most of these people have, in the order of their names.
    fn learnable(&self, held: &[(MemberId, Vec<FeatureId>)]) -> Vec<FeatureId> {
        let mut holders: BTreeMap<FeatureId, u32> = BTreeMap::new();
        held.iter().flat_map(|(_, held)| held).for_each(|id| *holders.entry(*id).or_default() += 1);
        let name = |id: FeatureId| &self.catalog.entry(id).feature;
        let enough = holders.into_iter().filter(|(id, count)| {
            *count >= self.scale().floor && self.weight(*id) > 0 && !icd::is_sensitive(&name(*id).value)
        });
        let mut features: Vec<(FeatureId, u32)> = enough.collect();
        features.sort_unstable_by_key(|(id, count)| (Reverse(*count), name(*id)));
        features.truncate(MOST_THINGS);
        features.sort_unstable_by_key(|(id, _)| name(*id));
        features.into_iter().map(|(id, _)| id).collect()
    }

    /// What likely goes with what somebody holds, and that they do not hold themselves.
    pub(super) fn guessed(&self, held: &[(FeatureId, Release)], expansion: &Expansion) -> Vec<Shared> {
        let likely = expansion.likely(held.iter().map(|(own, _)| &self.catalog.entry(*own).feature));
        let has = |feature: FeatureId| held.binary_search_by_key(&feature, |(held, _)| *held).is_ok();
        let asked = likely.into_iter().filter_map(|(feature, likely)| Some((self.catalog.find(feature)?, likely)));
        let guess = |(feature, likely)| Shared { feature, own: None, weight: worth(likely, self.weight(feature)) };
        asked.filter(|(feature, _)| !has(*feature)).map(guess).filter(|shared| shared.weight > 0).collect()
    }
}

/// What something is worth that is as likely as that, and otherwise worth so much.
pub(super) fn worth(likely: u32, weight: u16) -> u16 {
    let weight = (likely * (GUESS * u32::from(weight)) + CERTAIN as u32 / 2) / CERTAIN as u32;
    u16::try_from(weight).unwrap_or(u16::MAX)
}
