//! Taking a reaction back.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Timestamp};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};
use crate::domain::Target;

/// Asks to say nothing to the post any more; also where the post was taken out since.
#[derive(Debug, Clone)]
pub struct ClearReaction {
    /// The post as it stands at the log's leader.
    pub target: Target,
    /// Who.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
}

impl Canonical for ClearReaction {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let Self { target, member, at: _ } = self;
        writer.bytes(b"ClearReaction");
        writer.field("post", &target.post);
        writer.field("member", member);
    }
}

impl ClearReaction {
    /// Decides; nothing happens if there is no reaction.
    ///
    /// # Errors
    ///
    /// None: whoever reacted may take it back at any time.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.is_none() {
            return Ok(Decision::nothing());
        }
        let Self { target, member, at } = *self;
        Ok(Event::Cleared { community: target.community, thread: target.thread, post: target.post, member, at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::super::set::tests::{set, target};
    use super::*;
    use crate::domain::samples::{LATER, community, member, thread_id};
    use crate::domain::{Reaction, ReactionKind};

    fn clear(deleted: bool) -> ClearReaction {
        ClearReaction { target: target(deleted), member: member(2), at: LATER }
    }

    fn cleared() -> Event {
        Event::Cleared {
            community: community(),
            thread: thread_id(1),
            post: thread_id(1).0,
            member: member(2),
            at: LATER,
        }
    }

    #[test]
    fn a_reaction_is_taken_back_also_from_a_post_that_was_taken_out() {
        given::<Reaction>([set(ReactionKind::Hug)]).when(clear(false)).then([cleared()]);
        given::<Reaction>([set(ReactionKind::Hug)]).when(clear(true)).then([cleared()]);
    }

    #[test]
    fn taking_back_nothing_changes_nothing() {
        given::<Reaction>([]).when(clear(false)).then_nothing();
        given::<Reaction>([set(ReactionKind::Hug), cleared()]).when(clear(false)).then_nothing();
    }
}
