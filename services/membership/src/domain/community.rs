//! A community: people of one tenant who face the same thing.

mod change;
mod create;

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decider, Decision, Timestamp, commands, event_types};

use crate::domain::value::JoinPolicy;
pub use change::Change;
pub use create::Create;

/// The rules of a community.
pub struct Community;

/// What a community says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// How people get in.
    pub join_policy: JoinPolicy,
    /// How people treat each other there.
    pub guidelines: String,
}

impl Canonical for Profile {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let Self { name, purpose, join_policy, guidelines } = self;
        writer.field("name", name);
        writer.field("purpose", purpose);
        writer.field("join_policy", join_policy);
        writer.field("guidelines", guidelines);
    }
}

/// What became true of a community.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    CommunityCreated { profile: Profile, at: Timestamp },
    CommunityChanged { profile: Profile, at: Timestamp },
}
event_types!(Event { CommunityCreated, CommunityChanged });

/// Why a command is turned down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Made already.
    AlreadyExists,
    /// No such community.
    Unknown,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// As it is now; none if it was never created.
    pub profile: Option<Profile>,
}

commands! {
    /// What may be asked of a community.
    pub enum Command { Create, Change } for State => Event, Refusal
}

impl Decider for Community {
    const CATEGORY: &'static str = "community";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::CommunityCreated { profile, .. } | Event::CommunityChanged { profile, .. } => {
                state.profile = Some(profile.clone());
            }
        }
    }
}
