//! Partitions: the unit of parallel projection and of a later split of the log.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// How many partitions every stream has; part of the log format.
pub const PARTITIONS: u8 = 64;

/// One of the 64 partitions of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(u8);

impl Partition {
    /// XXH3-64 of `<tenant>/<ordering key>`, modulo 64.
    #[must_use]
    pub fn of(tenant: &str, ordering_key: &str) -> Self {
        let hash = xxh3_64(format!("{tenant}/{ordering_key}").as_bytes());
        Self((hash % u64::from(PARTITIONS)) as u8)
    }

    /// The partition with this number, if there is one.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (number < PARTITIONS).then_some(Self(number))
    }

    /// Its number, 0 to 63.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// All partitions in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..PARTITIONS).map(Self)
    }
}

/// Two digits, as in a subject.
impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen: a change here would move every entity of every log.
    #[test]
    fn the_hash_keeps_its_test_vectors() {
        let vectors = [
            ("riverside", "kindred"),
            ("_", "programme"),
            ("a", ""),
            ("riverside", "0123456789abcdef0123456789abcdef"),
        ];
        let numbers: Vec<u8> = vectors.iter().map(|(tenant, key)| Partition::of(tenant, key).number()).collect();
        assert_eq!(numbers, FROZEN);
    }

    const FROZEN: [u8; 4] = [63, 23, 63, 5];

    #[test]
    fn a_number_past_the_last_is_no_partition() {
        assert_eq!(Partition::new(PARTITIONS), None);
        assert_eq!(Partition::new(63).map(Partition::number), Some(63));
    }
}
