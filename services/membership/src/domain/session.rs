//! A session: a secret that stands for a member for a while. The log holds its hash only.

mod close;
mod open;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::MemberId;

pub use close::Close;
pub use open::Open;

/// The rules of a session.
pub struct Session;

/// What became true of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    SessionOpened { member: MemberId, secret_hash: [u8; 32], authenticated_at: Timestamp, expires_at: Timestamp },
    SessionClosed { at: Timestamp },
}
event_types!(Event { SessionOpened, SessionClosed });

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Opened already.
    AlreadyOpen,
    /// No such session.
    Unknown,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum State {
    #[default]
    Unknown,
    Open {
        member: MemberId,
        secret_hash: [u8; 32],
        authenticated_at: Timestamp,
        expires_at: Timestamp,
    },
    Closed,
}

commands! {
    /// What may be asked of a session.
    pub enum Command { Open, Close } for State => Event, Refusal
}

impl Decider for Session {
    const CATEGORY: &'static str = "session";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        *state = match *event {
            Event::SessionOpened { member, secret_hash, authenticated_at, expires_at } => {
                State::Open { member, secret_hash, authenticated_at, expires_at }
            }
            Event::SessionClosed { .. } => State::Closed,
        };
    }
}
