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

use super::block::{Group, Late, add_few, add_few_within, add_many, scan};
use super::packed::{Head, Part, WORDS};
use super::{BLOCK, Lists};
use crate::best::Kept;
use crate::sum::Sum;
use crate::{Best, ListId, Scratch, Slot, Slots};

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

impl Lists {
    /// The best slots, best first; those with equal scores in the order of `tie`, the least
    /// first. Slots that score 0 are not among them.
    pub fn top<K: Ord>(&self, ask: &Ask<'_>, scratch: &mut Scratch, tie: impl Fn(Slot) -> K) -> Vec<Best> {
        let most: u64 = ask.clauses.iter().fold(0, |sum, clause| sum + u64::from(clause.weight));
        if u16::try_from(most).is_ok() {
            self.best(ask, &mut scratch.narrow, tie)
        } else if u32::try_from(most).is_ok() {
            self.best(ask, &mut scratch.middle, tie)
        } else {
            self.best(ask, &mut scratch.wide, tie)
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
        let mut kept = Kept::new(ask.limit);
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
        kept.into_best()
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
                Part::Few(offsets) if circle_only => add_few_within(sums, offsets, weight, circle),
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
