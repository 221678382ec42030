//! A message that is not to be sent any more.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Timestamp, canonical};

use super::{Event, Refusal, State};
use crate::domain::notice::Suppression;

/// Why a delivery ends without being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cancellation {
    /// One of the two has blocked the other.
    Blocked,
    /// They have turned this kind off on this channel.
    TurnedOff,
    /// They have no address: suspended, erased, or none was ever given.
    NoAddress,
    /// It waited so long that it would only confuse.
    Expired,
}

impl Cancellation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Blocked, Self::TurnedOff, Self::NoAddress, Self::Expired];

    /// Its name in the log; frozen once released.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => Suppression::Blocked.as_str(),
            Self::TurnedOff => Suppression::TurnedOff.as_str(),
            Self::NoAddress => "no_address",
            Self::Expired => "expired",
        }
    }
}

impl From<Suppression> for Cancellation {
    fn from(suppression: Suppression) -> Self {
        match suppression {
            Suppression::Blocked => Self::Blocked,
            Suppression::TurnedOff => Self::TurnedOff,
        }
    }
}

impl Canonical for Cancellation {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.as_str().canonical(writer);
    }
}

/// Ends a delivery without sending it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// Why.
    pub reason: Cancellation,
    /// When.
    pub at: Timestamp,
}
canonical!(Cancel { reason } without { at });

impl Cancel {
    /// Cancels what is still to be sent. What is over stays as it is.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotQueued`] if there is nothing to send.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Absent => Err(Refusal::NotQueued),
            State::Due(due) => Ok(Event::Cancelled { member: due.member, reason: self.reason, at: self.at }.into()),
            State::Sent | State::Cancelled | State::Dead => Ok(Decision::nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::delivery::examples::{cancelled, failed, queued, sent};
    use crate::domain::delivery::{Command, Delivery};
    use crate::testing::at;

    const CANCEL: fn() -> Command = || Command::Cancel(Cancel { reason: Cancellation::NoAddress, at: at(10) });

    #[test]
    fn what_waits_is_cancelled() {
        let cancelled = || cancelled(Cancellation::NoAddress, 10);
        given::<Delivery>([queued(1)]).when(CANCEL()).then([cancelled()]);
        given::<Delivery>([queued(1), failed(1, Some(5), 2)]).when(CANCEL()).then([cancelled()]);
    }

    #[test]
    fn what_is_over_or_never_was_is_not() {
        given::<Delivery>([queued(1), sent(1, 2)]).when(CANCEL()).then_nothing();
        given::<Delivery>([]).when(CANCEL()).then_err(Refusal::NotQueued);
    }
}
