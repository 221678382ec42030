//! Reacting to a post.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Timestamp};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};
use crate::domain::{ReactionKind, Target};

/// Asks to say this to the post, instead of what was said before.
#[derive(Debug, Clone)]
pub struct SetReaction {
    /// The post as it stands at the log's leader.
    pub target: Target,
    /// Who.
    pub member: MemberId,
    /// What.
    pub reaction: ReactionKind,
    /// When.
    pub at: Timestamp,
}

/// Of the post only its id: that it was taken out since does not make another command.
impl Canonical for SetReaction {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let Self { target, member, reaction, at: _ } = self;
        writer.bytes(b"SetReaction");
        writer.field("post", &target.post);
        writer.field("member", member);
        writer.field("reaction", reaction);
    }
}

impl SetReaction {
    /// Decides whether the reaction counts; nothing happens if it already stands.
    ///
    /// # Errors
    ///
    /// [`Refusal::PostDeleted`] if the post was taken out.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if self.target.deleted {
            return Err(Refusal::PostDeleted);
        }
        if *state == Some(self.reaction) {
            return Ok(Decision::nothing());
        }
        let Self { target, member, reaction, at } = *self;
        Ok(Event::Set { community: target.community, thread: target.thread, post: target.post, member, reaction, at }
            .into())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use kindred_eventsourcing::RequestHash;
    use kindred_eventsourcing::testing::given;

    use super::super::Command;
    use super::*;
    use crate::domain::Reaction;
    use crate::domain::samples::{LATER, NOW, community, member, thread_id};

    pub fn target(deleted: bool) -> Target {
        Target { post: thread_id(1).0, community: community(), thread: thread_id(1), deleted }
    }

    pub fn set(reaction: ReactionKind) -> Event {
        Event::Set {
            community: community(),
            thread: thread_id(1),
            post: thread_id(1).0,
            member: member(2),
            reaction,
            at: NOW,
        }
    }

    fn react(reaction: ReactionKind) -> SetReaction {
        SetReaction { target: target(false), member: member(2), reaction, at: NOW }
    }

    #[test]
    fn one_reaction_takes_the_place_of_another() {
        given::<Reaction>([]).when(react(ReactionKind::Hug)).then([set(ReactionKind::Hug)]);
        given::<Reaction>([set(ReactionKind::Hug)]).when(react(ReactionKind::MeToo)).then([set(ReactionKind::MeToo)]);
    }

    #[test]
    fn the_same_reaction_again_changes_nothing() {
        given::<Reaction>([set(ReactionKind::Hug)]).when(react(ReactionKind::Hug)).then_nothing();
    }

    #[test]
    fn a_post_that_was_taken_out_takes_no_reaction() {
        let late = SetReaction { target: target(true), ..react(ReactionKind::Hug) };
        given::<Reaction>([]).when(late).then_err(Refusal::PostDeleted);
    }

    #[test]
    fn a_resent_command_is_the_same_command() {
        let hash = |command: SetReaction| RequestHash::of(&Command::from(command));
        let again = SetReaction { target: target(true), at: LATER, ..react(ReactionKind::Hug) };
        assert_eq!(hash(react(ReactionKind::Hug)), hash(again));
        assert_ne!(hash(react(ReactionKind::Hug)), hash(react(ReactionKind::Helpful)));
    }
}
