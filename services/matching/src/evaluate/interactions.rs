//! What suits somebody, by what they have: lines of `user<TAB>item`.

use kindred_ranking::Scratch;
use kindred_ranking::cooccurrence::Cooccurrence;

use super::lines::Lines;
use super::names::Names;
use super::ranked::everybody;
use super::{EvaluateError, Ranking, Source};

/// How many items are remembered with each.
const KEPT: usize = 1_000;

/// Ranks, for every user, the items that they do not have.
///
/// # Errors
///
/// [`EvaluateError`], before anything is written if it is a line's.
pub fn interactions(train: Source<'_>, ranking: Ranking<'_>) -> Result<(), EvaluateError> {
    let (mut users, mut items, mut pairs) = (Names::default(), Names::default(), Vec::new());
    let mut lines = Lines::of("train", train);
    while let Some([user, item]) = lines.fields::<2>()? {
        let user = users.number(&user).map_err(|reason| lines.wrong(reason))?;
        pairs.push((user, items.number(&item).map_err(|reason| lines.wrong(reason))?));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let together = Cooccurrence::new(users.len(), items.len(), &pairs, KEPT);
    let mut scratch = Scratch::default();
    let best = |user, limit, tie: &dyn Fn(u32) -> u64| together.best(user, limit, &mut scratch, tie);
    everybody(ranking, &users, &items, |user| together.scores(user), best)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAIN: &str = "ann\tx\nbob\tx\nbob\ty\ncy\tx\ncy\ty\ndee\tx\ndee\tz\n";

    fn ranked(candidates: Option<&str>) -> String {
        let mut out = Vec::new();
        let candidates = candidates.map(|text| -> Source<'_> { Box::new(text.as_bytes()) });
        let ranking = Ranking { limit: 5, candidates, out: &mut out };
        interactions(Box::new(TRAIN.as_bytes()), ranking).expect("ranked");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_goes_with_what_one_has_comes_first() {
        assert_eq!(ranked(None).lines().next(), Some("ann\ty z"));
    }

    #[test]
    fn only_candidates_are_ranked_and_unknown_ones_last() {
        let ranked = ranked(Some("ann\tnew z y\n"));
        assert_eq!(ranked.lines().next(), Some("ann\ty z new"));
        assert_eq!(ranked.lines().nth(1), Some("bob\t"));
    }
}
