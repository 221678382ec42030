//! Leaving a conversation.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};
use crate::domain::Pair;

/// Asks to see no later message; what was said stays.
#[derive(Debug, Clone)]
pub struct LeaveConversation {
    /// Who asks.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(LeaveConversation { by } without { at });

impl LeaveConversation {
    /// Decides; nothing happens if they have left already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the two.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let other = state.other(self.by).ok_or(Refusal::NotFound)?;
        let pair = Pair::of(self.by, other).ok_or(Refusal::NotFound)?;
        if state.has_left(self.by) {
            return Ok(Decision::nothing());
        }
        Ok(Event::ConversationLeft { pair, by: self.by, at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Conversation;
    use crate::domain::samples::{LATER, NOW, left, member, opened};

    fn leave(by: u8) -> LeaveConversation {
        LeaveConversation { by: member(by), at: LATER }
    }

    #[test]
    fn each_of_the_two_leaves_once_for_themselves() {
        given::<Conversation>([opened(1, NOW)]).when(leave(1)).then([left(1, LATER)]);
        given::<Conversation>([opened(1, NOW), left(1, NOW)]).when(leave(1)).then_nothing();
        given::<Conversation>([opened(1, NOW), left(1, NOW)]).when(leave(2)).then([left(2, LATER)]);
        let back = [opened(1, NOW), left(1, NOW), opened(1, NOW)];
        given::<Conversation>(back).when(leave(1)).then([left(1, LATER)]);
    }

    #[test]
    fn for_anybody_else_there_is_nothing_to_leave() {
        given::<Conversation>([opened(1, NOW)]).when(leave(3)).then_err(Refusal::NotFound);
        given::<Conversation>([]).when(leave(1)).then_err(Refusal::NotFound);
    }
}
