//! A message: what one member of a conversation says to the other. An entity of its own, so
//! that a long conversation costs no more than a short one.

mod delete;
mod event;
mod refusal;
mod write;

use kindred_eventsourcing::{Decider, Decision, commands};

use super::Route;
pub use delete::DeleteMessage;
pub use event::Event;
pub use refusal::Refusal;
pub use write::WriteMessage;

/// The rules of messages.
#[derive(Debug)]
pub struct Message;

/// What the rules know of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Never written.
    #[default]
    Unknown,
    /// Readable.
    Written(Route),
    /// Taken out.
    Deleted(Route),
}

commands! {
    /// What may be asked of a message.
    pub enum Command { WriteMessage, DeleteMessage } for State => Event, Refusal
}

impl Decider for Message {
    const CATEGORY: &'static str = "message";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        *state = match event {
            Event::MessageWritten { route, .. } => State::Written(*route),
            Event::MessageDeleted { route, .. } => State::Deleted(*route),
        };
    }
}
