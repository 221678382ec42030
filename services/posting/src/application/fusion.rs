//! Several rankings of the same things as one.
//!
//! Scores of words and of meaning do not compare, so only ranks count: reciprocal rank
//! fusion, after Cormack, Clarke and Buettcher 2009.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use uuid::Uuid;

/// How little the difference between the first ranks counts.
const K: u64 = 60;
/// A whole to be divided, so that whole numbers decide.
const WHOLE: u64 = 1 << 32;

/// Everything that is in any of the rankings, with its score, the best first; equal ones in
/// the order of their ids.
pub(super) fn fused(rankings: &[Vec<Uuid>]) -> Vec<(Uuid, u64)> {
    let mut scores: BTreeMap<Uuid, u64> = BTreeMap::new();
    for ranking in rankings {
        for (rank, id) in (1..).zip(ranking) {
            *scores.entry(*id).or_default() += WHOLE / (K + rank);
        }
    }
    let mut fused: Vec<(Uuid, u64)> = scores.into_iter().collect();
    fused.sort_by_key(|(id, score)| (Reverse(*score), *id));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(rankings: &[&[u128]]) -> Vec<u128> {
        let rankings: Vec<Vec<Uuid>> =
            rankings.iter().map(|ids| ids.iter().map(|id| Uuid::from_u128(*id)).collect()).collect();
        fused(&rankings).into_iter().map(|(id, _)| id.as_u128()).collect()
    }

    #[test]
    fn what_both_rankings_know_comes_before_what_one_puts_first() {
        assert_eq!(order(&[&[1, 2, 3], &[9, 2, 8]]), [2, 1, 9, 3, 8]);
    }

    #[test]
    fn one_ranking_stays_as_it_is() {
        assert_eq!(order(&[&[7, 3, 5]]), [7, 3, 5]);
        assert_eq!(order(&[&[7, 3, 5], &[]]), [7, 3, 5]);
        assert_eq!(order(&[]), [0_u128; 0]);
    }
}
