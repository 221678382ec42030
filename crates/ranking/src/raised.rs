//! The best by an exact score, put into another order by what else speaks for each.

use std::cmp::Reverse;

use crate::{Best, Slot};

/// How many of the best are worth a second look.
pub const MOST_RAISED: usize = 500;

/// A slot with its score, and what of that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// Which.
    pub slot: Slot,
    /// All in all.
    pub score: u64,
    /// What the second look added.
    pub raise: u32,
}

/// The best [`MOST_RAISED`] of these, each with what `raise` adds to its score, the greatest
/// sum first and equal ones in the order of `tie`, the least first. Whoever is behind them
/// is left out: nobody is raised past a score that was not looked at.
#[must_use]
pub fn raised<K: Ord>(best: &[Best], raise: impl Fn(Slot) -> u32, tie: impl Fn(Slot) -> K) -> Vec<Raised> {
    let looked_at = best.iter().take(MOST_RAISED);
    let mut raised: Vec<Raised> = looked_at
        .map(|Best { slot, score }| {
            let raise = raise(*slot);
            Raised { slot: *slot, score: score.saturating_add(u64::from(raise)), raise }
        })
        .collect();
    raised.sort_by_cached_key(|one| (Reverse(one.score), tie(one.slot)));
    raised
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(best: &[(Slot, u64)], raise: impl Fn(Slot) -> u32) -> Vec<(Slot, u64, u32)> {
        let best: Vec<Best> = best.iter().map(|(slot, score)| Best { slot: *slot, score: *score }).collect();
        raised(&best, raise, |slot| slot).into_iter().map(|one| (one.slot, one.score, one.raise)).collect()
    }

    #[test]
    fn what_is_added_moves_up_and_is_told() {
        let raise = |slot| if slot == 3 { 5 } else { 0 };
        assert_eq!(order(&[(1, 9), (2, 8), (3, 4)], raise), [(1, 9, 0), (3, 9, 5), (2, 8, 0)]);
        assert_eq!(order(&[], raise), []);
    }

    proptest! {
        #[test]
        fn without_anything_to_add_the_order_stays(mut scores in prop::collection::vec(1_u64..50, 0..700)) {
            scores.sort_unstable_by(|one, other| other.cmp(one));
            let best: Vec<(Slot, u64)> = (0..).zip(scores.iter().copied()).collect();
            let same: Vec<(Slot, u64, u32)> =
                best.iter().take(MOST_RAISED).map(|(slot, score)| (*slot, *score, 0)).collect();
            prop_assert_eq!(order(&best, |_| 0), same);
        }
    }
}
