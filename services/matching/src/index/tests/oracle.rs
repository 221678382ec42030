//! A plain reading of the rules: everything is counted anew, pair by pair.

use std::collections::BTreeMap;

use kindred_ids::{CommunityId, MemberId};
use kindred_ranking::weight::Scale;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::world::{COMMUNITIES, PEOPLE, Said, World, community, member, tenant, thread};
use crate::index::feature::{Feature, Kind, Release};
use crate::index::graph::Wish;
use crate::index::search::Match;
use crate::index::{About, Language, Reason, Told};

/// What a match comes down to.
pub type Brief = (MemberId, u32, Vec<CommunityId>);

pub fn brief(matches: &[Match]) -> Vec<Brief> {
    matches.iter().map(|found| (found.member, found.score, found.communities.clone())).collect()
}

/// Weights at one moment.
pub struct Weights(BTreeMap<Feature, u16>);

impl Weights {
    pub fn of(&self, feature: &Feature) -> u16 {
        self.0.get(feature).copied().unwrap_or(0)
    }
}

fn chain(said: &Said) -> Vec<Feature> {
    let Some(feature) = Feature::of(said.kind, &said.value) else { return Vec::new() };
    let above = feature.ancestors();
    std::iter::once(feature).chain(above).collect()
}

impl World {
    fn is_findable(&self, person: u32) -> bool {
        let person = &self.people[person as usize];
        person.consents && !person.suspended && !person.erased
    }

    /// What a person releases, each value as far as they release it at all.
    fn released(&self, person: u32) -> BTreeMap<Feature, Release> {
        let mut released = BTreeMap::new();
        for said in &self.people[person as usize].said {
            let Some(release) = said.release else { continue };
            for feature in chain(said) {
                let widest = released.entry(feature).or_insert(release);
                *widest = release.min(*widest);
            }
        }
        released.extend(self.places(person).map(|feature| (feature, Release::Tenant)));
        released
    }

    /// Where a person is, and where they spoke there.
    fn places(&self, person: u32) -> impl Iterator<Item = Feature> + '_ {
        let person = &self.people[person as usize];
        let inside = person.communities.iter().map(|place| (Kind::Community, community(*place).to_string()));
        let spoken = person.spoken.keys().filter(|place| person.communities.contains(&(**place % COMMUNITIES)));
        let spoken = spoken.map(|place| (Kind::Thread, thread(*place).to_string()));
        inside.chain(spoken).map(|(kind, value)| Feature::of(kind, &value).expect("a place"))
    }

    fn wish(&self, from: u32, to: u32) -> Option<Wish> {
        self.people[from as usize].asked.get(&to).copied()
    }

    /// Whether there is no sense in suggesting the other.
    fn is_settled(&self, viewer: u32, other: u32) -> bool {
        matches!(self.wish(viewer, other), Some(Wish::Open | Wish::Granted | Wish::Declined))
            || matches!(self.wish(other, viewer), Some(Wish::Granted | Wish::Declined))
    }

    /// Whether enough asked to meet the other today, and they did not ask the viewer.
    fn has_enough(&self, viewer: u32, other: u32) -> bool {
        self.asks.get(&other).is_some_and(|asks| *asks >= 3) && self.wish(other, viewer) != Some(Wish::Open)
    }

    pub fn weights(&self) -> Weights {
        let findable: Vec<u32> = (0..PEOPLE).filter(|person| self.is_findable(*person)).collect();
        let scale = Scale { population: findable.len() as u32, floor: self.floor };
        let mut holders: BTreeMap<Feature, u32> = BTreeMap::new();
        for feature in findable.iter().flat_map(|person| self.released(*person).into_keys()) {
            *holders.entry(feature).or_default() += 1;
        }
        Weights(
            holders
                .into_iter()
                .map(|(feature, count)| {
                    let count = if feature.kind.is_done() { count.max(self.floor) } else { count };
                    (feature.clone(), scale.weight(feature.boost(), count))
                })
                .collect(),
        )
    }

    fn common(&self, viewer: u32, other: u32) -> Vec<CommunityId> {
        let (viewer, other) = (&self.people[viewer as usize].communities, &self.people[other as usize].communities);
        let mut common: Vec<CommunityId> = viewer.intersection(other).map(|place| community(*place)).collect();
        common.sort_unstable();
        common
    }

    fn are_apart(&self, one: u32, other: u32) -> bool {
        let blocked = |one: u32, other: u32| self.people[one as usize].blocked.contains(&other);
        blocked(one, other) || blocked(other, one)
    }

    /// The best matches of a viewer.
    pub fn expected(&self, viewer: u32, limit: usize) -> Vec<Brief> {
        let (weights, own) = (self.weights(), self.released(viewer));
        let tenant_seed = xxh3_64_with_seed(tenant().as_str().as_bytes(), u64::from_be_bytes(*b"matching"));
        let seed = xxh3_64_with_seed(member(viewer).0.as_bytes(), tenant_seed);
        let mut found: Vec<(u32, u64, Brief)> = Vec::new();
        let others = (0..PEOPLE).filter(|other| *other != viewer && !self.are_apart(viewer, *other));
        let others = others.filter(|other| !self.is_settled(viewer, *other) && !self.has_enough(viewer, *other));
        for other in others.filter(|other| self.is_findable(*other) && self.is_findable(viewer)) {
            let communities = self.common(viewer, other);
            let theirs = self.released(other);
            let sought = own.iter().map(|(feature, own)| (feature.counterpart(), *own));
            let shared = sought.filter(|(feature, own)| {
                theirs.get(feature).is_some_and(|release| release.counts(Some(*own), !communities.is_empty()))
            });
            let asked = if self.wish(other, viewer) == Some(Wish::Open) { 1_000 } else { 0 };
            let score = asked + shared.map(|(feature, _)| u32::from(weights.of(&feature))).sum::<u32>();
            let tie = xxh3_64_with_seed(member(other).0.as_bytes(), seed);
            found.push((score, tie, (member(other), score, communities)));
        }
        found.retain(|(score, ..)| *score > 0);
        found.sort_by(|one, other| (other.0, one.1).cmp(&(one.0, other.1)));
        found.into_iter().map(|(_, _, brief)| brief).take(limit).collect()
    }

    /// Whether the viewer may see a field of the owner, by any of what it is a kind of.
    pub fn sees(&self, viewer: u32, owner: u32, said: &Said) -> bool {
        let share = !self.common(viewer, owner).is_empty();
        let own = self.released(viewer);
        // What the viewer releases to communities only is released to the owner in one alone.
        let holds = |feature: &Feature| match own.get(&feature.counterpart()) {
            Some(Release::Tenant | Release::Matched) => true,
            Some(Release::Community) => share,
            None => false,
        };
        match said.release {
            None => false,
            // Open to all, but no reason for both unless the viewer's is open to the owner.
            Some(Release::Tenant) => chain(said).iter().any(holds),
            Some(Release::Community) => share,
            Some(Release::Matched) => chain(said).iter().any(holds),
        }
    }

    /// Whether a reason names something that the viewer holds and enough people release.
    pub fn is_cohort(&self, viewer: u32, reason: &Reason) -> bool {
        // What both do there, both see, however few they are.
        if matches!(reason.about, About::Shared(kind) if kind.is_done()) {
            return true;
        }
        let findable: Vec<u32> = (0..PEOPLE).filter(|person| self.is_findable(*person)).collect();
        let holders = |feature: &Feature| {
            findable.iter().filter(|person| self.released(**person).contains_key(feature)).count() as u32
        };
        self.people[viewer as usize].said.iter().filter(|said| said.release.is_some()).any(|said| {
            let chain: Vec<Feature> = chain(said).iter().map(Feature::counterpart).collect();
            let own = Some(said.value.as_str()).filter(|_| !matches!(said.kind, crate::index::Kind::Condition));
            chain.iter().enumerate().any(|(climbed, feature)| {
                let own = own.filter(|_| climbed == 0);
                let (shared, by) = (feature.clone(), chain[0].clone());
                let told = Told::Both { shared, by, own: own.map(Box::from) };
                let text = Language::English.sentence(reason.about, &told);
                text == reason.text(Language::English) && holders(feature) >= self.floor
            })
        })
    }

    /// Whether one may find the other at all.
    pub fn may_be_shown(&self, viewer: u32, shown: MemberId) -> bool {
        let other = (0..PEOPLE).find(|person| member(*person) == shown).expect("one of the people");
        other != viewer
            && self.is_findable(viewer)
            && self.is_findable(other)
            && !self.are_apart(viewer, other)
            && !self.has_enough(viewer, other)
    }
}
