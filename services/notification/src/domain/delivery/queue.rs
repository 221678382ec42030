//! Putting a message on its way, or deciding not to.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::{InboxItemId, MemberId};
use uuid::Uuid;

use super::{Cancellation, Event, Refusal, State};
use crate::domain::notice::{Channel, Kind, Suppression};

/// Decides once and for all whether one person is sent one event by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDelivery {
    /// Who is told.
    pub member: MemberId,
    /// Of what kind.
    pub kind: Kind,
    /// How it goes out.
    pub channel: Channel,
    /// The inbox item of the same event and person.
    pub item: InboxItemId,
    /// The event that it tells of.
    pub source: Uuid,
    /// Why it is not sent, if it is not. Not part of the command's identity: the same
    /// event read again later, under other preferences, is still the same command.
    pub suppression: Option<Suppression>,
    /// When.
    pub at: Timestamp,
}
canonical!(QueueDelivery { member, kind, channel, item, source } without { suppression, at });

impl QueueDelivery {
    /// Queues it, cancelled at once where it is suppressed; what was decided before stands.
    #[must_use]
    pub fn decide(&self, state: &State) -> Decision<Event, Refusal> {
        if *state != State::Absent {
            return Decision::nothing();
        }
        let Self { member, kind, channel, item, source, at, .. } = *self;
        let queued = Event::Queued { member, kind, channel, item, source, at };
        let cancelled =
            self.suppression.map(|reason| Event::Cancelled { member, reason: Cancellation::from(reason), at });
        Decision::events([queued].into_iter().chain(cancelled))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::{RequestHash, testing::given};

    use super::*;
    use crate::domain::delivery::examples::{cancelled, failed, queued, sent};
    use crate::domain::delivery::{Command, Delivery};
    use crate::testing::at;

    fn queue(suppression: Option<Suppression>, millis: i64) -> QueueDelivery {
        let Event::Queued { member, kind, channel, item, source, .. } = queued(0) else { unreachable!() };
        QueueDelivery { member, kind, channel, item, source, suppression, at: at(millis) }
    }

    #[test]
    fn a_message_waits_to_be_sent() {
        given::<Delivery>([]).when(Command::Queue(queue(None, 10))).then([queued(10)]);
    }

    #[test]
    fn not_sending_is_recorded() {
        given::<Delivery>([])
            .when(Command::Queue(queue(Some(Suppression::TurnedOff), 10)))
            .then([queued(10), cancelled(Cancellation::TurnedOff, 10)]);
    }

    #[test]
    fn what_was_decided_stands() {
        for past in [
            vec![queued(1)],
            vec![queued(1), cancelled(Cancellation::Blocked, 1)],
            vec![queued(1), sent(1, 2)],
            vec![queued(1), failed(1, Some(9), 2)],
            vec![queued(1), failed(1, None, 2)],
        ] {
            given::<Delivery>(past).when(Command::Queue(queue(None, 10))).then_nothing();
        }
    }

    #[test]
    fn the_same_event_under_other_preferences_is_the_same_command() {
        let off = queue(Some(Suppression::TurnedOff), 20);
        assert_eq!(RequestHash::of(&queue(None, 10)), RequestHash::of(&off));
        assert_ne!(RequestHash::of(&off), RequestHash::of(&QueueDelivery { kind: Kind::Mention, ..off.clone() }));
    }
}
