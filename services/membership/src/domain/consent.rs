//! What one member agreed to, purpose by purpose.

mod give;
mod withdraw;

use std::collections::BTreeSet;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands, event_types};
use kindred_ids::MemberId;

pub use give::Give;
pub use withdraw::Withdraw;

/// What a member may agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be found by others, and to find them.
    Matching,
    /// That others are sought by what often goes with what one said, and that it is learned
    /// from what one said.
    Inference,
    /// That what one wrote is compared with what others wrote.
    Text,
    /// That it is learned from whether those who were introduced talked.
    Outcomes,
}

impl Purpose {
    /// How it stands in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matching => "matching",
            Self::Inference => "inference",
            Self::Text => "text",
            Self::Outcomes => "outcomes",
        }
    }
}

/// The rules of a member's consents.
pub struct Consent;

/// What became true of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    ConsentGiven { member: MemberId, purpose: String, text_version: u32, at: Timestamp },
    ConsentWithdrawn { member: MemberId, purpose: String, at: Timestamp },
}
event_types!(Event { ConsentGiven, ConsentWithdrawn });

/// Consents are never refused: to give or to withdraw is always a member's right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Purposes agreed to now.
    pub given: BTreeSet<String>,
}

impl State {
    /// Whether this is agreed to now.
    #[must_use]
    pub fn covers(&self, purpose: Purpose) -> bool {
        self.given.contains(purpose.as_str())
    }
}

commands! {
    /// What may be asked of a consent.
    pub enum Command { Give, Withdraw } for State => Event, Refusal
}

impl Decider for Consent {
    const CATEGORY: &'static str = "consent";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::ConsentGiven { purpose, .. } => drop(state.given.insert(purpose.clone())),
            Event::ConsentWithdrawn { purpose, .. } => drop(state.given.remove(purpose)),
        }
    }
}
