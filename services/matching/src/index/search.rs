//! The exact best matches of one member.
//!
//! # Promises
//!
//! * An answer depends only on what the viewer released and on what others released to
//!   them; at given weights no other field changes a byte of it.
//! * Scores are whole numbers and sums of the reasons' weights; equal scores stand in an
//!   order that depends on both people and on nothing else.

mod pair;
mod writing;

use std::cell::RefCell;
use std::cmp::Reverse;

use kindred_ids::{CommunityId, MemberId};
use kindred_ranking::{Ask, Best, Clause, Scratch, Slot, Slots};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::catalog::FeatureId;
use super::feature::Release;
use super::parts::{Shelf, Within};
use super::purpose::Purpose;
use super::reason::{Own, Reason};
use super::tenant::{Tenant, list};
pub(crate) use writing::LOOKED_AT;
pub use writing::{Alike, Writers};

/// Somebody who suits the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Who.
    pub member: MemberId,
    /// The sum of the reasons' weights.
    pub score: u32,
    /// The strongest first.
    pub reasons: Vec<Reason>,
    /// Where both are members.
    pub communities: Vec<CommunityId>,
}

/// What one shared feature adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    pub(super) feature: FeatureId,
    /// How the viewer releases it; none where they do not hold it and it is guessed.
    pub(super) own: Option<Release>,
    pub(super) weight: u16,
}

/// Whoever looks: what of others counts for them, and by which fields it is told.
pub(super) struct Viewer<'a> {
    pub(super) slot: Slot,
    pub(super) own: Vec<Own<'a>>,
    pub(super) shared: Vec<Shared>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Tenant {
    /// The best matches of a member at the weights of this moment.
    pub(crate) fn search(&self, viewer: MemberId, limit: usize) -> Vec<Match> {
        self.search_with(viewer, limit, |feature| self.weight(feature))
    }

    /// The best matches of a member at given weights.
    pub(super) fn search_with(&self, viewer: MemberId, limit: usize, weigh: impl Fn(FeatureId) -> u16) -> Vec<Match> {
        let Some(slot) = self.findable(viewer) else { return Vec::new() };
        let viewer = self.viewer(slot, self.wanted_with(slot, weigh));
        let best = self.best(Within::All, slot, limit, &viewer.shared);
        best.into_iter().map(|best| self.explained(&viewer, best)).collect()
    }

    /// Somebody whose own fields are held here, and for whom this counts.
    fn viewer(&self, slot: Slot, shared: Vec<Shared>) -> Viewer<'_> {
        let own = self.person_at(slot).fields().map(|field| {
            let above = self.catalog.chain(field.feature).enumerate();
            let chain = above.filter_map(|(climbed, feature)| Some((climbed, self.catalog.counterpart(feature)?)));
            let value = &self.catalog.entry(field.feature).feature;
            Own { value, label: self.label(&field), chain: chain.collect() }
        });
        Viewer { slot, own: own.collect(), shared }
    }

    /// What of others counts for a viewer at the weights of this moment.
    fn wanted(&self, viewer: Slot) -> Vec<Shared> {
        self.wanted_with(viewer, |feature| self.weight(feature))
    }

    fn wanted_with(&self, viewer: Slot, weigh: impl Fn(FeatureId) -> u16) -> Vec<Shared> {
        let mut shared = self.shareable(self.sought(viewer).into_iter(), weigh);
        shared.extend(self.expanded(viewer));
        shared
    }

    /// What is guessed for a viewer who agreed to that.
    fn expanded(&self, viewer: Slot) -> Vec<Shared> {
        let person = self.person_at(viewer);
        match self.fixed.expansion() {
            Some(expansion) if person.agreed.contains(Purpose::Inference) => {
                self.guessed(&self.with_ancestors(person.fields()), expansion)
            }
            _ => Vec::new(),
        }
    }

    /// What of this is worth something.
    pub(super) fn shareable(
        &self,
        sought: impl Iterator<Item = (FeatureId, Release)>,
        weigh: impl Fn(FeatureId) -> u16,
    ) -> Vec<Shared> {
        let shared = sought.map(|(feature, own)| Shared { feature, own: Some(own), weight: weigh(feature) });
        shared.filter(|shared| shared.weight > 0).collect()
    }

    /// Those of some parts who share most of this with the viewer.
    pub(super) fn best(&self, within: Within<'_>, viewer: Slot, limit: usize, shared: &[Shared]) -> Vec<Best> {
        let clauses: Vec<Clause> = shared.iter().flat_map(|shared| self.clauses(shared)).collect();
        let circle = self.circle_of(viewer, &clauses);
        let mut hidden = self.hidden_from(viewer);
        let member = self.people.id(viewer);
        let others = self.graph.settled(member).chain(self.graph.asked_enough(member));
        hidden.extend(others.filter_map(|other| self.slot(other)));
        let ask = Ask { clauses: &clauses, circle: &circle, hidden: &hidden, limit };
        let tie = |slot| self.tie(viewer, self.people.id(slot));
        let top = |shelf: &Shelf| SCRATCH.with_borrow_mut(|scratch| shelf.lists.top(&ask, scratch, tie));
        let mut shelves = self.within(within);
        let mut best = shelves.next().map(top).unwrap_or_default();
        let before = best.len();
        best.extend(shelves.flat_map(top));
        if best.len() > before {
            best.sort_by_cached_key(|best| (Reverse(best.score), tie(best.slot)));
            best.truncate(limit);
        }
        best
    }

    /// What everybody of some parts scores, by slot.
    pub(super) fn sums(&self, within: Within<'_>, clauses: &[Clause], circle: &Slots) -> Vec<u64> {
        let ask = Ask { clauses, circle, hidden: &[], limit: 0 };
        let mut sums = Vec::new();
        for shelf in self.within(within) {
            let scores = shelf.lists.scores(&ask, self.capacity());
            if sums.is_empty() {
                sums = scores;
            } else {
                sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
            }
        }
        sums
    }

    /// What the order of equal scores depends on: a hash of both people, keyed by the tenant.
    pub(super) fn tie(&self, viewer: Slot, other: MemberId) -> (u64, MemberId) {
        let seed = xxh3_64_with_seed(self.people.id(viewer).0.as_bytes(), self.seed());
        (xxh3_64_with_seed(other.0.as_bytes(), seed), other)
    }

    /// The viewer, and all whom a block keeps apart from them.
    fn hidden_from(&self, viewer: Slot) -> Vec<Slot> {
        let apart = self.kept_apart(self.people.id(viewer)).filter_map(|member| self.slot(member));
        apart.chain([viewer]).collect()
    }

    /// The lists of a shared feature that anybody is in.
    pub(super) fn clauses(&self, shared: &Shared) -> impl Iterator<Item = Clause> + '_ {
        let Shared { feature, own, weight } = *shared;
        Release::ALL
            .into_iter()
            .filter(move |release| release.counts(own, true))
            .map(move |release| Clause {
                group: feature,
                list: list(feature, release),
                weight: u32::from(weight),
                circle_only: !release.counts(own, false),
            })
            .filter(|clause| self.shelves.iter().any(|shelf| shelf.lists.length(clause.list) > 0))
    }

    /// As [`Self::circle`], where any of the clauses asks for it.
    pub(super) fn circle_of(&self, viewer: Slot, clauses: &[Clause]) -> Slots {
        if clauses.iter().any(|clause| clause.circle_only) { self.circle(viewer) } else { Slots::default() }
    }

    /// Everybody who shares a community with the viewer.
    fn circle(&self, viewer: Slot) -> Slots {
        let places = self.person_at(viewer).places();
        let communities = places.filter_map(|place| self.communities.get(self.places.get(place)?));
        let mut circle = Slots::default();
        communities.for_each(|members| members.unite_into(&mut circle));
        circle
    }

    fn explained(&self, viewer: &Viewer<'_>, best: Best) -> Match {
        let found = self.compared(viewer, best.slot);
        debug_assert_eq!(u64::from(found.score), best.score);
        found
    }
}
