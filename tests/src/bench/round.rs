//! A mentor round as large as any: 10,000 who wait, 2,000 mentors with 5 places each, 20 of
//! whom each would do.

use std::time::Instant;

use anyhow::ensure;
use kindred_ranking::assignment::{Edge, Seekers, cheapest, is_cheapest, stable};

use super::Report;
use super::report::Goal;
use super::written::scattered;

const WAITING: u32 = 10_000;
const MENTORS: u32 = 2_000;
const PLACES: u32 = 5;
const CHOICE: usize = 20;
/// The largest score.
const MOST_SCORE: u64 = 1_000;
/// The longest wait, in minutes: 30 days.
const LONGEST: u64 = 30 * 24 * 60;
/// Milliseconds that it may take, exact.
const MOST: f64 = 1_000.0;
/// Rounds of which the median counts.
const TIMES: usize = 5;

/// Measures the exact assignment and the stable one; that the exact one is exact is found
/// out by another road.
pub fn run(report: &mut Report) -> anyhow::Result<()> {
    if !report.demand.wants("mentor-round") {
        return Ok(());
    }
    let (seekers, room) = (seekers(), vec![PLACES; MENTORS as usize]);
    let likes = |mentor: u32, seeker: u32| score(seeker, mentor) as i64;
    let (stable_took, settled) = timed(|| stable(&seekers, &room, likes))?;
    let (took, got) = timed(|| cheapest(&seekers, &room))?;
    let served = got.iter().flatten().count();
    ensure!(is_cheapest(&seekers, &room, &got), "an exchange of places would be cheaper");
    ensure!(served >= settled.iter().flatten().count(), "the stable way serves more than the exact one");
    report.remark(&format!(
        "mentor-round: {WAITING} who wait, {MENTORS} mentors with {PLACES} places, {CHOICE} of whom each would do; \
         {served} served, and no exchange is cheaper; the baseline is the stable way"
    ))?;
    report.add("mentor-round.exact", took, "ms", Some(stable_took), Goal::AtMost(MOST))
}

/// The median time of a few, in milliseconds, and what came out.
fn timed<T, E>(work: impl Fn() -> Result<T, E>) -> Result<(f64, T), E> {
    let mut took = Vec::with_capacity(TIMES);
    let mut last = None;
    for _ in 0..TIMES {
        let begun = Instant::now();
        last = Some(work()?);
        took.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_unstable_by(f64::total_cmp);
    Ok((took[TIMES / 2], last.expect("it was done at least once")))
}

fn seekers() -> Seekers {
    let mut seekers = Seekers::default();
    for seeker in 0..WAITING {
        let mut choice: Vec<u32> = Vec::with_capacity(CHOICE);
        let mut draws = (0..).map(|draw| (scattered(u64::from(seeker) << 20 | draw) % u64::from(MENTORS)) as u32);
        while choice.len() < CHOICE {
            let mentor = draws.next().expect("draws without end");
            if !choice.contains(&mentor) {
                choice.push(mentor);
            }
        }
        let edges = choice.into_iter().map(|mentor| Edge { to: mentor, cost: -(score(seeker, mentor) as i64) });
        seekers.push((scattered(u64::from(seeker)) % LONGEST) as u32, edges);
    }
    seekers
}

fn score(seeker: u32, mentor: u32) -> u64 {
    scattered(u64::from(seeker) << 32 | u64::from(mentor)) % MOST_SCORE
}
