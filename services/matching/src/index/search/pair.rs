//! What a member shares with people who were chosen by something else than a search.

use kindred_ids::{CommunityId, MemberId};
use kindred_ranking::{Ask, Clause, Slot};

use super::{Match, Shared};
use crate::index::feature::Kind;
use crate::index::people::Person;
use crate::index::reason;
use crate::index::tenant::Tenant;

impl Tenant {
    /// What the viewer shares with each of these members, as a search would say it, whoever
    /// asked to meet whom; only with those whom a search could find.
    pub(crate) fn shared(&self, viewer: MemberId, others: &[MemberId]) -> Vec<Match> {
        let Some(slot) = self.findable(viewer) else { return Vec::new() };
        let shareable = self.suiting(slot);
        let found = others.iter().filter(|other| **other != viewer && !self.are_apart(viewer, **other));
        found.filter_map(|other| Some(self.compared(slot, self.findable(*other)?, &shareable))).collect()
    }

    /// What the viewer shares with each of these, without the reasons: none with whomever
    /// they cannot meet, 0 where one of the two did not agree to be matched.
    pub(crate) fn scores(&self, viewer: MemberId, others: &[MemberId]) -> Vec<Option<u32>> {
        let Some(slot) = self.slot(viewer).filter(|_| self.is_present(viewer)) else { return vec![None; others.len()] };
        // Only those who agreed are in the lists that are added up.
        let sums = if self.consents(viewer) { self.sums(slot) } else { Vec::new() };
        let met = |other: &MemberId| *other != viewer && self.is_present(*other) && !self.are_apart(viewer, *other);
        let sum = |other: MemberId| self.slot(other).and_then(|slot| sums.get(slot as usize)).copied();
        let scores = others
            .iter()
            .map(|other| met(other).then(|| u32::try_from(sum(*other).unwrap_or_default()).unwrap_or(u32::MAX)));
        scores.collect()
    }

    /// What everybody shares with the viewer, by slot.
    fn sums(&self, viewer: Slot) -> Vec<u64> {
        let shared = self.suiting(viewer);
        let clauses: Vec<Clause> = shared.iter().flat_map(|shared| self.clauses(shared)).collect();
        let circle = self.circle_of(viewer, &clauses);
        let ask = Ask { clauses: &clauses, circle: &circle, hidden: &[], limit: 0 };
        self.lists.scores(&ask, self.capacity())
    }

    /// What of others suits the viewer, whoever asked to meet whom.
    fn suiting(&self, viewer: Slot) -> Vec<Shared> {
        let sought = self.sought(viewer).into_iter();
        let sought = sought.filter(|(feature, _)| self.catalog.entry(*feature).feature.kind != Kind::Asked);
        self.shareable(sought, |feature| self.weight(feature))
    }

    /// Why two people suit each other, and how well.
    pub(super) fn compared(&self, viewer: Slot, other: Slot, shareable: &[Shared]) -> Match {
        let (held, viewer, other) = (self.held(other), self.person_at(viewer), self.person_at(other));
        let communities = self.common_communities(&viewer, &other);
        let reasons = reason::reasons(self, &viewer, &held, !communities.is_empty(), shareable);
        let score = reasons.iter().map(|reason| reason.weight).sum();
        Match { member: other.id, score, reasons, communities }
    }

    /// Where both are, in the order of their ids.
    pub(super) fn common_communities(&self, one: &Person<'_>, other: &Person<'_>) -> Vec<CommunityId> {
        self.communities(one.places().filter(|place| other.places().any(|theirs| theirs == *place)))
    }
}
