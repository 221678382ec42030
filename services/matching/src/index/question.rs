//! A member's question as an evaluation asks it: with something left out, or with what
//! likely goes with what they have, and without words.

use kindred_ids::MemberId;
use kindred_ranking::{Clause, Slot, Slots};

use super::catalog::FeatureId;
use super::expansion::Expansion;
use super::feature::Feature;
use super::parts::Within;
use super::search::Shared;
use super::tenant::Tenant;

/// See the module.
pub(crate) struct Question<'a> {
    tenant: &'a Tenant,
    viewer: Slot,
    shared: Vec<Shared>,
}

impl Tenant {
    /// What a member asks, without one of their values, and with what likely goes with the
    /// others.
    pub(crate) fn question(
        &self,
        viewer: MemberId,
        hidden: Option<&Feature>,
        expansion: Option<&Expansion>,
    ) -> Question<'_> {
        let viewer = self.slot(viewer).expect("everybody of a file is in the tenant");
        let hides = |feature: &FeatureId| Some(&self.catalog.entry(*feature).feature) == hidden;
        let fields = self.person_at(viewer).fields().filter(|field| !hides(&field.feature));
        let held = self.with_ancestors(fields);
        let guessed = expansion.map(|expansion| self.guessed(&held, expansion)).unwrap_or_default();
        let mut shared = self.shareable(self.counterparts(held), |feature| self.weight(feature));
        shared.extend(guessed);
        Question { tenant: self, viewer, shared }
    }
}

impl Question<'_> {
    /// Those who suit best, the best first.
    pub(crate) fn best(&self, limit: usize) -> Vec<MemberId> {
        let best = self.tenant.best(Within::All, self.viewer, limit, &self.shared);
        best.into_iter().map(|best| self.tenant.people.id(best.slot)).collect()
    }

    /// What anybody scores.
    pub(crate) fn scores(&self) -> impl Fn(MemberId) -> u64 {
        let clauses: Vec<Clause> = self.shared.iter().flat_map(|shared| self.tenant.clauses(shared)).collect();
        let scores = self.tenant.sums(Within::All, &clauses, &Slots::default());
        move |member| self.tenant.slot(member).map_or(0, |slot| scores[slot as usize])
    }

    /// What the order of equal scores depends on.
    pub(crate) fn tie(&self, other: MemberId) -> (u64, MemberId) {
        self.tenant.tie(self.viewer, other)
    }
}
