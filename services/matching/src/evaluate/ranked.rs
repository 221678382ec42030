//! Rankings of given candidates, and how all rankings are written.

use std::collections::HashMap;
use std::io::Write;

use kindred_ranking::Best;

use super::lines::Lines;
use super::names::{Names, tie};
use super::{EvaluateError, Ranking, Source};

/// Whom or what is to be ranked for whom, by name.
#[derive(Default)]
pub(super) struct Candidates(HashMap<String, Vec<String>>);

impl Candidates {
    pub(super) fn read(source: Source<'_>) -> Result<Self, EvaluateError> {
        let mut lines = Lines::of("candidates", source);
        let mut all = HashMap::new();
        while let Some([who, what]) = lines.fields::<2>()? {
            let what: Vec<String> = what.split_whitespace().map(str::to_owned).collect();
            if all.insert(who, what).is_some() {
                return Err(lines.wrong("a second line for the same one"));
            }
        }
        Ok(Self(all))
    }

    pub(super) fn of(&self, who: &str) -> &[String] {
        self.0.get(who).map_or(&[], Vec::as_slice)
    }
}

/// The best of these by score, the greatest first; equal ones, and so those without a
/// score, in the order of `tie`.
pub(super) fn rank<K: Ord>(
    candidates: &[String],
    limit: usize,
    score: impl Fn(&str) -> u64,
    tie: impl Fn(&str) -> K,
) -> Vec<&str> {
    let mut ranked: Vec<_> =
        candidates.iter().map(|name| (std::cmp::Reverse(score(name)), tie(name), name.as_str())).collect();
    ranked.sort_unstable();
    ranked.dedup_by(|one, other| one.2 == other.2);
    ranked.into_iter().map(|(_, _, name)| name).take(limit).collect()
}

/// Ranks for everybody in `who` what of `what` suits them, and writes it: of all there is by
/// `best`, of candidates by `scores`.
pub(super) fn everybody(
    ranking: Ranking<'_>,
    who: &Names,
    what: &Names,
    scores: impl Fn(u32) -> Vec<u64>,
    mut best: impl FnMut(u32, usize, &dyn Fn(u32) -> u64) -> Vec<Best>,
) -> Result<(), EvaluateError> {
    let candidates = ranking.candidates.map(Candidates::read).transpose()?;
    for (number, name) in who.iter() {
        if let Some(candidates) = &candidates {
            let scores = scores(number);
            let score = |other: &str| what.get(other).map_or(0, |other| scores[other as usize]);
            let ranked = rank(candidates.of(name), ranking.limit, score, |other| tie(name, other));
            write(ranking.out, name, ranked.into_iter())?;
        } else {
            let ranked = best(number, ranking.limit, &|other| tie(name, what.name(other)));
            write(ranking.out, name, ranked.iter().map(|best| what.name(best.slot)))?;
        }
    }
    Ok(())
}

/// Writes one answer.
pub(super) fn write<'a>(out: &mut dyn Write, who: &str, best: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    write!(out, "{who}\t")?;
    for (index, name) in best.enumerate() {
        if index > 0 {
            out.write_all(b" ")?;
        }
        out.write_all(name.as_bytes())?;
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_score_comes_last_in_its_own_order() {
        let candidates: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let score = |name: &str| if name == "c" { 5 } else { 0 };
        let tie = |name: &str| u8::MAX - name.as_bytes()[0];
        assert_eq!(rank(&candidates, 9, score, tie), ["c", "d", "b", "a"]);
        assert_eq!(rank(&candidates, 2, score, tie), ["c", "d"]);
    }

    #[test]
    fn a_second_line_for_the_same_one_is_refused() {
        let twice = Candidates::read(Box::new(&b"a\tx y\na\tz\n"[..]));
        assert!(twice.err().expect("refused").to_string().starts_with("candidates, line 2"));
    }
}
