//! What can be struck, and how.

use std::fmt;

use kindred_testkit::Seed;

/// A process of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The role.
    Membership,
    /// The role.
    Posting,
    /// The role's first replica.
    Matching,
    /// Its second, which holds other tenants.
    SecondMatching,
    /// The role.
    Notification,
    /// The role.
    Gateway,
    /// The bus.
    Nats,
    /// The databases.
    Postgres,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Membership,
        Self::Posting,
        Self::Matching,
        Self::SecondMatching,
        Self::Notification,
        Self::Gateway,
        Self::Nats,
        Self::Postgres,
    ];
    /// Those that are roles of the one binary.
    pub const ROLES: [Self; 6] =
        [Self::Membership, Self::Posting, Self::Matching, Self::SecondMatching, Self::Notification, Self::Gateway];

    /// Its name, as the command line knows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Membership => "membership",
            Self::Posting => "posting",
            Self::Matching => "matching",
            Self::SecondMatching => "matching-1",
            Self::Notification => "notification",
            Self::Gateway => "gateway",
            Self::Nats => "nats",
            Self::Postgres => "postgres",
        }
    }

    /// What `kindred serve` calls it; its settings are in a file of its own name.
    pub const fn role(self) -> &'static str {
        match self {
            Self::SecondMatching => Self::Matching.name(),
            other => other.name(),
        }
    }

    /// Whether the others stand on it.
    pub const fn is_server(self) -> bool {
        matches!(self, Self::Nats | Self::Postgres)
    }
}

/// How it is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SIGKILL, then started again.
    Kill,
    /// SIGSTOP, then SIGCONT.
    Pause,
}

/// A kind of fault and whom it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// How.
    pub kind: Kind,
    /// Whom.
    pub target: Target,
}

impl Fault {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        [Kind::Kill, Kind::Pause]
            .into_iter()
            .flat_map(|kind| Target::ALL.into_iter().map(move |target| Self { kind, target }))
    }

    /// Such as `kill-nats`.
    pub fn name(self) -> String {
        let kind = match self.kind {
            Kind::Kill => "kill",
            Kind::Pause => "pause",
        };
        format!("{kind}-{}", self.target.name())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name())
    }
}

/// Gives each fault equally often, in an order that nobody chose.
pub struct Deck {
    all: Vec<Fault>,
    left: Vec<Fault>,
}

impl Deck {
    /// Of these faults.
    pub const fn new(all: Vec<Fault>) -> Self {
        Self { all, left: Vec::new() }
    }

    /// The next fault; in one round of eight, another one at once.
    pub fn draw(&mut self, seed: &mut Seed) -> Vec<Fault> {
        let first = self.one(seed);
        let mut drawn = vec![first];
        if seed.below(8) == 0 && self.all.iter().any(|fault| fault.target != first.target) {
            let second = self.one(seed);
            drawn.extend((second.target != first.target).then_some(second));
        }
        drawn
    }

    fn one(&mut self, seed: &mut Seed) -> Fault {
        if self.left.is_empty() {
            self.left.clone_from(&self.all);
        }
        let place = seed.below(self.left.len() as u64) as usize;
        self.left.swap_remove(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_comes_equally_often() {
        let (mut deck, mut seed) = (Deck::new(Fault::all().collect()), Seed::new(3));
        let mut drawn: Vec<Fault> = Vec::new();
        while drawn.len() < 16 * 20 {
            drawn.extend(deck.draw(&mut seed));
        }
        for fault in Fault::all() {
            let count = drawn.iter().filter(|one| **one == fault).count();
            assert!((17..=23).contains(&count), "{fault} came {count} times in {}", drawn.len());
        }
    }
}
