//! What a member shares with people who were chosen by something else than a search.

use kindred_ids::MemberId;
use kindred_ranking::Slot;

use super::{Match, Shared};
use crate::index::feature::Kind;
use crate::index::reason;
use crate::index::tenant::Tenant;

impl Tenant {
    /// What the viewer shares with each of these members, as a search would say it, whoever
    /// asked to meet whom; only with those whom a search could find.
    pub(crate) fn shared(&self, viewer: MemberId, others: &[MemberId]) -> Vec<Match> {
        let Some(slot) = self.slot(viewer) else { return Vec::new() };
        if !self.is_present(viewer) || !self.consents(viewer) {
            return Vec::new();
        }
        let sought = self.sought(slot).into_iter();
        let sought = sought.filter(|(feature, _)| self.catalog.entry(*feature).feature.kind != Kind::Asked);
        let shareable = self.shareable(sought, |feature| self.weight(feature));
        let found = others.iter().filter(|other| self.is_present(**other) && self.consents(**other));
        let found = found.filter(|other| **other != viewer && !self.are_apart(viewer, **other));
        found.filter_map(|other| Some(self.compared(slot, self.slot(*other)?, &shareable))).collect()
    }

    /// Why two people suit each other, and how well.
    pub(super) fn compared(&self, viewer: Slot, other: Slot, shareable: &[Shared]) -> Match {
        let (held, viewer, other) = (self.held(other), self.person_at(viewer), self.person_at(other));
        let (mut communities, theirs) = (self.communities_of(&viewer), self.communities_of(&other));
        communities.retain(|community| theirs.binary_search(community).is_ok());
        let reasons = reason::reasons(self, &viewer, &held, !communities.is_empty(), shareable);
        let score = reasons.iter().map(|reason| reason.weight).sum();
        Match { member: other.id, score, reasons, communities }
    }
}
