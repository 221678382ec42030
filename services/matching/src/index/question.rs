//! A member's question as an evaluation asks it: with something left out, or with what
//! likely goes with what they have, and without words.

use std::collections::HashSet;

use kindred_ids::MemberId;
use kindred_ranking::inference::{Inference, MOST_THINGS};
use kindred_ranking::{Query, Slot, Slots, Term};

use super::catalog::FeatureId;
use super::feature::{Feature, Kind, Release};
use super::icd;
use super::search::Shared;
use super::tenant::Tenant;

/// How many people's word it takes to say something against the rest, when it is learned
/// what goes together.
const CALM: u32 = 30;
/// What is less likely than this, in thousandths, is not asked for.
const LIKELY: f64 = 0.02;

/// How much a guess weighs beside what a person said: several guesses stand for one value
/// that was not said. Chosen on Synthea's patients by hiding another code of each than the
/// one that is measured.
const GUESS: f64 = 4.0;

/// What goes together, by the tenant's numbers of features.
pub(crate) struct Guess {
    /// Ascending.
    features: Vec<FeatureId>,
    inference: Inference,
}

/// See the module.
pub(crate) struct Question<'a> {
    tenant: &'a Tenant,
    viewer: Slot,
    shared: Vec<Shared>,
}

impl Tenant {
    /// Learns which conditions go together from all who can be found, without what is left
    /// out. Conditions below the cohort floor and those of sensitive chapters are neither
    /// learned from nor guessed; of more than can be learned from, those that most people
    /// have are taken.
    pub(crate) fn learned(&self, left_out: &HashSet<(MemberId, Feature)>) -> Guess {
        let mut held: Vec<(MemberId, Vec<FeatureId>)> = Vec::new();
        for slot in self.listed() {
            let person = self.person_at(slot);
            let features = person.fields().iter().map(|field| field.feature).filter(|feature| {
                let feature = &self.catalog.entry(*feature).feature;
                feature.kind == Kind::Condition && !left_out.contains(&(person.id, feature.clone()))
            });
            held.push((person.id, features.collect()));
        }
        let features = self.learnable(held.iter().flat_map(|(_, features)| features.iter().copied()));
        // In the order of people's ids, so that sums do not depend on that of their arrival.
        held.sort_unstable_by_key(|(member, _)| *member);
        let number = |feature: &FeatureId| features.binary_search(feature).ok().map(|index| index as u32);
        let rows = held.iter().map(|(_, held)| {
            let mut row: Vec<u32> = held.iter().filter_map(number).collect();
            row.sort_unstable();
            row.dedup();
            row
        });
        let rows: Vec<Vec<u32>> = rows.collect();
        let learned = Inference::learned(features.len(), &rows, CALM);
        let inference = learned.expect("`learnable` gives no more than can be learned from");
        Guess { features, inference }
    }

    /// The conditions that most people have, ascending by number.
    fn learnable(&self, held: impl Iterator<Item = FeatureId>) -> Vec<FeatureId> {
        let distinct: HashSet<FeatureId> = held.collect();
        let mut features: Vec<FeatureId> = distinct
            .into_iter()
            .filter(|feature| {
                self.weight(*feature) > 0 && !icd::is_sensitive(&self.catalog.entry(*feature).feature.value)
            })
            .collect();
        features.sort_unstable_by_key(|feature| {
            (std::cmp::Reverse(self.holders(*feature)), &self.catalog.entry(*feature).feature)
        });
        features.truncate(MOST_THINGS);
        features.sort_unstable();
        features
    }

    /// What a member asks, without one of their values, and with what likely goes with the
    /// others.
    pub(crate) fn question(&self, viewer: MemberId, hidden: Option<&Feature>, guess: Option<&Guess>) -> Question<'_> {
        let viewer = self.slot(viewer).expect("everybody of a file is in the tenant");
        let hides = |feature: &FeatureId| Some(&self.catalog.entry(*feature).feature) == hidden;
        let fields = self.person_at(viewer).fields().iter().filter(|field| !hides(&field.feature));
        let held = self.with_ancestors(fields);
        let mut shared = self.shareable(&held, |feature| self.weight(feature));
        if let Some(guess) = guess {
            shared.extend(self.guessed(&held, guess));
        }
        Question { tenant: self, viewer, shared }
    }

    fn guessed(&self, held: &[(FeatureId, Release)], guess: &Guess) -> Vec<Shared> {
        let has = |feature: FeatureId| held.binary_search_by_key(&feature, |(held, _)| *held).is_ok();
        let own: Vec<u32> =
            (0..guess.features.len() as u32).filter(|index| has(guess.features[*index as usize])).collect();
        let likely = guess.inference.likely(&own).into_iter().zip(&guess.features);
        likely
            .filter(|(likely, feature)| *likely > LIKELY && !has(**feature))
            .map(|(likely, feature)| Shared {
                feature: *feature,
                own: Release::Matched,
                weight: (GUESS * likely.min(1.0) * f64::from(self.weight(*feature))).round() as u16,
            })
            .filter(|shared| shared.weight > 0)
            .collect()
    }
}

impl Question<'_> {
    /// Those who suit best, the best first.
    pub(crate) fn best(&self, limit: usize) -> Vec<MemberId> {
        let best = self.tenant.best(self.viewer, limit, &self.shared);
        best.into_iter().map(|best| self.tenant.person_at(best.slot).id).collect()
    }

    /// What anybody scores.
    pub(crate) fn scores(&self) -> impl Fn(MemberId) -> u64 {
        let terms: Vec<Term> = self.shared.iter().flat_map(|shared| self.tenant.terms(shared)).collect();
        let query = Query { terms: &terms, circle: &Slots::default(), hidden: &[], limit: 0 };
        let scores = self.tenant.lists.scores(&query, self.tenant.capacity());
        move |member| self.tenant.slot(member).map_or(0, |slot| scores[slot as usize])
    }

    /// What the order of equal scores depends on.
    pub(crate) fn tie(&self, other: MemberId) -> (u64, MemberId) {
        self.tenant.tie(self.viewer, other)
    }
}
