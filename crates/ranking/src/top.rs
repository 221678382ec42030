//! The best of all slots for a query.
//!
//! # Promises
//!
//! * Exact: every entry of every list of the query is counted.
//! * Equal scores stand by the query's own order of slots, and by nothing else.
//!
//! Every list is added up, then one scan keeps the best: with a few dozen lists of like
//! weight, pruning would cost more than it saves.

use crate::best::Kept;
use crate::sum::Sum;
use crate::{Best, Entry, ListId, Postings, Scratch, Slot};

/// What one list adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The list.
    pub list: ListId,
    /// What each of its entries is worth.
    pub weight: u32,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// What counts.
    pub terms: &'a [Term],
    /// Slots that are not to be found.
    pub hidden: &'a [Slot],
    /// How many are wanted.
    pub limit: usize,
}

impl<E: Entry> Postings<E> {
    /// The best slots below `capacity`, best first; those with equal scores in the order of
    /// `tie`, the least first. Slots that score 0 are not among them.
    pub fn top<K: Ord>(
        &self,
        query: &Query<'_>,
        capacity: usize,
        scratch: &mut Scratch,
        tie: impl Fn(Slot) -> K,
    ) -> Vec<Best> {
        let most: u64 = query.terms.iter().fold(0, |sum, term| sum.saturating_add(E::most(term.weight)));
        if u16::try_from(most).is_ok() {
            self.best(query, capacity, &mut scratch.narrow, tie)
        } else if u32::try_from(most).is_ok() {
            self.best(query, capacity, &mut scratch.middle, tie)
        } else {
            self.best(query, capacity, &mut scratch.wide, tie)
        }
    }

    /// Every slot's score, in the order of the slots.
    #[must_use]
    pub fn scores(&self, query: &Query<'_>, capacity: usize) -> Vec<u64> {
        let mut sums = Vec::new();
        self.add_up(query, capacity, &mut sums);
        sums
    }

    fn best<S: Sum, K: Ord>(
        &self,
        query: &Query<'_>,
        capacity: usize,
        sums: &mut Vec<S>,
        tie: impl Fn(Slot) -> K,
    ) -> Vec<Best> {
        self.add_up(query, capacity, sums);
        scan(sums, query.limit, tie)
    }

    fn add_up<S: Sum>(&self, query: &Query<'_>, capacity: usize, sums: &mut Vec<S>) {
        sums.clear();
        sums.resize(capacity, S::default());
        for term in query.terms {
            for entry in self.list(term.list) {
                sums[entry.slot() as usize].add(entry.amount(term.weight));
            }
        }
        for slot in query.hidden {
            forget(sums, *slot);
        }
    }
}

fn forget<S: Sum>(sums: &mut [S], slot: Slot) {
    if let Some(sum) = sums.get_mut(slot as usize) {
        *sum = S::default();
    }
}

/// Keeps the best of all sums in one pass, best first.
fn scan<S: Sum, K: Ord>(sums: &[S], limit: usize, tie: impl Fn(Slot) -> K) -> Vec<Best> {
    const BLOCK: usize = 64;
    if limit == 0 {
        return Vec::new();
    }
    let mut kept = Kept::new(limit);
    for (block, sums) in sums.chunks(BLOCK).enumerate() {
        let most = sums.iter().copied().fold(S::default(), S::max).score();
        if most < kept.least {
            continue;
        }
        for (offset, sum) in sums.iter().enumerate() {
            if sum.score() >= kept.least {
                kept.take(sum.score(), (block * BLOCK + offset) as Slot, &tie);
            }
        }
    }
    kept.into_best()
}
