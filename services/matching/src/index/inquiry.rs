//! What replicas ask each other about the people of a tenant that is split among them.
//!
//! # Promises
//!
//! * Of all parts together the answers are those that a whole tenant gives: counts add up,
//!   the best of all are among the best of each, and everything else about people is known
//!   everywhere.
//! * Whoever is asked leaves out by itself whom the viewer may not be shown: a block, a
//!   withdrawal or an erasure holds from the moment at which either of the two knows it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kindred_ids::{CommunityId, MemberId, TenantSlug};
use kindred_ranking::Slot;
use kindred_ranking::weight::Scale;

use super::catalog::FeatureId;
use super::expansion::worth;
use super::feature::{Feature, Kind, Release};
use super::parts::Within;
use super::purpose::Purpose;
use super::reason::Own;
use super::search::{Match, Shared, Viewer};
use super::suggest::{CommunitySuggestion, Tally};
use super::tenant::Tenant;
use super::{Found, Index};

/// A field as the replica tells it that holds its owner's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) value: Feature,
    pub(crate) release: Release,
    /// How they wrote it, where that says more.
    pub(crate) label: Option<String>,
}

/// What of others counts for a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    pub(crate) value: Feature,
    /// How the viewer releases it; none where they do not hold it and it is guessed.
    pub(crate) own: Option<Release>,
    pub(crate) weight: u16,
}

/// A viewer's question: who they are, what they say, and what counts for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inquiry {
    pub(crate) viewer: MemberId,
    pub(crate) said: Vec<Said>,
    pub(crate) sought: Vec<Sought>,
}

/// How many people of some parts can be found, agree to inference, and hold each of some
/// features.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) population: u32,
    pub(crate) inferring: u32,
    pub(crate) holders: Vec<u32>,
}

impl Counts {
    /// With what was counted of others by the same features.
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.population += other.population;
        self.inferring += other.inferring;
        self.holders.resize(self.holders.len().max(other.holders.len()), 0);
        self.holders.iter_mut().zip(other.holders).for_each(|(sum, holders)| *sum += holders);
        self
    }
}

/// What a viewer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The people who suit them best.
    Meeting,
    /// What they share with people who were chosen by something else.
    Comparing,
    /// Where people are who say what they say.
    Suggestions,
}

/// What counts for a viewer before it is known what it is worth.
#[derive(Debug, Clone)]
pub(crate) struct Outline {
    viewer: MemberId,
    said: Vec<Said>,
    wanted: Vec<Wanted>,
}

#[derive(Debug, Clone)]
struct Wanted {
    value: Feature,
    own: Option<Release>,
    /// How likely it goes with what they hold, where it is guessed.
    likely: Option<u32>,
}

impl Outline {
    /// Whose holders are to be counted.
    pub(crate) fn features(&self) -> Vec<Feature> {
        self.wanted.iter().map(|wanted| wanted.value.clone()).collect()
    }
}

impl Index {
    /// What is found for a member beside the people: advice, and the position.
    pub(crate) fn rest(&self, tenant: &TenantSlug, viewer: MemberId) -> Found {
        self.found(tenant, viewer, |_| Vec::new())
    }

    pub(crate) fn is_findable(&self, tenant: &TenantSlug, member: MemberId) -> bool {
        self.look(tenant, |tenant| tenant.findable(member).is_some()).unwrap_or_default()
    }

    pub(crate) fn outline(&self, tenant: &TenantSlug, viewer: MemberId, said: Vec<Said>, aim: Aim) -> Option<Outline> {
        self.look(tenant, |tenant| tenant.outline(viewer, said, aim)).flatten()
    }

    pub(crate) fn inquiry(&self, tenant: &TenantSlug, outline: Outline, counts: &Counts) -> Option<Inquiry> {
        self.look(tenant, |tenant| tenant.inquiry(outline, counts))
    }

    pub(crate) fn best_of_all(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        best: Vec<(MemberId, u64)>,
        limit: usize,
    ) -> Vec<MemberId> {
        self.look(tenant, |tenant| tenant.best_of_all(viewer, best, limit)).unwrap_or_default()
    }

    pub(crate) fn met(&self, tenant: &TenantSlug, viewer: MemberId, others: &[MemberId]) -> Vec<bool> {
        self.look(tenant, |tenant| tenant.met(viewer, others)).unwrap_or_else(|| vec![false; others.len()])
    }

    /// The communities of a member.
    pub(crate) fn places_of(&self, tenant: &TenantSlug, member: MemberId) -> Vec<CommunityId> {
        let places = |tenant: &Tenant| Some(tenant.communities(tenant.person(member)?.places()));
        self.look(tenant, places).flatten().unwrap_or_default()
    }

    pub(crate) fn suggestions(
        &self,
        tenant: &TenantSlug,
        inquiry: &Inquiry,
        tally: &Tally,
        sizes: &BTreeMap<CommunityId, u32>,
        limit: usize,
    ) -> Vec<CommunitySuggestion> {
        self.look(tenant, |tenant| tenant.suggestions(inquiry, tally, sizes, limit)).unwrap_or_default()
    }
}

impl Tenant {
    /// What a member says of themselves; none where that is held elsewhere.
    pub(crate) fn said(&self, member: MemberId) -> Option<Vec<Said>> {
        let slot = self.slot(member).filter(|_| self.is_own(member))?;
        let said = self.person_at(slot).fields().map(|field| {
            let value = self.catalog.entry(field.feature).feature.clone();
            Said { value, release: field.release, label: self.label(&field).map(str::to_owned) }
        });
        Some(said.collect())
    }

    /// What counts for a viewer who says this; none for one who may not look.
    pub(crate) fn outline(&self, viewer: MemberId, said: Vec<Said>, aim: Aim) -> Option<Outline> {
        let slot = self.findable(viewer)?;
        let mut held: BTreeMap<Feature, Release> = BTreeMap::new();
        for one in &said {
            for value in chain(&one.value) {
                held.entry(value).and_modify(|release| *release = one.release.min(*release)).or_insert(one.release);
            }
        }
        let wanted = |value, own| Wanted { value, own: Some(own), likely: None };
        let mut all: Vec<Wanted> = held.iter().map(|(value, own)| wanted(value.counterpart(), *own)).collect();
        if aim != Aim::Suggestions {
            let done = self.done(slot).into_iter().map(|id| self.catalog.entry(id).feature.clone());
            let done = done.filter(|value| aim == Aim::Meeting || value.kind != Kind::Asked);
            all.extend(done.map(|value| wanted(value, Release::Tenant)));
        }
        if aim == Aim::Meeting
            && self.agrees(viewer, Purpose::Inference)
            && let Some(expansion) = self.fixed.expansion()
        {
            let likely = expansion.likely(held.keys()).into_iter().filter(|(value, _)| !held.contains_key(*value));
            all.extend(likely.map(|(value, likely)| Wanted { value: value.clone(), own: None, likely: Some(likely) }));
        }
        Some(Outline { viewer, said, wanted: all })
    }

    /// What a viewer asks, at what each of their outline's features is worth that so many hold.
    pub(crate) fn inquiry(&self, outline: Outline, counts: &Counts) -> Inquiry {
        let scale = Scale { population: counts.population, ..self.scale() };
        let sought = outline.wanted.into_iter().zip(&counts.holders).map(|(Wanted { value, own, likely }, holders)| {
            let weight = self.weigh(&value, value.boost(), *holders, scale);
            Sought { value, own, weight: likely.map_or(weight, |likely| worth(likely, weight)) }
        });
        let sought = sought.filter(|sought| sought.weight > 0).collect();
        Inquiry { viewer: outline.viewer, said: outline.said, sought }
    }

    /// How many of some parts hold each of these.
    pub(crate) fn count(&self, parts: &[u32], features: &[Feature]) -> Counts {
        let within = Within::Parts(parts);
        let holders = |feature| self.catalog.find(feature).map_or(0, |id| self.holders_in(within, id));
        Counts {
            population: self.within(within).map(|shelf| shelf.population).sum(),
            inferring: self.within(within).map(|shelf| shelf.inferring).sum(),
            holders: features.iter().map(holders).collect(),
        }
    }

    /// Those of some parts who suit a viewer best, each with their score.
    pub(crate) fn best_for(&self, parts: &[u32], inquiry: &Inquiry, limit: usize) -> Vec<(MemberId, u64)> {
        let Some(slot) = self.findable(inquiry.viewer) else { return Vec::new() };
        let best = self.best(Within::Parts(parts), slot, limit, &self.counting(inquiry));
        best.into_iter().map(|best| (self.people.id(best.slot), best.score)).collect()
    }

    /// What a viewer shares with each of these, of those in some parts who can be found.
    pub(crate) fn compare(&self, parts: &[u32], inquiry: &Inquiry, members: &[MemberId]) -> Vec<Match> {
        let Some(slot) = self.findable(inquiry.viewer) else { return Vec::new() };
        let own = inquiry.said.iter().map(|said| {
            let above = chain(&said.value).enumerate();
            let chain = above.filter_map(|(climbed, value)| Some((climbed, self.catalog.find(&value.counterpart())?)));
            Own { value: &said.value, label: said.label.as_deref(), chain: chain.collect() }
        });
        let viewer = Viewer { slot, own: own.collect(), shared: self.counting(inquiry) };
        let members: Vec<MemberId> = members.iter().copied().filter(|member| self.is_in(parts, *member)).collect();
        self.compared_with(&viewer, &members)
    }

    /// What each of these adds up to for a viewer; 0 for who cannot be found or is in no part
    /// of these.
    pub(crate) fn add_up(&self, parts: &[u32], inquiry: &Inquiry, members: &[MemberId]) -> Vec<u64> {
        let Some(slot) = self.findable(inquiry.viewer) else { return vec![0; members.len()] };
        let sums = self.added_up(Within::Parts(parts), slot, &self.counting(inquiry));
        let sum = |member: &MemberId| self.slot(*member).and_then(|slot| sums.get(slot as usize).copied());
        members.iter().map(|member| sum(member).unwrap_or_default()).collect()
    }

    /// Who of some parts is where.
    pub(crate) fn tally_for(&self, parts: &[u32], inquiry: &Inquiry) -> Tally {
        let Some(slot) = self.findable(inquiry.viewer) else { return Tally::default() };
        let known = |sought: &Sought| self.catalog.find(&sought.value).map(|feature| counted(sought, feature));
        let shared: Vec<Option<Shared>> = inquiry.sought.iter().map(known).collect();
        let there: Vec<Shared> = shared.iter().flatten().copied().collect();
        let mut tally = self.tally(Within::Parts(parts), slot, &there);
        let mut alike = std::mem::take(&mut tally.alike).into_iter();
        // By the question's own places, whatever of it nobody holds here.
        let placed = shared.iter().map(|shared| shared.and_then(|_| alike.next()).unwrap_or_default());
        Tally { alike: placed.collect(), ..tally }
    }

    /// The communities that suit a viewer best by what was counted of all.
    pub(crate) fn suggestions(
        &self,
        inquiry: &Inquiry,
        tally: &Tally,
        sizes: &BTreeMap<CommunityId, u32>,
        limit: usize,
    ) -> Vec<CommunitySuggestion> {
        let Some(slot) = self.findable(inquiry.viewer) else { return Vec::new() };
        let values = inquiry.sought.iter().map(|sought| (&sought.value, sought.weight)).collect();
        self.suggested(slot, values, tally, |place| sizes.get(&place).copied().unwrap_or_default(), limit)
    }

    /// The coded values of some parts that come behind one, ascending, at most so many, each
    /// with how many hold it.
    pub(crate) fn coded(&self, parts: &[u32], behind: Option<&Feature>, most: usize) -> Vec<(Feature, u32)> {
        let coded = self.catalog.iter().filter(|(_, entry)| entry.feature.kind.is_coded());
        let coded = coded.filter(|(_, entry)| behind.is_none_or(|behind| entry.feature > *behind));
        let mut coded: Vec<(&Feature, u32)> =
            coded.map(|(id, entry)| (&entry.feature, self.holders_in(Within::Parts(parts), id))).collect();
        coded.sort_unstable();
        coded.into_iter().take(most).map(|(feature, holders)| (feature.clone(), holders)).collect()
    }

    /// The best of several parts together, each with their score, the best first.
    pub(crate) fn best_of_all(&self, viewer: MemberId, mut best: Vec<(MemberId, u64)>, limit: usize) -> Vec<MemberId> {
        let Some(slot) = self.slot(viewer) else { return Vec::new() };
        best.sort_by_cached_key(|(member, score)| (Reverse(*score), self.tie(slot, *member)));
        best.truncate(limit);
        best.into_iter().map(|(member, _)| member).collect()
    }

    fn is_in(&self, parts: &[u32], member: MemberId) -> bool {
        self.shelf(member).is_some_and(|place| parts.contains(&self.shelves[place].part))
    }

    /// What counts, by the numbers that it has here; what nobody holds here is left out.
    fn counting(&self, inquiry: &Inquiry) -> Vec<Shared> {
        let known = |sought: &Sought| Some(counted(sought, self.catalog.find(&sought.value)?));
        inquiry.sought.iter().filter_map(known).collect()
    }

    /// What of others goes with what somebody does, by number.
    pub(super) fn done(&self, slot: Slot) -> Vec<FeatureId> {
        let person = self.person_at(slot);
        self.whereabouts(&person).into_iter().chain(self.asked_feature(person.id)).collect()
    }
}

const fn counted(sought: &Sought, feature: FeatureId) -> Shared {
    Shared { feature, own: sought.own, weight: sought.weight }
}

/// A value and what it is a kind of, the nearest first.
fn chain(value: &Feature) -> impl Iterator<Item = Feature> {
    std::iter::once(value.clone()).chain(value.ancestors())
}

/// What people of a community hold.
pub(crate) fn inside(community: CommunityId) -> Feature {
    Feature::new(Kind::Community, community.to_string())
}
