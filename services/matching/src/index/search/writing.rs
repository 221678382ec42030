//! What people wrote speaks for the best matches, too, where both agreed to it.
//!
//! # Promises
//!
//! * It changes nothing for a viewer who did not agree, and adds nothing for anybody who did not:
//!   both are looked up again when it is added.
//! * It only moves those up who are among the exact best, by a part of what the two share
//!   otherwise; nobody is found by what they wrote alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use kindred_ids::{CommunityId, MemberId, TenantSlug};
use kindred_ranking::{Best, Slot};

use super::Match;
use crate::index::parts::Within;
use crate::index::purpose::Purpose;
use crate::index::reason::{About, Reason, Told, strongest_first};
use crate::index::tenant::Tenant;
use crate::index::{Found, Index};

/// How many of the exact best are looked at: comparing more would take longer than finding them.
pub(crate) const LOOKED_AT: usize = 500;
/// In how many communities, as each is asked about by itself: those where most of them are.
const MOST_COMMUNITIES: usize = 16;
/// A likeness up to this many thousandths is none, and from the second on it is whole. Of fifteen
/// people who wrote in one community, those who wrote about the same in other words measured 300 to
/// 520, and of all others two pairs more than 300.
const NONE: u32 = 300;
const WHOLE: u32 = 600;
/// What people wrote is worth at most this part of what they share otherwise, so at most a third
/// of the score: it orders people who suit each other, and finds nobody.
const MOST: u64 = 2;

/// Whose writing may be compared with a viewer's, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Writers {
    /// Where both are, each of them with one of these at least.
    pub communities: Vec<CommunityId>,
    /// Who, and in which of the communities, by place.
    pub writers: Vec<(MemberId, Vec<u32>)>,
}

/// How alike what somebody wrote is to what the viewer wrote, in thousandths.
pub type Alike = HashMap<MemberId, u32>;

impl Index {
    /// Of the best matches of a member those who may be compared by what they wrote; nobody
    /// where the member did not agree to it.
    #[must_use]
    pub fn writers(&self, tenant: &TenantSlug, viewer: MemberId) -> Writers {
        self.look(tenant, |tenant| tenant.writers(viewer)).unwrap_or_default()
    }

    /// The best matches of a member as [`Self::find`] gives them, moved up by what they wrote.
    #[must_use]
    pub fn find_by_writing(&self, tenant: &TenantSlug, viewer: MemberId, limit: usize, alike: &Alike) -> Found {
        self.found(tenant, viewer, |tenant| tenant.search_by_writing(viewer, limit, alike))
    }

    /// Whether a member may look and agreed that what they wrote is compared.
    pub(crate) fn compares(&self, tenant: &TenantSlug, member: MemberId) -> bool {
        self.look(tenant, |tenant| tenant.writer(member).is_some()).unwrap_or_default()
    }

    /// Those of a viewer's best whose writing may be compared with theirs.
    pub(crate) fn writers_of(&self, tenant: &TenantSlug, viewer: MemberId, best: &[MemberId]) -> Writers {
        let writers = |tenant: &Tenant| {
            let best = best.iter().filter_map(|member| tenant.findable(*member));
            Some(tenant.writers_among(tenant.writer(viewer)?, best))
        };
        self.look(tenant, writers).flatten().unwrap_or_default()
    }

    /// The best of these, each with what is added for what they wrote.
    pub(crate) fn raised(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        best: Vec<(MemberId, u64)>,
        alike: &Alike,
        limit: usize,
    ) -> Vec<(MemberId, u32)> {
        let raised = |tenant: &Tenant| {
            let viewer = tenant.findable(viewer)?;
            let slots =
                best.into_iter().filter_map(|(member, score)| Some(Best { slot: tenant.findable(member)?, score }));
            let raised = tenant.raised(viewer, slots, alike, limit).into_iter();
            Some(raised.map(|(best, raise)| (tenant.people.id(best.slot), raise)).collect())
        };
        self.look(tenant, raised).flatten().unwrap_or_default()
    }
}

impl Tenant {
    /// See [`Index::writers`].
    pub(crate) fn writers(&self, viewer: MemberId) -> Writers {
        let Some(slot) = self.writer(viewer) else { return Writers::default() };
        let best = self.best(Within::All, slot, LOOKED_AT, &self.wanted(slot)).into_iter();
        self.writers_among(slot, best.map(|best| best.slot))
    }

    /// Those of these whose writing may be compared with a viewer's who agreed to it.
    fn writers_among(&self, slot: Slot, best: impl Iterator<Item = Slot>) -> Writers {
        let common = best.filter(|other| self.agrees_to_text(*other)).map(|other| {
            let theirs = self.person_at(other);
            (theirs.id, self.common_communities(&self.person_at(slot), &theirs))
        });
        let common: Vec<(MemberId, Vec<CommunityId>)> = common.collect();
        let communities = most_common(&common);
        let places = |there: &[CommunityId]| {
            let places = (0..).zip(&communities).filter(|(_, community)| there.contains(community));
            places.map(|(place, _)| place).collect::<Vec<u32>>()
        };
        let writers = common.iter().map(|(member, there)| (*member, places(there)));
        Writers { writers: writers.filter(|(_, places)| !places.is_empty()).collect(), communities }
    }

    /// See [`Index::find_by_writing`].
    pub(crate) fn search_by_writing(&self, viewer: MemberId, limit: usize, alike: &Alike) -> Vec<Match> {
        let Some(slot) = self.writer(viewer) else { return self.search(viewer, limit) };
        let viewer = self.viewer(slot, self.wanted(slot));
        let best = self.best(Within::All, slot, LOOKED_AT.max(limit), &viewer.shared).into_iter();
        let raised = self.raised(slot, best, alike, limit).into_iter();
        raised.map(|(best, raise)| self.explained(&viewer, best).raised(raise)).collect()
    }

    /// The best of these, each with what is added for what they wrote; nothing for a viewer
    /// who did not agree.
    fn raised(&self, viewer: Slot, best: impl Iterator<Item = Best>, alike: &Alike, limit: usize) -> Vec<(Best, u32)> {
        let compares = self.agrees_to_text(viewer);
        let raise = |best: Best| if compares { self.raise(best, alike) } else { 0 };
        let mut raised: Vec<(Best, u32)> = best.map(|best| (best, raise(best))).collect();
        let score = |(best, raise): &(Best, u32)| best.score + u64::from(*raise);
        raised.sort_by_cached_key(|one| (Reverse(score(one)), self.tie(viewer, self.people.id(one.0.slot))));
        raised.truncate(limit);
        raised
    }

    /// The slot of somebody who may look and agreed that what they wrote is compared.
    fn writer(&self, member: MemberId) -> Option<Slot> {
        self.findable(member).filter(|slot| self.agrees_to_text(*slot))
    }

    fn agrees_to_text(&self, slot: Slot) -> bool {
        self.person_at(slot).agreed.contains(Purpose::Text)
    }

    /// What is added for one of the best.
    fn raise(&self, best: Best, alike: &Alike) -> u32 {
        let alike = alike.get(&self.people.id(best.slot)).filter(|_| self.agrees_to_text(best.slot));
        alike.map_or(0, |alike| worth(best.score, *alike))
    }
}

impl Match {
    /// With what the two wrote as one reason more, if it is worth anything.
    pub(crate) fn raised(mut self, raise: u32) -> Self {
        if raise > 0 {
            self.score += raise;
            let about = About::Writing;
            self.reasons.push(Reason { told: Told::Together(1), weight: raise, about });
            strongest_first(&mut self.reasons);
        }
        self
    }
}

/// What a likeness is worth to two who share so much otherwise, rounded down.
fn worth(score: u64, alike: u32) -> u32 {
    let above = u64::from(alike.clamp(NONE, WHOLE) - NONE);
    u32::try_from(score * above / u64::from(WHOLE - NONE) / MOST).unwrap_or(u32::MAX)
}

/// The communities where most of these are, in the order of their ids.
fn most_common(common: &[(MemberId, Vec<CommunityId>)]) -> Vec<CommunityId> {
    let mut counts: BTreeMap<CommunityId, usize> = BTreeMap::new();
    for community in common.iter().flat_map(|(_, there)| there) {
        *counts.entry(*community).or_default() += 1;
    }
    let mut counts: Vec<(CommunityId, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(community, count)| (Reverse(*count), *community));
    counts.truncate(MOST_COMMUNITIES);
    let mut communities: Vec<CommunityId> = counts.into_iter().map(|(community, _)| community).collect();
    communities.sort_unstable();
    communities
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::tests::world::{community, member};

    #[test]
    fn only_what_is_above_the_floor_is_worth_something_and_never_more_than_half() {
        assert_eq!((worth(1_000, 0), worth(1_000, NONE)), (0, 0));
        assert_eq!(worth(1_000, (NONE + WHOLE) / 2), 250);
        assert_eq!((worth(1_000, WHOLE), worth(1_000, 5_000)), (500, 500));
        assert!((0..=1_000).is_sorted_by_key(|alike| worth(777, alike)));
        assert_eq!(worth(1, 1_000), 0, "of little nothing");
    }

    #[test]
    fn of_many_communities_those_count_where_most_are() {
        let places = |from: u32, to: u32| (from..to).map(community).collect::<Vec<_>>();
        let common = [(member(0), places(0, 20)), (member(1), places(4, 24))];
        let most = most_common(&common);
        assert!(most.is_sorted() && most.len() == MOST_COMMUNITIES);
        assert!(places(4, 20).iter().all(|place| most.contains(place)));
    }
}
