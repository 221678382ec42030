//! The sums of one block, and the best of them.

use super::BLOCK;
use super::packed::WORDS;
use crate::best::Kept;
use crate::sum::Sum;

/// After so many lists looked up for single slots of a block it costs less to add up what is
/// left of it.
const MOST_LOOKED_UP: usize = BLOCK / 8;

/// A dense part of a block, and whether it counts for the circle only.
type Dense<'a> = (&'a [u64; WORDS], bool);

/// The dense parts of one group in one block.
pub(super) struct Group<'a> {
    pub(super) weight: u64,
    pub(super) parts: Vec<Dense<'a>>,
}

fn bit(words: &[u64], offset: u16) -> bool {
    words.get(usize::from(offset) / 64).is_some_and(|word| word >> (offset % 64) & 1 != 0)
}

pub(super) fn add_few<S: Sum>(sums: &mut [S], offsets: &[u16], weight: u32) {
    // Of a whole block every offset is known to be within.
    if let Some(sums) = sums.first_chunk_mut::<BLOCK>() {
        offsets.iter().for_each(|offset| sums[usize::from(*offset) % BLOCK].add(u64::from(weight)));
    } else {
        offsets.iter().for_each(|offset| sums[usize::from(*offset)].add(u64::from(weight)));
    }
}

/// The same for those of the circle, without a branch for each.
pub(super) fn add_few_within<S: Sum>(sums: &mut [S], offsets: &[u16], weight: u32, circle: &[u64]) {
    for offset in offsets.iter().map(|offset| usize::from(*offset)) {
        let Some(word) = circle.get(offset / 64) else { return };
        sums[offset].add(u64::from(weight) * (word >> (offset % 64) & 1));
    }
}

/// Adds a group up from a word on: its lists have no slot in common, so they are one list.
pub(super) fn add_many<S: Sum>(sums: &mut [S], from: usize, group: &Group<'_>, circle: &[u64]) {
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
pub(super) struct Late<'a> {
    pub(super) groups: &'a [Group<'a>],
    pub(super) bound: u64,
    pub(super) circle: &'a [u64],
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
pub(super) fn scan<S: Sum, K: Ord>(
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
