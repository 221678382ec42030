//! The exact best matches of one member.
//!
//! # Promises
//!
//! * An answer depends only on what the viewer released and on what others released to
//!   them; at given weights no other field changes a byte of it.
//! * Scores are whole numbers and sums of the reasons' weights; equal scores stand in an
//!   order that depends on both people and on nothing else.
//!
//! Every list of the viewer's features is added up term by term, then one scan keeps the
//! best: with twenty short lists of like weight, pruning would cost more than it saves.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use kindred_ids::{CommunityId, MemberId};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::catalog::{Entry, FeatureId, Slot};
use super::feature::Release;
use super::reason::{self, Reason};
use super::tenant::Tenant;

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
pub(super) struct Term {
    pub(super) feature: FeatureId,
    pub(super) own: Release,
    pub(super) weight: u16,
}

/// Room that a thread uses again for every search.
#[derive(Default)]
struct Scratch {
    narrow: Vec<u16>,
    wide: Vec<u32>,
    shared: Vec<bool>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A number that scores are added up in.
trait Sum: Copy + Ord + Default {
    fn add(&mut self, weight: u16);
    fn score(self) -> u32;
}

impl Sum for u16 {
    fn add(&mut self, weight: u16) {
        *self += weight;
    }
    fn score(self) -> u32 {
        u32::from(self)
    }
}

impl Sum for u32 {
    fn add(&mut self, weight: u16) {
        *self += Self::from(weight);
    }
    fn score(self) -> u32 {
        self
    }
}

/// A candidate; the greater one is the better.
#[derive(PartialEq, Eq)]
struct Candidate {
    score: u32,
    tie: Reverse<u64>,
    member: Reverse<MemberId>,
    slot: Slot,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.score, &self.tie, &self.member).cmp(&(other.score, &other.tie, &other.member))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Tenant {
    /// The best matches of a member at the weights of this moment.
    pub(crate) fn search(&self, viewer: MemberId, limit: usize) -> Vec<Match> {
        let scale = self.scale();
        self.search_with(viewer, limit, |entry| scale.weight(entry.boost, entry.postings.holders()))
    }

    /// The best matches of a member at given weights.
    pub(super) fn search_with(&self, viewer: MemberId, limit: usize, weigh: impl Fn(&Entry) -> u16) -> Vec<Match> {
        let Some(slot) = self.slot(viewer) else { return Vec::new() };
        if !self.is_present(viewer) || !self.consents(viewer) {
            return Vec::new();
        }
        let terms = self.terms(slot, weigh);
        let best = SCRATCH.with_borrow_mut(|scratch| {
            let total: u32 = terms.iter().map(|term| u32::from(term.weight)).sum();
            let Scratch { narrow, wide, shared } = scratch;
            if u16::try_from(total).is_ok() {
                self.best(slot, limit, &terms, narrow, shared)
            } else {
                self.best(slot, limit, &terms, wide, shared)
            }
        });
        best.into_iter().map(|candidate| self.explained(slot, &candidate, &terms)).collect()
    }

    /// What the viewer holds and releases, as far as it is worth something.
    fn terms(&self, viewer: Slot, weigh: impl Fn(&Entry) -> u16) -> Vec<Term> {
        let held = self.held(viewer).into_iter();
        let terms = held.map(|(feature, own)| Term { feature, own, weight: weigh(self.catalog.entry(feature)) });
        terms.filter(|term| term.weight > 0).collect()
    }

    fn best<S: Sum>(
        &self,
        viewer: Slot,
        limit: usize,
        terms: &[Term],
        sums: &mut Vec<S>,
        shared: &mut Vec<bool>,
    ) -> Vec<Candidate> {
        sums.clear();
        sums.resize(self.capacity(), S::default());
        self.neighbors(viewer, terms, shared);
        for term in terms {
            let postings = &self.catalog.entry(term.feature).postings;
            for release in [Release::Tenant, Release::Matched, Release::Community] {
                let list = postings.of(release);
                if release.reaches(term.own, false) {
                    list.iter().for_each(|slot| sums[*slot as usize].add(term.weight));
                } else {
                    let sharing = list.iter().filter(|slot| shared[**slot as usize]);
                    sharing.for_each(|slot| sums[*slot as usize].add(term.weight));
                }
            }
        }
        sums[viewer as usize] = S::default();
        let viewer = self.person_at(viewer).id;
        for slot in self.kept_apart(viewer).filter_map(|member| self.slot(member)) {
            sums[slot as usize] = S::default();
        }
        self.scan(viewer, limit, sums)
    }

    /// Marks who shares a community with the viewer, if any term asks for it.
    fn neighbors(&self, viewer: Slot, terms: &[Term], shared: &mut Vec<bool>) {
        let asked = terms.iter().any(|term| {
            let postings = &self.catalog.entry(term.feature).postings;
            let narrow = [Release::Matched, Release::Community].into_iter();
            narrow.filter(|release| !release.reaches(term.own, false)).any(|release| !postings.of(release).is_empty())
        });
        shared.clear();
        if !asked {
            return;
        }
        shared.resize(self.capacity(), false);
        for community in &self.person_at(viewer).communities {
            for slot in self.communities.get(community).into_iter().flatten() {
                shared[slot as usize] = true;
            }
        }
    }

    /// Keeps the best of all sums in one pass, best first.
    fn scan<S: Sum>(&self, viewer: MemberId, limit: usize, sums: &[S]) -> Vec<Candidate> {
        const BLOCK: usize = 64;
        let seed = xxh3_64_with_seed(viewer.0.as_bytes(), self.seed());
        let mut kept: BinaryHeap<Reverse<Candidate>> = BinaryHeap::with_capacity(limit + 1);
        let mut least = 1;
        for (block, sums) in sums.chunks(BLOCK).enumerate() {
            let most = sums.iter().copied().max().unwrap_or_default().score();
            if most < least || limit == 0 {
                continue;
            }
            for (offset, sum) in sums.iter().enumerate() {
                if sum.score() < least {
                    continue;
                }
                let slot = (block * BLOCK + offset) as Slot;
                let member = self.person_at(slot).id;
                let tie = Reverse(xxh3_64_with_seed(member.0.as_bytes(), seed));
                kept.push(Reverse(Candidate { score: sum.score(), tie, member: Reverse(member), slot }));
                if kept.len() > limit {
                    kept.pop();
                }
                if kept.len() == limit {
                    least = kept.peek().map_or(1, |Reverse(worst)| worst.score);
                }
            }
        }
        let mut best: Vec<Candidate> = kept.into_iter().map(|Reverse(candidate)| candidate).collect();
        best.sort_unstable_by(|one, other| other.cmp(one));
        best
    }

    fn explained(&self, viewer: Slot, candidate: &Candidate, terms: &[Term]) -> Match {
        let (viewer, other) = (self.person_at(viewer), self.person_at(candidate.slot));
        let communities: Vec<CommunityId> = viewer
            .communities
            .iter()
            .filter(|community| other.communities.binary_search(community).is_ok())
            .copied()
            .collect();
        let share = !communities.is_empty();
        let reasons = reason::reasons(self, viewer, &self.held(candidate.slot), share, terms);
        debug_assert_eq!(reasons.iter().map(|reason| reason.weight).sum::<u32>(), candidate.score);
        Match { member: other.id, score: candidate.score, reasons, communities }
    }
}
