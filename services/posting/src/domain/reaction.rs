//! A reaction: what one member says to one post without words. An entity of its own, so
//! that a thousand readers do not wait for one another.

mod clear;
mod event;
mod refusal;
mod set;

use kindred_eventsourcing::{Decider, Decision, commands};

use super::ReactionKind;
pub use clear::ClearReaction;
pub use event::Event;
pub use refusal::Refusal;
pub use set::SetReaction;

/// The rules of reactions.
#[derive(Debug)]
pub struct Reaction;

/// What the member says to the post now; none if nothing, or nothing any more.
pub type State = Option<ReactionKind>;

commands! {
    /// What may be asked of a reaction.
    pub enum Command { SetReaction, ClearReaction } for State => Event, Refusal
}

impl Decider for Reaction {
    const CATEGORY: &'static str = "reaction";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        *state = match event {
            Event::Set { reaction, .. } => Some(*reaction),
            Event::Cleared { .. } => None,
        };
    }
}
