//! Opening a conversation.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};
use crate::domain::Pair;

/// Whether two members may talk, as matching and membership say at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// They were introduced, both are there, neither blocked the other.
    Granted,
    /// No introduction of the two was accepted.
    NotIntroduced,
    /// Anything else.
    Unreachable,
}

/// Asks to talk to `with`; whoever left comes back by it.
#[derive(Debug, Clone)]
pub struct OpenConversation {
    /// Who asks.
    pub by: MemberId,
    /// Whom they want to talk to.
    pub with: MemberId,
    /// Whether the two may.
    pub permission: Permission,
    /// When.
    pub at: Timestamp,
}
canonical!(OpenConversation { by, with } without { permission, at });

impl OpenConversation {
    /// Decides whether the two may talk; nothing happens if the one who asks is here
    /// already, whatever became of the other.
    ///
    /// # Errors
    ///
    /// [`Refusal::Oneself`], [`Refusal::NotIntroduced`], [`Refusal::Unreachable`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let pair = Pair::of(self.by, self.with).ok_or(Refusal::Oneself)?;
        if state.is_here(self.by) {
            return Ok(Decision::nothing());
        }
        match self.permission {
            Permission::Granted => Ok(Event::ConversationOpened { pair, by: self.by, at: self.at }.into()),
            Permission::NotIntroduced => Err(Refusal::NotIntroduced),
            Permission::Unreachable => Err(Refusal::Unreachable),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::RequestHash;
    use kindred_eventsourcing::testing::given;

    use super::super::{Command, conversation_id};
    use super::*;
    use crate::domain::Conversation;
    use crate::domain::samples::{LATER, NOW, left, member, opened, pair};

    fn open(by: u8, with: u8) -> OpenConversation {
        OpenConversation { by: member(by), with: member(with), permission: Permission::Granted, at: NOW }
    }

    #[test]
    fn two_who_were_introduced_open_it_once() {
        given::<Conversation>([]).when(open(1, 2)).then([opened(1, NOW)]);
        for by in [(1, 2), (2, 1)] {
            given::<Conversation>([opened(1, NOW)]).when(open(by.0, by.1)).then_nothing();
        }
    }

    #[test]
    fn whoever_left_comes_back_and_the_other_does_not_bring_them() {
        let past = [opened(1, NOW), left(1, NOW)];
        given::<Conversation>(past).when(open(2, 1)).then_nothing();
        given::<Conversation>(past).when(open(1, 2)).then([opened(1, NOW)]);
        given::<Conversation>([opened(1, NOW), left(1, NOW), opened(1, NOW)]).when(open(1, 2)).then_nothing();
    }

    #[test]
    fn nobody_opens_one_without_permission_or_with_themselves() {
        for (permission, refusal) in
            [(Permission::NotIntroduced, Refusal::NotIntroduced), (Permission::Unreachable, Refusal::Unreachable)]
        {
            let refused = OpenConversation { permission, ..open(1, 2) };
            given::<Conversation>([]).when(refused.clone()).then_err(refusal);
            given::<Conversation>([opened(2, NOW), left(1, NOW)]).when(refused.clone()).then_err(refusal);
            given::<Conversation>([opened(2, NOW)]).when(refused).then_nothing();
        }
        given::<Conversation>([]).when(open(1, 1)).then_err(Refusal::Oneself);
    }

    #[test]
    fn a_resent_command_is_the_same_command_also_after_a_block() {
        let hash = |command: OpenConversation| RequestHash::of(&Command::from(command));
        let again = OpenConversation { permission: Permission::Unreachable, at: LATER, ..open(1, 2) };
        assert_eq!(hash(open(1, 2)), hash(again));
        assert_ne!(hash(open(1, 2)), hash(open(1, 3)));
    }

    #[test]
    fn a_pair_has_one_conversation_whoever_of_them_asks() {
        let tenant = "riverside".parse().expect("a slug");
        let back = Pair::of(member(2), member(1)).expect("a pair");
        assert_eq!(conversation_id(&tenant, &pair()), conversation_id(&tenant, &back));
        assert_eq!(conversation_id(&tenant, &back).0.partition(), pair().first().0.partition());
        let lakeside = "lakeside".parse().expect("a slug");
        assert_ne!(conversation_id(&tenant, &pair()), conversation_id(&lakeside, &pair()));
        assert_eq!(back.other(member(1)), Some(member(2)));
        assert_eq!(back.other(member(3)), None);
    }
}
