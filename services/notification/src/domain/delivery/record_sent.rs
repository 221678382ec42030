//! A mail server's word that it has the message.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// Records that an attempt succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSent {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// When.
    pub at: Timestamp,
}
canonical!(RecordSent { attempt } without { at });

impl RecordSent {
    /// Ends the delivery. What is over stays as it is.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotQueued`] if there is nothing to send.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Absent => Err(Refusal::NotQueued),
            State::Due(due) => Ok(Event::Sent { member: due.member, attempt: self.attempt, at: self.at }.into()),
            State::Sent | State::Cancelled | State::Dead => Ok(Decision::nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::delivery::examples::{cancelled, failed, queued, sent};
    use crate::domain::delivery::{Cancellation, Command, Delivery};
    use crate::testing::at;

    fn record(attempt: u32, millis: i64) -> Command {
        Command::RecordSent(RecordSent { attempt, at: at(millis) })
    }

    #[test]
    fn a_mail_that_was_taken_is_sent() {
        given::<Delivery>([queued(1)]).when(record(1, 10)).then([sent(1, 10)]);
        given::<Delivery>([queued(1), failed(1, Some(5), 2)]).when(record(2, 10)).then([sent(2, 10)]);
    }

    #[test]
    fn what_is_over_stays_over() {
        for end in [sent(1, 2), cancelled(Cancellation::Expired, 2), failed(1, None, 2)] {
            given::<Delivery>([queued(1), end]).when(record(1, 10)).then_nothing();
        }
    }

    #[test]
    fn what_was_never_queued_cannot_be_sent() {
        given::<Delivery>([]).when(record(1, 10)).then_err(Refusal::NotQueued);
    }
}
