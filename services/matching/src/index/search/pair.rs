//! What a member shares with people who were chosen by something else than a search.

use kindred_ids::{CommunityId, MemberId};
use kindred_ranking::{Clause, Slot};

use super::{Match, Shared, Viewer};
use crate::index::feature::Kind;
use crate::index::parts::Within;
use crate::index::people::Person;
use crate::index::reason;
use crate::index::tenant::Tenant;

impl Tenant {
    /// What the viewer shares with each of these members, as a search would say it, whoever
    /// asked to meet whom; only with those whom a search could find.
    pub(crate) fn shared(&self, viewer: MemberId, others: &[MemberId]) -> Vec<Match> {
        let Some(slot) = self.findable(viewer) else { return Vec::new() };
        self.compared_with(&self.viewer(slot, self.suiting(slot)), others)
    }

    /// The same at what counts for whoever looks.
    pub(in crate::index) fn compared_with(&self, viewer: &Viewer<'_>, others: &[MemberId]) -> Vec<Match> {
        let member = self.people.id(viewer.slot);
        let found = others.iter().filter(|other| **other != member && !self.are_apart(member, **other));
        found.filter_map(|other| Some(self.compared(viewer, self.findable(*other)?))).collect()
    }

    /// What the viewer shares with each of these, without the reasons: none with whomever
    /// they cannot meet, 0 where one of the two did not agree to be matched.
    pub(crate) fn scores(&self, viewer: MemberId, others: &[MemberId]) -> Vec<Option<u32>> {
        let sums = self.findable(viewer).map(|slot| self.added_up(Within::All, slot, &self.suiting(slot)));
        let sums = sums.unwrap_or_default();
        let sum = |other: &MemberId| self.slot(*other).and_then(|slot| sums.get(slot as usize)).copied();
        let met = self.met(viewer, others).into_iter().zip(others);
        met.map(|(met, other)| met.then(|| u32::try_from(sum(other).unwrap_or_default()).unwrap_or(u32::MAX))).collect()
    }

    /// Whether a member can meet each of these.
    pub(crate) fn met(&self, viewer: MemberId, others: &[MemberId]) -> Vec<bool> {
        let present = self.is_present(viewer);
        let met = |other: &MemberId| *other != viewer && self.is_present(*other) && !self.are_apart(viewer, *other);
        others.iter().map(|other| present && met(other)).collect()
    }

    /// What everybody of some parts who can be found has of this, by slot.
    pub(in crate::index) fn added_up(&self, within: Within<'_>, viewer: Slot, shared: &[Shared]) -> Vec<u64> {
        let clauses: Vec<Clause> = shared.iter().flat_map(|shared| self.clauses(shared)).collect();
        self.sums(within, &clauses, &self.circle_of(viewer, &clauses))
    }

    /// What of others suits the viewer, whoever asked to meet whom.
    fn suiting(&self, viewer: Slot) -> Vec<Shared> {
        let sought = self.sought(viewer).into_iter();
        let sought = sought.filter(|(feature, _)| self.catalog.entry(*feature).feature.kind != Kind::Asked);
        self.shareable(sought, |feature| self.weight(feature))
    }

    /// Why two people suit each other, and how well.
    pub(super) fn compared(&self, viewer: &Viewer<'_>, other: Slot) -> Match {
        let (held, other) = (self.held(other), self.person_at(other));
        let communities = self.common_communities(&self.person_at(viewer.slot), &other);
        let reasons = reason::reasons(self, &viewer.own, &held, !communities.is_empty(), &viewer.shared);
        let score = reasons.iter().map(|reason| reason.weight).sum();
        Match { member: other.id, score, reasons, communities }
    }

    /// Where both are, in the order of their ids.
    pub(super) fn common_communities(&self, one: &Person<'_>, other: &Person<'_>) -> Vec<CommunityId> {
        self.communities(one.places().filter(|place| other.places().any(|theirs| theirs == *place)))
    }
}
