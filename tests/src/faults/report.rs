//! What is printed of a round and in the end.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Sub;
use std::time::Duration;

use super::target::Fault;

/// How commands ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Acknowledged.
    pub accepted: u64,
    /// In doubt for good.
    pub unknown: u64,
    /// In doubt at first, then acknowledged or refused.
    pub settled: u64,
    /// Refused.
    pub refused: u64,
}

impl Sub for Counts {
    type Output = Self;
    fn sub(self, before: Self) -> Self {
        Self {
            accepted: self.accepted - before.accepted,
            unknown: self.unknown - before.unknown,
            settled: self.settled - before.settled,
            refused: self.refused - before.refused,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, unknown, settled, refused } = self;
        write!(formatter, "{accepted} acknowledged, {settled} after doubt, {unknown} in doubt, {refused} refused")
    }
}

/// One round.
pub struct Round {
    /// What was done.
    pub faults: Vec<Fault>,
    /// For how long.
    pub down: Duration,
    /// From the mending until everybody was answered.
    pub recovered: Duration,
    /// What the callers met meanwhile.
    pub counts: Counts,
}

impl fmt::Display for Round {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.faults.iter().map(Fault::to_string).collect();
        let (down, recovered) = (self.down.as_millis(), self.recovered.as_secs_f64());
        write!(formatter, "{:<32} down {down:>4} ms, back in {recovered:>5.2} s: {}", names.join(" + "), self.counts)
    }
}

/// All rounds.
#[derive(Default)]
pub struct Report {
    by_fault: BTreeMap<String, Vec<Duration>>,
    all: Vec<Duration>,
}

impl Report {
    /// Takes a round in.
    pub fn add(&mut self, round: Round) {
        self.all.push(round.recovered);
        for fault in round.faults {
            self.by_fault.entry(fault.name()).or_default().push(round.recovered);
        }
    }

    /// How often what was struck, and how soon all was well again.
    pub fn summary(&self, totals: &Counts) -> String {
        let mut lines = vec![format!("{:<20} {:>6} {:>9} {:>9}", "fault", "times", "p50 s", "max s")];
        let rows = self.by_fault.iter().map(|(name, times)| row(name, times));
        lines.extend(rows);
        lines.push(row("rounds", &self.all));
        lines.push(format!("commands: {totals}"));
        lines.join("\n")
    }
}

fn row(name: &str, times: &[Duration]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let seconds = |time: Option<&Duration>| time.map_or(0.0, Duration::as_secs_f64);
    let (half, most) = (seconds(sorted.get(sorted.len() / 2)), seconds(sorted.last()));
    format!("{name:<20} {:>6} {half:>9.2} {most:>9.2}", times.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::target::{Kind, Target};

    #[test]
    fn a_summary_counts_by_fault() {
        let mut report = Report::default();
        for millis in [100, 300, 200] {
            let faults = vec![Fault { kind: Kind::Kill, target: Target::Nats }];
            let recovered = Duration::from_millis(millis);
            report.add(Round { faults, down: recovered, recovered, counts: Counts::default() });
        }
        let summary = report.summary(&Counts { accepted: 7, ..Counts::default() });
        assert!(summary.contains("kill-nats                 3      0.20      0.30"), "{summary}");
        assert!(summary.contains("7 acknowledged"), "{summary}");
    }
}
