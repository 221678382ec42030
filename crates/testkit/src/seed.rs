//! Randomness that can be had again.

use kindred_ids::CommandId;
use uuid::Uuid;

/// A stream of numbers from a seed (SplitMix64): for tests, never for secrets.
#[derive(Debug, Clone)]
pub struct Seed(u64);

impl Seed {
    /// Of `KINDRED_TEST_SEED` if that is set, else of the system; printed, so that a
    /// failure can be had again.
    ///
    /// # Panics
    ///
    /// If the variable is no number, or the system gives no randomness.
    #[must_use]
    pub fn from_env() -> Self {
        let seed = match std::env::var("KINDRED_TEST_SEED") {
            Ok(text) => text.parse().expect("`KINDRED_TEST_SEED` is a number"),
            Err(_) => {
                let mut bytes = [0; 8];
                let random = ring::rand::SystemRandom::new();
                ring::rand::SecureRandom::fill(&random, &mut bytes).expect("the system gives randomness");
                u64::from_le_bytes(bytes)
            }
        };
        show(seed);
        Self(seed)
    }

    /// Of a number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A UUID.
    pub fn uuid(&mut self) -> Uuid {
        let (high, low) = (self.next(), self.next());
        let mixed = u128::from(high) << 64 | u128::from(low);
        uuid::Builder::from_u128(mixed).with_version(uuid::Version::Random).into_uuid()
    }

    /// A command id.
    pub fn command_id(&mut self) -> CommandId {
        CommandId::derived(&[self.uuid().as_bytes()])
    }
}

#[expect(clippy::print_stderr, reason = "a failing test shows it")]
fn show(seed: u64) {
    eprintln!("KINDRED_TEST_SEED={seed}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let (mut one, mut two, mut other) = (Seed::new(7), Seed::new(7), Seed::new(8));
        let numbers: Vec<u64> = (0..10).map(|_| one.next()).collect();
        assert_eq!(numbers, (0..10).map(|_| two.next()).collect::<Vec<_>>());
        assert_ne!(numbers, (0..10).map(|_| other.next()).collect::<Vec<_>>());
    }
}
