//! A programme: an ACO or a health system over several tenants.

mod create;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::ProgrammeSlug;

pub use create::Create;

/// The rules of a programme.
pub struct Programme;

/// What became true of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    ProgrammeCreated { programme: ProgrammeSlug, name: String, at: Timestamp },
}
event_types!(Event { ProgrammeCreated });

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The slug is taken, for ever.
    AlreadyExists,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Its name; none if it was never created.
    pub name: Option<String>,
}

commands! {
    /// What may be asked of a programme.
    pub enum Command { Create } for State => Event, Refusal
}

impl Decider for Programme {
    const CATEGORY: &'static str = "programme";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::ProgrammeCreated { name, .. } => state.name = Some(name.clone()),
        }
    }
}
