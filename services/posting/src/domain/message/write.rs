//! Writing a message.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::{ConversationId, MemberId};

use super::{Event, Refusal, State};
use crate::domain::{Route, conversation};

/// Asks to say something in a conversation.
#[derive(Debug, Clone)]
pub struct WriteMessage {
    /// In which.
    pub conversation_id: ConversationId,
    /// Who writes.
    pub author: MemberId,
    /// The text, under the author's key.
    pub text: Sealed,
    /// When.
    pub at: Timestamp,
    /// The conversation as it stands at the log's leader.
    pub conversation: conversation::State,
    /// Whether the other is there and neither blocked the other.
    pub reachable: bool,
}
canonical!(WriteMessage { conversation_id, author, text } without { at, conversation, reachable });

impl WriteMessage {
    /// Decides whether the message may be written.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the author is not one of the two, either has left, or the other
    /// cannot be reached.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if *state != State::Unknown {
            return Err(Refusal::AlreadyWritten);
        }
        let to = self.conversation.other(self.author).ok_or(Refusal::ConversationNotFound)?;
        if self.conversation.has_left(self.author) {
            return Err(Refusal::Left);
        }
        if self.conversation.has_left(to) {
            return Err(Refusal::OtherLeft);
        }
        if !self.reachable {
            return Err(Refusal::Unreachable);
        }
        let route = Route { conversation: self.conversation_id, from: self.author, to };
        Ok(Event::MessageWritten { route, text: self.text.clone(), at: self.at }.into())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use kindred_eventsourcing::testing::given;
    use kindred_eventsourcing::{Decider, RequestHash};

    use super::super::Command;
    use super::*;
    use crate::domain::samples::{LATER, NOW, left, member, opened, route, sealed};
    use crate::domain::{Conversation, Message};

    /// A message of member 1 to member 2, in their word 3.
    pub fn written() -> Event {
        Event::MessageWritten { route: route(1, 2), text: sealed(1, 3), at: NOW }
    }

    fn state(events: &[conversation::Event]) -> conversation::State {
        let mut state = conversation::State::default();
        events.iter().for_each(|event| Conversation::evolve(&mut state, event));
        state
    }

    fn write() -> WriteMessage {
        WriteMessage {
            conversation_id: route(1, 2).conversation,
            author: member(1),
            text: sealed(1, 3),
            at: NOW,
            conversation: state(&[opened(2, NOW)]),
            reachable: true,
        }
    }

    #[test]
    fn a_message_goes_to_the_other_one() {
        given::<Message>([]).when(write()).then([written()]);
        let back = WriteMessage { author: member(2), text: sealed(2, 3), ..write() };
        let event = Event::MessageWritten { route: route(2, 1), text: sealed(2, 3), at: NOW };
        given::<Message>([]).when(back).then([event]);
        given::<Message>([written()]).when(write()).then_err(Refusal::AlreadyWritten);
    }

    #[test]
    fn nobody_else_writes_and_nobody_where_nothing_was_opened() {
        given::<Message>([])
            .when(WriteMessage { author: member(3), ..write() })
            .then_err(Refusal::ConversationNotFound);
        let never = WriteMessage { conversation: conversation::State::default(), ..write() };
        given::<Message>([]).when(never).then_err(Refusal::ConversationNotFound);
    }

    #[test]
    fn where_one_has_left_nobody_writes_until_they_come_back() {
        let after = |events: &[conversation::Event]| WriteMessage { conversation: state(events), ..write() };
        given::<Message>([]).when(after(&[opened(1, NOW), left(1, NOW)])).then_err(Refusal::Left);
        given::<Message>([]).when(after(&[opened(1, NOW), left(2, NOW)])).then_err(Refusal::OtherLeft);
        given::<Message>([]).when(after(&[opened(1, NOW), left(2, NOW), opened(2, NOW)])).then([written()]);
    }

    #[test]
    fn whoever_cannot_be_reached_gets_no_message() {
        let refused = WriteMessage { reachable: false, ..write() };
        given::<Message>([]).when(refused).then_err(Refusal::Unreachable);
    }

    #[test]
    fn a_resent_command_is_the_same_command_also_after_a_block() {
        let hash = |command: WriteMessage| RequestHash::of(&Command::from(command));
        let again = WriteMessage { reachable: false, at: LATER, conversation: state(&[]), ..write() };
        assert_eq!(hash(write()), hash(again));
        assert_ne!(hash(write()), hash(WriteMessage { text: sealed(1, 9), ..write() }));
    }
}
