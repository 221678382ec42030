//! The best of many, as they are found.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Slot;

/// A slot with its score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Best {
    /// Which.
    pub slot: Slot,
    /// The sum of what its entries add, more than 0.
    pub score: u64,
}

/// Room that a thread uses again for every search, by how wide its sums are.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) narrow: Vec<u16>,
    pub(crate) middle: Vec<u32>,
    pub(crate) wide: Vec<u64>,
}

/// The best so far, at least one of them wanted; the least is on top.
pub(crate) struct Kept<K> {
    // The greater candidate is the better one.
    heap: BinaryHeap<Reverse<(u64, Reverse<K>, Slot)>>,
    limit: usize,
    /// The score below which nothing is kept.
    pub(crate) least: u64,
}

impl<K: Ord> Kept<K> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { heap: BinaryHeap::with_capacity(limit + 1), limit, least: 1 }
    }

    pub(crate) fn take(&mut self, score: u64, slot: Slot, tie: impl Fn(Slot) -> K) {
        self.heap.push(Reverse((score, Reverse(tie(slot)), slot)));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
        if self.heap.len() == self.limit {
            self.least = self.heap.peek().map_or(1, |Reverse((score, ..))| *score);
        }
    }

    /// The best first.
    pub(crate) fn into_best(self) -> Vec<Best> {
        let best = self.heap.into_sorted_vec().into_iter();
        best.map(|Reverse((score, _, slot))| Best { slot, score }).collect()
    }
}
