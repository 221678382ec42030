//! How far each partition of each stream must be.

use std::collections::BTreeMap;

use kindred_eventsourcing::Position;
use kindred_ids::Partition;

/// At most one sequence per (stream, partition): the furthest asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions(BTreeMap<(String, Partition), u64>);

impl Positions {
    /// Asks for nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Also asks for `position`.
    pub fn add(&mut self, position: Position) {
        let furthest = self.0.entry((position.context, position.partition)).or_default();
        *furthest = position.sequence.max(*furthest);
    }

    /// Also asks for all of `other`.
    pub fn merge(&mut self, other: Self) {
        for position in other.iter() {
            self.add(position);
        }
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many partitions are named.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Everything asked for, by stream and partition.
    pub fn iter(&self) -> impl Iterator<Item = Position> + '_ {
        self.0.iter().map(|((context, partition), sequence)| Position {
            context: context.clone(),
            partition: *partition,
            sequence: *sequence,
        })
    }

    /// What is asked of one stream.
    pub fn of_context<'a>(&'a self, context: &'a str) -> impl Iterator<Item = (Partition, u64)> + 'a {
        self.0
            .iter()
            .filter(move |((name, _), _)| name == context)
            .map(|((_, partition), &sequence)| (*partition, sequence))
    }
}

impl From<Position> for Positions {
    fn from(position: Position) -> Self {
        Self::from_iter([position])
    }
}

impl FromIterator<Position> for Positions {
    fn from_iter<I: IntoIterator<Item = Position>>(positions: I) -> Self {
        let mut set = Self::new();
        for position in positions {
            set.add(position);
        }
        set
    }
}
