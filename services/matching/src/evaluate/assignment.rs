//! Who goes with whom, at the least cost or so that no two would both rather have each
//! other: a number `n`, then `n` lines of `n` whole numbers.

use std::io::Write;

use kindred_ranking::assignment::{Edge, MOST_COST, Seekers, cheapest, stable};

use super::lines::Lines;
use super::{EvaluateError, Source};

/// The largest `n`.
const LARGEST: usize = 5_000;

/// How rows and columns are brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// At the least total cost.
    Cheapest,
    /// So that there are no row and column that would both cost less together; each likes
    /// least cost best.
    Stable,
}

/// Writes the total cost, then one line `row<TAB>column` for each row, from 0.
///
/// # Errors
///
/// [`EvaluateError`], before anything is written if it is a line's.
pub fn assignment(costs: Source<'_>, how: Assignment, out: &mut dyn Write) -> Result<(), EvaluateError> {
    let mut lines = Lines::of("train", costs);
    let number = lines.next()?.and_then(|line| line.trim().parse::<usize>().ok()).filter(|number| *number <= LARGEST);
    let Some(number) = number else { return Err(lines.wrong(format!("a number up to {LARGEST} is wanted"))) };
    let mut rows: Vec<Vec<i64>> = Vec::with_capacity(number);
    let mut seekers = Seekers::default();
    for _ in 0..number {
        let row = lines.next()?.unwrap_or_default().split_whitespace().map(str::parse).collect::<Result<Vec<i64>, _>>();
        let row = row.ok().filter(|row| row.len() == number && row.iter().all(|cost| cost.abs() <= MOST_COST));
        let Some(row) = row else {
            return Err(lines.wrong(format!("{number} whole numbers up to {MOST_COST} either side of 0 are wanted")));
        };
        seekers.push(0, row.iter().enumerate().map(|(to, cost)| Edge { to: to as u32, cost: *cost }));
        rows.push(row);
    }
    if lines.next()?.is_some() {
        return Err(lines.wrong(format!("only {number} lines of costs are wanted")));
    }
    let room = vec![1; number];
    let got = match how {
        Assignment::Cheapest => cheapest(&seekers, &room),
        Assignment::Stable => stable(&seekers, &room, |column, row| -rows[row as usize][column as usize]),
    };
    let got = got.expect("every edge was checked as it was read");
    let pairs: Vec<(usize, usize)> =
        got.iter().enumerate().filter_map(|(row, column)| Some((row, (*column)? as usize))).collect();
    let total: i64 = pairs.iter().map(|(row, column)| rows[*row][*column]).sum();
    writeln!(out, "{total}")?;
    for (row, column) in pairs {
        writeln!(out, "{row}\t{column}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned_by(how: Assignment, text: &str) -> Result<String, String> {
        let mut out = Vec::new();
        assignment(Box::new(text.as_bytes()), how, &mut out).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).expect("text"))
    }

    fn assigned(text: &str) -> Result<String, String> {
        assigned_by(Assignment::Cheapest, text)
    }

    #[test]
    fn the_total_and_the_pairs_are_written() {
        assert_eq!(assigned("2\n1 2\n1 9\n").expect("assigned"), "3\n0\t1\n1\t0\n");
        assert_eq!(assigned("0\n").expect("assigned"), "0\n");
    }

    #[test]
    fn a_stable_way_may_cost_more() {
        // The first row and column like each other best, whatever is left for the others.
        let costs = "2\n1 2\n2 9\n";
        assert_eq!(assigned(costs).expect("assigned"), "4\n0\t1\n1\t0\n");
        assert_eq!(assigned_by(Assignment::Stable, costs).expect("assigned"), "10\n0\t0\n1\t1\n");
    }

    #[test]
    fn what_does_not_hold_is_named() {
        for (text, line) in
            [("", 1), ("x\n", 1), ("2\n1 2\n1\n", 3), ("1\n5000000000\n", 2), ("1\n1\n1\n", 3), ("1\n", 2)]
        {
            let error = assigned(text).expect_err("refused");
            assert!(error.starts_with(&format!("train, line {line}:")), "{text:?}: {error}");
        }
    }
}
