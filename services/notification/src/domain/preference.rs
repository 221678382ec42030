//! Whether one member wants one kind on one channel.

mod set;

use kindred_eventsourcing::{Decider, Decision, DomainEvent, Timestamp};
use kindred_ids::MemberId;

use super::notice::{Channel, Kind};
pub use set::SetPreference;

/// The rules of a preference.
pub struct Preference;

/// What the member said, if they ever did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State(Option<bool>);

impl State {
    /// Whether they want it: what they said last, else what suits most.
    #[must_use]
    pub fn is_on(self, kind: Kind, channel: Channel) -> bool {
        self.0.unwrap_or_else(|| on_by_default(kind, channel))
    }
}

/// What holds until a member says otherwise: everything in the inbox, and a mail for what
/// another person waits for an answer to.
#[must_use]
pub const fn on_by_default(kind: Kind, channel: Channel) -> bool {
    match (channel, kind) {
        (Channel::Inbox, _) => true,
        (Channel::Email, Kind::JoinDecided) => false,
        (
            Channel::Email,
            Kind::Reply
            | Kind::Mention
            | Kind::IntroductionRequested
            | Kind::IntroductionAccepted
            | Kind::PairingRequested
            | Kind::PairingAccepted
            | Kind::Message,
        ) => true,
    }
}

/// A fact about a preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferenceSet {
    /// Whose.
    pub member: MemberId,
    /// Of which kind.
    pub kind: Kind,
    /// On which channel.
    pub channel: Channel,
    /// Whether they want it.
    pub on: bool,
    /// Since when.
    pub at: Timestamp,
}

impl DomainEvent for PreferenceSet {
    fn event_type(&self) -> &'static str {
        "PreferenceSet"
    }
}

/// A preference can always be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {}

impl Decider for Preference {
    const CATEGORY: &'static str = "preference";
    type Command = SetPreference;
    type Event = PreferenceSet;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &SetPreference) -> Result<Decision<PreferenceSet, Refusal>, Refusal> {
        Ok(command.decide(*state))
    }

    fn evolve(state: &mut State, event: &PreferenceSet) {
        state.0 = Some(event.on);
    }
}
