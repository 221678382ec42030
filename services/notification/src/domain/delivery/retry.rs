//! When a failed delivery is tried again.

use kindred_eventsourcing::{Timestamp, canonical};

/// Delays that double from `first_seconds` to `longest_seconds`, each spread by up to a
/// quarter so that mails which failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetrySchedule {
    /// How many attempts are made at all.
    pub attempts: u32,
    /// Delay after the first failure.
    pub first_seconds: u32,
    /// No delay is longer, spreading aside.
    pub longest_seconds: u32,
}
canonical!(RetrySchedule { attempts, first_seconds, longest_seconds });

impl RetrySchedule {
    /// When to try again after the failed attempt number `attempt`; none if that was the
    /// last. `spread` is any number that differs between deliveries.
    #[must_use]
    pub fn after(&self, attempt: u32, at: Timestamp, spread: u64) -> Option<Timestamp> {
        if attempt >= self.attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let seconds = (u64::from(self.first_seconds) << doublings).min(u64::from(self.longest_seconds));
        let extra_millis = spread.wrapping_add(u64::from(attempt)) % (seconds * 250 + 1);
        Some(Timestamp::from_millis(at.millis().saturating_add((seconds * 1000 + extra_millis) as i64)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::at;

    const SCHEDULE: RetrySchedule = RetrySchedule { attempts: 5, first_seconds: 60, longest_seconds: 200 };

    #[test]
    fn delays_double_up_to_the_longest_and_end() {
        let delays: Vec<_> = (1..=5).map(|attempt| SCHEDULE.after(attempt, at(0), 0)).collect();
        let millis: Vec<_> = delays.iter().flatten().map(|at| at.millis() / 1000).collect();
        assert_eq!(millis, [60, 120, 200, 200]);
        assert_eq!(delays[4], None);
    }

    proptest! {
        #[test]
        fn a_delay_is_never_shorter_than_said_nor_a_quarter_longer(attempt in 1u32..100, spread: u64, longest in 60u32..100_000) {
            let schedule = RetrySchedule { attempts: u32::MAX, first_seconds: 60, longest_seconds: longest };
            let delay = schedule.after(attempt, at(0), spread).expect("more attempts").millis();
            let said = schedule.after(attempt, at(0), 0u64.wrapping_sub(u64::from(attempt))).expect("more attempts").millis();
            prop_assert!((said..=said + said / 4).contains(&delay));
            prop_assert!(said <= i64::from(longest) * 1000);
        }
    }
}
