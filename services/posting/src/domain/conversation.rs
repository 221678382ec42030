//! A conversation: what two members say to each other. There is one for each pair, for
//! ever; its messages are entities of their own.

mod event;
mod leave;
mod open;
mod refusal;

use kindred_eventsourcing::{Decider, Decision, commands};
use kindred_ids::{ConversationId, EntityId, MemberId, TenantSlug};

use super::Pair;
pub use event::Event;
pub use leave::LeaveConversation;
pub use open::{OpenConversation, Permission};
pub use refusal::Refusal;

/// The rules of conversations.
#[derive(Debug)]
pub struct Conversation;

/// The conversation of a pair; ordered by the one of them whose id comes first.
#[must_use]
pub fn conversation_id(tenant: &TenantSlug, pair: &Pair) -> ConversationId {
    let (first, second) = (pair.first().0, pair.second().0);
    let parts: [&[u8]; 2] = [first.as_bytes(), second.as_bytes()];
    ConversationId(EntityId::keyed(tenant.as_str(), Conversation::CATEGORY, &parts, first))
}

/// What the rules know of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pair: Option<Pair>,
    left: Vec<MemberId>,
}

impl State {
    /// Whom a member talks to here; none if they are neither of the two, or nobody ever
    /// opened it.
    #[must_use]
    pub fn other(&self, member: MemberId) -> Option<MemberId> {
        self.pair.as_ref()?.other(member)
    }

    /// Whether one of the two has left, and not come back.
    #[must_use]
    pub fn has_left(&self, member: MemberId) -> bool {
        self.left.contains(&member)
    }

    /// Whether one of the two opened it and has not left.
    fn is_here(&self, member: MemberId) -> bool {
        self.other(member).is_some() && !self.has_left(member)
    }
}

commands! {
    /// What may be asked of a conversation.
    pub enum Command { OpenConversation, LeaveConversation } for State => Event, Refusal
}

impl Decider for Conversation {
    const CATEGORY: &'static str = "conversation";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::ConversationOpened { pair, by, .. } => {
                state.pair = Some(*pair);
                state.left.retain(|gone| gone != by);
            }
            Event::ConversationLeft { by, .. } => state.left.push(*by),
        }
    }
}
