//! A delivery: one message on its way out of the platform, and every attempt at it.

mod cancel;
mod event;
mod failure;
mod queue;
mod record_failure;
mod record_sent;
mod refusal;
mod retry;

use kindred_eventsourcing::{Decider, Decision, Timestamp, canonical_enum};
use kindred_ids::MemberId;

use super::notice::{Channel, Kind};
pub use cancel::{Cancel, Cancellation};
pub use event::Event;
pub use failure::{Failure, FailureCode, FailureCodeError};
pub use queue::QueueDelivery;
pub use record_failure::RecordFailure;
pub use record_sent::RecordSent;
pub use refusal::Refusal;
pub use retry::RetrySchedule;

/// The rules of a delivery.
pub struct Delivery;

/// What may be asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// See [`QueueDelivery`].
    Queue(QueueDelivery),
    /// See [`RecordSent`].
    RecordSent(RecordSent),
    /// See [`RecordFailure`].
    RecordFailure(RecordFailure),
    /// See [`Cancel`].
    Cancel(Cancel),
}
canonical_enum!(Command { Queue, RecordSent, RecordFailure, Cancel });

/// What has become of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing was decided yet.
    #[default]
    Absent,
    /// To be sent.
    Due(Due),
    /// Handed over to the mail server.
    Sent,
    /// Not to be sent any more.
    Cancelled,
    /// Given up.
    Dead,
}

/// What a worker must know to make the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Who is told.
    pub member: MemberId,
    /// Of what kind.
    pub kind: Kind,
    /// On which channel.
    pub channel: Channel,
    /// Since when it waits.
    pub queued_at: Timestamp,
    /// How many attempts have failed.
    pub attempts: u32,
    /// Not to be tried before.
    pub not_before: Timestamp,
}

impl Decider for Delivery {
    const CATEGORY: &'static str = "delivery";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        match command {
            Command::Queue(command) => Ok(command.decide(state)),
            Command::RecordSent(command) => command.decide(state),
            Command::RecordFailure(command) => command.decide(state),
            Command::Cancel(command) => command.decide(state),
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        *state = match event {
            Event::Queued { member, kind, channel, at, .. } => State::Due(Due {
                member: *member,
                kind: *kind,
                channel: *channel,
                queued_at: *at,
                attempts: 0,
                not_before: *at,
            }),
            Event::Failed { retry_at: None, .. } => State::Dead,
            Event::Failed { attempt, retry_at: Some(retry_at), .. } => match *state {
                State::Due(due) => State::Due(Due { attempts: *attempt, not_before: *retry_at, ..due }),
                other => other,
            },
            Event::Sent { .. } => State::Sent,
            Event::Cancelled { .. } => State::Cancelled,
        };
    }
}

#[cfg(test)]
mod examples;
