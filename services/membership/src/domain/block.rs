//! One member's wish not to meet another; it works in both directions.

mod change;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::MemberId;

pub use change::{Block as Set, Unblock as Lift};

/// The rules of a block.
pub struct Block;

/// What became true of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    MemberBlocked { member: MemberId, blocked: MemberId, at: Timestamp },
    MemberUnblocked { member: MemberId, blocked: MemberId, at: Timestamp },
}
event_types!(Event { MemberBlocked, MemberUnblocked });

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody blocks themselves.
    Oneself,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Copy, Default)]
pub struct State {
    /// Whether the block stands.
    pub blocked: bool,
}

commands! {
    /// What may be asked of a block.
    pub enum Command { Set, Lift } for State => Event, Refusal
}

impl Decider for Block {
    const CATEGORY: &'static str = "block";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        state.blocked = matches!(event, Event::MemberBlocked { .. });
    }
}
