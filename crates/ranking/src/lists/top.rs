//! The best of a crowd for what somebody asks.
//!
//! # Promises
//!
//! * Exact: a slot is passed over only if all that was not counted could not bring it among
//!   the best.
//! * Equal scores stand by the asker's own order of slots, and by nothing else.
//!
//! Block by block, everything is added up but the dense lists of least weight: as long as
//! all of them together weigh less than the worst of the best so far, they are looked up
//! only for slots that the rest brings near enough. Where that would be too many, they are
//! added up as well.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::packed::{Head, Part, WORDS};
use super::{BLOCK, Lists};
use crate::sum::Sum;
use crate::{Best, ListId, Slot, Slots};

/// After so many lists looked up for single slots of a block it costs less to add up what is
/// left of it.
const MOST_LOOKED_UP: usize = BLOCK / 8;

/// What one list adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clause {
    /// Clauses of one group have one weight and lists without a slot in common, and stand
    /// side by side.
    pub group: u32,
    /// The list.
    pub list: ListId,
    /// What it is worth to be in it.
    pub weight: u32,
    /// Whether it counts only for slots of the circle.
    pub circle_only: bool,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// What counts.
    pub clauses: &'a [Clause],
    /// Whom clauses with `circle_only` count for.
    pub circle: &'a Slots,
    /// Slots that are not to be found.
    pub hidden: &'a [Slot],
    /// How many are wanted.
    pub limit: usize,
}

/// Room that a thread uses again for every ask.
#[derive(Debug, Default)]
pub struct Room {
    narrow: Vec<u16>,
    middle: Vec<u32>,
    wide: Vec<u64>,
}

/// A clause with what is left of its parts.
struct Cursor<'a> {
    clause: Clause,
    heads: &'a [Head],
}

impl Cursor<'_> {
    /// The part that lies in a block, if there is one; blocks are asked for in order.
    fn head_in(&mut self, block: usize) -> Option<Head> {
        let (head, rest) = self.heads.split_first().filter(|(head, _)| usize::from(head.block) == block)?;
        self.heads = rest;
        Some(*head)
    }
}

/// A dense part of a block, and whether it counts for the circle only.
type Dense<'a> = (&'a [u64; WORDS], bool);

/// The dense parts of one group in one block.
struct Group<'a> {
    weight: u64,
    parts: Vec<Dense<'a>>,
}

/// The best so far; the least of them is on top.
struct Kept<K> {
    heap: BinaryHeap<Reverse<(u64, Reverse<K>, Slot)>>,
    limit: usize,
    /// The score below which nothing is kept.
    least: u64,
}

impl<K: Ord> Kept<K> {
    fn take(&mut self, score: u64, slot: Slot, tie: impl Fn(Slot) -> K) {
        self.heap.push(Reverse((score, Reverse(tie(slot)), slot)));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
        if self.heap.len() == self.limit {
            self.least = self.heap.peek().map_or(1, |Reverse((score, ..))| *score);
        }
    }
}

impl Lists {
    /// The best slots, best first; those with equal scores in the order of `tie`, the least
    /// first. Slots that score 0 are not among them.
    pub fn top<K: Ord>(&self, ask: &Ask<'_>, room: &mut Room, tie: impl Fn(Slot) -> K) -> Vec<Best> {
        let most: u64 = ask.clauses.iter().fold(0, |sum, clause| sum + u64::from(clause.weight));
        if u16::try_from(most).is_ok() {
            self.best(ask, &mut room.narrow, tie)
        } else if u32::try_from(most).is_ok() {
            self.best(ask, &mut room.middle, tie)
        } else {
            self.best(ask, &mut room.wide, tie)
        }
    }

    /// Every slot's score below `capacity`, in the order of the slots.
    #[must_use]
    pub fn scores(&self, ask: &Ask<'_>, capacity: usize) -> Vec<u64> {
        let mut scores = vec![0; capacity];
        for clause in ask.clauses {
            let counts = |slot| !clause.circle_only || ask.circle.contains(slot);
            self.base.each(clause.list, |slot| {
                if counts(slot) && !self.stale.contains(slot) {
                    scores[slot as usize] += u64::from(clause.weight);
                }
            });
            for change in self.delta.lists.get(&clause.list).into_iter().flatten() {
                let slot = self.delta.slots[*change as usize];
                if self.delta.holds[*change as usize] && counts(slot) {
                    scores[slot as usize] += u64::from(clause.weight);
                }
            }
        }
        ask.hidden.iter().for_each(|slot| scores[*slot as usize] = 0);
        scores
    }

    fn best<S: Sum, K: Ord>(&self, ask: &Ask<'_>, sums: &mut Vec<S>, tie: impl Fn(Slot) -> K) -> Vec<Best> {
        if ask.limit == 0 {
            return Vec::new();
        }
        let mut hidden = ask.hidden.to_vec();
        hidden.sort_unstable();
        let mut kept = Kept { heap: BinaryHeap::with_capacity(ask.limit + 1), limit: ask.limit, least: 1 };
        self.best_changed(ask, &hidden, sums, &mut kept, &tie);
        let mut clauses = ask.clauses.to_vec();
        clauses.sort_by_key(|clause| Reverse(clause.weight));
        let cursors = clauses.iter().map(|clause| Cursor { clause: *clause, heads: self.base.heads(clause.list) });
        let mut cursors: Vec<Cursor<'_>> = cursors.filter(|cursor| !cursor.heads.is_empty()).collect();
        for block in 0..self.base.blocks() {
            let circle = ask.circle.words(block * WORDS);
            self.best_of_block(block, circle, &mut cursors, sums, &mut kept, |kept, slot, score| {
                if !self.stale.contains(slot) && hidden.binary_search(&slot).is_err() {
                    kept.take(score, slot, &tie);
                }
            });
        }
        let best = kept.heap.into_sorted_vec().into_iter();
        best.map(|Reverse((score, _, slot))| Best { slot, score }).collect()
    }

    /// The best of those who changed.
    fn best_changed<S: Sum, K: Ord>(
        &self,
        ask: &Ask<'_>,
        hidden: &[Slot],
        sums: &mut Vec<S>,
        kept: &mut Kept<K>,
        tie: &impl Fn(Slot) -> K,
    ) {
        let delta = &self.delta;
        sums.clear();
        sums.resize(delta.slots.len(), S::default());
        for clause in ask.clauses {
            for change in delta.lists.get(&clause.list).into_iter().flatten() {
                if !clause.circle_only || ask.circle.contains(delta.slots[*change as usize]) {
                    sums[*change as usize].add(u64::from(clause.weight));
                }
            }
        }
        for (change, sum) in sums.iter().enumerate() {
            if sum.score() >= kept.least && delta.holds[change] && hidden.binary_search(&delta.slots[change]).is_err() {
                kept.take(sum.score(), delta.slots[change], tie);
            }
        }
    }

    /// Adds up what is thin in a block; its dense groups, the heaviest first.
    fn add_thin<'a, S: Sum>(
        &'a self,
        block: usize,
        circle: &[u64],
        cursors: &mut [Cursor<'a>],
        sums: &mut [S],
    ) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut last = None;
        for cursor in cursors {
            let Some(head) = cursor.head_in(block) else { continue };
            let Clause { group, weight, circle_only, .. } = cursor.clause;
            match self.base.part(head) {
                Part::Few(offsets) if circle_only => {
                    let within = offsets.iter().filter(|offset| bit(circle, **offset));
                    within.for_each(|offset| sums[usize::from(*offset)].add(u64::from(weight)));
                }
                Part::Few(offsets) => add_few(sums, offsets, weight),
                Part::Many(words) => {
                    if last.replace(group) != Some(group) {
                        groups.push(Group { weight: u64::from(weight), parts: Vec::new() });
                    }
                    if let Some(group) = groups.last_mut() {
                        group.parts.push((words, circle_only));
                    }
                }
            }
        }
        groups
    }

    /// The best of a block.
    fn best_of_block<'a, S: Sum, K: Ord>(
        &'a self,
        block: usize,
        circle: &[u64],
        cursors: &mut [Cursor<'a>],
        sums: &mut Vec<S>,
        kept: &mut Kept<K>,
        found: impl Fn(&mut Kept<K>, Slot, u64),
    ) {
        sums.clear();
        sums.resize(self.base.slots_of(block), S::default());
        let groups = self.add_thin(block, circle, cursors, sums);
        let (mut bound, mut deferred) = (0, groups.len());
        while deferred > 0 && bound + groups[deferred - 1].weight < kept.least {
            deferred -= 1;
            bound += groups[deferred].weight;
        }
        groups[..deferred].iter().for_each(|group| add_many(sums, 0, group, circle));
        let (late, first) = (Late { groups: &groups[deferred..], bound, circle }, (block * BLOCK) as Slot);
        scan(sums, late, kept, |kept, offset, score| found(kept, first + offset as Slot, score));
    }
}

fn bit(words: &[u64], offset: u16) -> bool {
    words.get(usize::from(offset) / 64).is_some_and(|word| word >> (offset % 64) & 1 != 0)
}

fn add_few<S: Sum>(sums: &mut [S], offsets: &[u16], weight: u32) {
    // Of a whole block every offset is known to be within.
    if let Some(sums) = sums.first_chunk_mut::<BLOCK>() {
        offsets.iter().for_each(|offset| sums[usize::from(*offset) % BLOCK].add(u64::from(weight)));
    } else {
        offsets.iter().for_each(|offset| sums[usize::from(*offset)].add(u64::from(weight)));
    }
}

/// Adds a group up from a word on: its lists have no slot in common, so they are one list.
fn add_many<S: Sum>(sums: &mut [S], from: usize, group: &Group<'_>, circle: &[u64]) {
    let word = |index: usize| {
        let counted = group.parts.iter().map(|(words, circle_only)| {
            let allowed = if *circle_only { circle.get(index).copied().unwrap_or_default() } else { u64::MAX };
            words[index] & allowed
        });
        counted.fold(0, |all, word| all | word)
    };
    for (index, sums) in sums.chunks_exact_mut(64).enumerate().skip(from) {
        S::add_where(sums, word(index), group.weight);
    }
}

/// Dense groups that are not added up, and the most that they can add.
struct Late<'a> {
    groups: &'a [Group<'a>],
    bound: u64,
    circle: &'a [u64],
}

impl Late<'_> {
    /// A score with what these add to it, or less than `least` if it does not come to that.
    fn completed(&self, offset: usize, mut score: u64, least: u64) -> u64 {
        let mut left = self.bound;
        for group in self.groups {
            left -= group.weight;
            let is_in = group.parts.iter().any(|(words, circle_only)| {
                bit(&words[..], offset as u16) && (!circle_only || bit(self.circle, offset as u16))
            });
            score += if is_in { group.weight } else { 0 };
            if score + left < least {
                return 0;
            }
        }
        score
    }
}

/// Gives every sum that comes to the least that is kept, with what `late` adds to it.
fn scan<S: Sum, K>(
    sums: &mut [S],
    mut late: Late<'_>,
    kept: &mut Kept<K>,
    mut found: impl FnMut(&mut Kept<K>, usize, u64),
) {
    let mut looked_up = 0;
    for word in 0..sums.len() / 64 {
        if looked_up > MOST_LOOKED_UP {
            late.groups.iter().for_each(|group| add_many(sums, word, group, late.circle));
            (late.groups, late.bound, looked_up) = (&[], 0, 0);
        }
        let some = &sums[word * 64..][..64];
        if some.iter().copied().fold(S::default(), S::max).score() + late.bound < kept.least {
            continue;
        }
        for (bit, sum) in some.iter().enumerate() {
            if sum.score() + late.bound < kept.least {
                continue;
            }
            looked_up += late.groups.len();
            let score = late.completed(word * 64 + bit, sum.score(), kept.least);
            if score >= kept.least {
                found(kept, word * 64 + bit, score);
            }
        }
    }
}
