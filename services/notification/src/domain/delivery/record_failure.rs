//! An attempt that failed.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Due, Event, Failure, Refusal, RetrySchedule, State};

/// Records a failed attempt and decides when the next one is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFailure {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// How it failed.
    pub failure: Failure,
    /// How often and when to try again. Not part of the command's identity: an operator
    /// may change it between two sends of the same command.
    pub schedule: RetrySchedule,
    /// Differs between deliveries, so that they do not all come back at once.
    pub spread: u64,
    /// When.
    pub at: Timestamp,
}
canonical!(RecordFailure { attempt, failure, spread } without { schedule, at });

impl RecordFailure {
    /// Sets the next attempt, or gives up: after the last one, or where none can help.
    /// An attempt that was recorded before, or whose delivery is over, changes nothing.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotQueued`] if there is nothing to send.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Absent => Err(Refusal::NotQueued),
            State::Due(due) if self.attempt > due.attempts => Ok(self.failed(due).into()),
            State::Due(_) | State::Sent | State::Cancelled | State::Dead => Ok(Decision::nothing()),
        }
    }

    fn failed(&self, due: &Due) -> Event {
        let again = if self.failure.permanent { None } else { self.schedule.after(self.attempt, self.at, self.spread) };
        Event::Failed {
            member: due.member,
            attempt: self.attempt,
            code: self.failure.code.clone(),
            retry_at: again,
            at: self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::delivery::examples::{failed, queued, sent};
    use crate::domain::delivery::{Command, Delivery, FailureCode};
    use crate::testing::at;

    fn record(attempt: u32, permanent: bool, millis: i64) -> Command {
        Command::RecordFailure(RecordFailure {
            attempt,
            failure: Failure { code: FailureCode::smtp(451), permanent },
            schedule: RetrySchedule { attempts: 3, first_seconds: 1, longest_seconds: 8 },
            spread: 0,
            at: at(millis),
        })
    }

    #[test]
    fn a_failure_sets_the_next_attempt() {
        given::<Delivery>([queued(1)]).when(record(1, false, 10)).then([failed(1, Some(1011), 10)]);
        given::<Delivery>([queued(1), failed(1, Some(1011), 10)]).when(record(2, false, 1020)).then([failed(
            2,
            Some(3022),
            1020,
        )]);
    }

    #[test]
    fn the_last_failure_and_a_permanent_one_give_up() {
        let past = [queued(1), failed(1, Some(5), 2), failed(2, Some(9), 6)];
        given::<Delivery>(past).when(record(3, false, 10)).then([failed(3, None, 10)]);
        given::<Delivery>([queued(1)]).when(record(1, true, 10)).then([failed(1, None, 10)]);
    }

    #[test]
    fn an_attempt_counts_once() {
        given::<Delivery>([queued(1), failed(1, Some(5), 2)]).when(record(1, false, 10)).then_nothing();
    }

    #[test]
    fn a_mail_that_was_sent_cannot_fail_any_more() {
        given::<Delivery>([queued(1), sent(1, 2)]).when(record(2, false, 10)).then_nothing();
        given::<Delivery>([]).when(record(1, false, 10)).then_err(Refusal::NotQueued);
    }
}
