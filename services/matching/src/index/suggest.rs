//! Where a member might go: communities and threads that suit them.
//!
//! # Promises
//!
//! * It rests on people alone who can be found, and on nobody whom a block keeps apart from
//!   the viewer.
//! * A community is suggested by no fewer people than the cohort floor, and a thread only
//!   if it stands in a community of the viewer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kindred_ids::{CommunityId, MemberId, ThreadId};
use kindred_ranking::Slot;
use kindred_ranking::cooccurrence::{affinity, walk_through};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::catalog::FeatureId;
use super::feature::{Feature, Kind, Release};
use super::parts::Within;
use super::reason::{About, Reason, Told, strongest_first};
use super::search::Shared;
use super::tenant::{Tenant, list};

/// What an affinity of 1 is worth beside what two people share.
const AFFINITY: f64 = 100.0;

/// What a suggestion of a community must be worth: that many there speak one's language is
/// none.
const TELLING: u32 = 3;

/// A community that suits the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunitySuggestion {
    /// Which.
    pub community: CommunityId,
    /// The sum of the reasons' weights.
    pub score: u32,
    /// The strongest first.
    pub reasons: Vec<Reason>,
    /// The viewer's community that most of it is because of.
    pub because_of: Option<CommunityId>,
}

/// A thread that suits the viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadSuggestion {
    /// Which.
    pub thread: ThreadId,
    /// Where it stands.
    pub community: CommunityId,
    /// How well, in 10,000ths.
    pub score: u32,
}

/// Who walks from one community to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Crossing {
    pub(crate) people: u32,
    pub(crate) walks: u64,
}

/// How many are where, of some people: what of several parts adds up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// For each community of the viewer, in the order of their ids, who is where else.
    pub(crate) crossed: Vec<BTreeMap<CommunityId, Crossing>>,
    /// For each value that counts, how many hold it in each community.
    pub(crate) alike: Vec<BTreeMap<CommunityId, u32>>,
}

impl Tally {
    /// With what others counted at the same question.
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.crossed.resize(self.crossed.len().max(other.crossed.len()), BTreeMap::new());
        self.alike.resize(self.alike.len().max(other.alike.len()), BTreeMap::new());
        for (own, theirs) in self.crossed.iter_mut().zip(other.crossed) {
            for (place, crossing) in theirs {
                let sum = own.entry(place).or_default();
                *sum = Crossing { people: sum.people + crossing.people, walks: sum.walks + crossing.walks };
            }
        }
        for (own, theirs) in self.alike.iter_mut().zip(other.alike) {
            theirs.into_iter().for_each(|(place, count)| *own.entry(place).or_default() += count);
        }
        self
    }

    /// Every community that it tells of.
    pub(crate) fn places(&self) -> BTreeSet<CommunityId> {
        let crossed = self.crossed.iter().flat_map(BTreeMap::keys);
        crossed.chain(self.alike.iter().flat_map(BTreeMap::keys)).copied().collect()
    }
}

impl Tenant {
    /// The communities that suit a member best, of those in which they are not.
    pub(crate) fn communities_for(&self, viewer: MemberId, limit: usize) -> Vec<CommunitySuggestion> {
        let Some(slot) = self.findable(viewer) else { return Vec::new() };
        let said = self.counterparts(self.with_ancestors(self.person_at(slot).fields()));
        let shared = self.shareable(said, |feature| self.weight(feature));
        let tally = self.tally(Within::All, slot, &shared);
        let values = shared.iter().map(|one| (&self.catalog.entry(one.feature).feature, one.weight)).collect();
        let size = |place| self.graph.communities.get(&place).map_or(0, |feature| self.holders(*feature));
        self.suggested(slot, values, &tally, size, limit)
    }

    /// The communities that suit a viewer best by what was counted: each of the `values` with
    /// its weight is of the tally's place.
    pub(super) fn suggested(
        &self,
        viewer: Slot,
        values: Vec<(&Feature, u16)>,
        tally: &Tally,
        size: impl Fn(CommunityId) -> u32,
        limit: usize,
    ) -> Vec<CommunitySuggestion> {
        let mut found: BTreeMap<CommunityId, CommunitySuggestion> = BTreeMap::new();
        let empty = |community| CommunitySuggestion { community, score: 0, reasons: Vec::new(), because_of: None };
        for (community, weight, because_of) in self.crossed(viewer, tally, &size) {
            let (told, about) = (Told::Crossing, About::Shared(Kind::Community));
            let suggestion = found.entry(community).or_insert_with(|| empty(community));
            suggestion.reasons.push(Reason { told, weight, about });
            suggestion.because_of = Some(because_of);
        }
        for (community, reason) in self.alike(viewer, values, tally, &size) {
            found.entry(community).or_insert_with(|| empty(community)).reasons.push(reason);
        }
        let suggestions = found.into_values().map(summed).filter(|one| one.score >= TELLING);
        let mut found: Vec<CommunitySuggestion> = suggestions.collect();
        found.sort_by_key(|one| (std::cmp::Reverse(one.score), self.tie_with(viewer, one.community.0.as_bytes())));
        found.truncate(limit);
        found
    }

    /// The threads that suit a member best, of those in which they did not speak.
    pub(crate) fn threads_for(
        &self,
        viewer: MemberId,
        only: Option<CommunityId>,
        limit: usize,
    ) -> Vec<ThreadSuggestion> {
        let Some(slot) = self.findable(viewer) else { return Vec::new() };
        let places = self.communities(self.person_at(slot).places());
        let opens = |community: &CommunityId| places.binary_search(community).is_ok();
        let spoken = |member: &MemberId| self.graph.spoken.get(member).into_iter().flatten();
        let own: HashSet<ThreadId> = spoken(&viewer).map(|spoken| spoken.thread).collect();
        let mut found: BTreeMap<(ThreadId, CommunityId), f64> = BTreeMap::new();
        // In the order of the member's own threads, so that sums do not depend on a hash.
        for from in spoken(&viewer).filter(|spoken| opens(&spoken.community)) {
            let mut walks: BTreeMap<(ThreadId, CommunityId), u64> = BTreeMap::new();
            for other in self.graph.speakers.get(&from.thread).into_iter().flatten() {
                if *other == viewer || self.findable(*other).is_none() || self.are_apart(viewer, *other) {
                    continue;
                }
                let through = walk_through(spoken(other).count());
                for to in spoken(other).filter(|to| opens(&to.community) && !own.contains(&to.thread)) {
                    *walks.entry((to.thread, to.community)).or_default() += through;
                }
            }
            for (to, walks) in walks {
                *found.entry(to).or_default() += affinity(walks, self.speakers(from.thread), self.speakers(to.0));
            }
        }
        let suits = |(thread, community)| only.is_none_or(|only| only == community).then_some((thread, community));
        let found = found.into_iter().filter_map(|(to, affinity)| Some((suits(to)?, affinity)));
        let mut found: Vec<ThreadSuggestion> = found
            .map(|((thread, community), affinity)| ThreadSuggestion {
                thread,
                community,
                score: ((affinity * 10_000.0).round() as u32).max(1),
            })
            .collect();
        found.sort_by_key(|one| (std::cmp::Reverse(one.score), self.tie_with(slot, one.thread.0.as_bytes())));
        found.truncate(limit);
        found
    }

    fn speakers(&self, thread: ThreadId) -> usize {
        self.graph.speakers.get(&thread).map_or(0, HashSet::len)
    }

    fn tie_with(&self, viewer: Slot, what: &[u8]) -> u64 {
        xxh3_64_with_seed(what, xxh3_64_with_seed(self.person_at(viewer).id.0.as_bytes(), self.seed()))
    }

    /// Who of some parts is where.
    pub(super) fn tally(&self, within: Within<'_>, viewer: Slot, shared: &[Shared]) -> Tally {
        let places = self.communities(self.person_at(viewer).places());
        let crossed = places.iter().map(|own| {
            let mut crossings: BTreeMap<CommunityId, Crossing> = BTreeMap::new();
            for other in self.others_in(within, self.graph.communities[own], viewer) {
                let theirs = self.communities(self.person_at(other).places());
                for place in theirs.iter().filter(|place| places.binary_search(place).is_err()) {
                    let crossing = crossings.entry(*place).or_default();
                    crossing.people += 1;
                    crossing.walks += walk_through(theirs.len());
                }
            }
            crossings
        });
        let alike = shared.iter().map(|shared| self.counted_in_places(within, shared, viewer, &places));
        Tally { crossed: crossed.collect(), alike: alike.collect() }
    }

    /// Communities in which people are who are where the viewer is: how well each goes with
    /// that, and with which of the viewer's most.
    fn crossed(
        &self,
        viewer: Slot,
        tally: &Tally,
        size: impl Fn(CommunityId) -> u32,
    ) -> Vec<(CommunityId, u32, CommunityId)> {
        let places = self.communities(self.person_at(viewer).places());
        let mut sums: BTreeMap<CommunityId, (f64, f64, CommunityId)> = BTreeMap::new();
        for (own, crossings) in places.iter().zip(&tally.crossed) {
            for (place, crossing) in crossings.iter().filter(|(_, one)| one.people >= self.scale().floor) {
                let affinity = affinity(crossing.walks, size(*own) as usize, size(*place) as usize);
                let (sum, most, because_of) = sums.entry(*place).or_insert((0.0, 0.0, *own));
                *sum += affinity;
                if affinity > *most {
                    (*most, *because_of) = (affinity, *own);
                }
            }
        }
        let weighed = sums
            .into_iter()
            .map(|(place, (sum, _, because_of))| (place, ((sum * AFFINITY).round() as u32).max(1), because_of));
        weighed.collect()
    }

    /// What the viewer says that enough people say, too, in each community: each is worth
    /// its weight times the part of the community who say so.
    fn alike(
        &self,
        viewer: Slot,
        values: Vec<(&Feature, u16)>,
        tally: &Tally,
        size: impl Fn(CommunityId) -> u32,
    ) -> Vec<(CommunityId, Reason)> {
        let places = self.communities(self.person_at(viewer).places());
        let mut alike: Vec<(CommunityId, Reason)> = Vec::new();
        let mut told: HashMap<CommunityId, HashSet<Kind>> = HashMap::new();
        let mut values: Vec<_> = values.into_iter().zip(&tally.alike).collect();
        // The most telling of a kind is told.
        values.sort_by_key(|((feature, weight), _)| (std::cmp::Reverse(*weight), *feature));
        for ((feature, worth), counted) in values {
            for (place, count) in counted {
                let size = size(*place).max(1);
                let weight = (u32::from(worth) * count + size / 2) / size;
                let outside = places.binary_search(place).is_err();
                if *count < self.scale().floor || weight == 0 || !outside {
                    continue;
                }
                if told.entry(*place).or_default().insert(feature.kind) {
                    let told = Told::Many(feature.clone());
                    alike.push((*place, Reason { told, weight, about: About::Shared(feature.kind) }));
                }
            }
        }
        alike
    }

    /// How many in each community hold something that is open to the viewer, who is outside.
    fn counted_in_places(
        &self,
        within: Within<'_>,
        shared: &Shared,
        viewer: Slot,
        own: &[CommunityId],
    ) -> BTreeMap<CommunityId, u32> {
        let mut counted = BTreeMap::new();
        for release in Release::ALL.into_iter().filter(|release| release.counts(shared.own, false)) {
            let members = self.members_in(within, shared.feature, release);
            for other in members.filter(|other| *other != viewer) {
                let places = self.communities(self.person_at(other).places()).into_iter();
                for place in places.filter(|place| own.binary_search(place).is_err()) {
                    *counted.entry(place).or_default() += 1;
                }
            }
        }
        counted
    }

    /// Those of some parts who release a feature so.
    fn members_in<'a>(
        &'a self,
        within: Within<'a>,
        feature: FeatureId,
        release: Release,
    ) -> impl Iterator<Item = Slot> + 'a {
        self.within(within).flat_map(move |shelf| shelf.lists.members(list(feature, release)))
    }

    /// Those beside the viewer who are in a community, and whom no block keeps apart from them.
    fn others_in<'a>(
        &'a self,
        within: Within<'a>,
        community: FeatureId,
        viewer: Slot,
    ) -> impl Iterator<Item = Slot> + 'a {
        let member = self.person_at(viewer).id;
        let people = self.members_in(within, community, Release::Tenant);
        people.filter(move |other| *other != viewer && !self.are_apart(member, self.person_at(*other).id))
    }
}

fn summed(mut suggestion: CommunitySuggestion) -> CommunitySuggestion {
    strongest_first(&mut suggestion.reasons);
    suggestion.score = suggestion.reasons.iter().map(|reason| reason.weight).sum();
    suggestion
}
