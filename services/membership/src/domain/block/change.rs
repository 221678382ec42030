//! Sets and lifts a block.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks that two members no longer meet.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Block {
    pub member: MemberId,
    pub blocked: MemberId,
    pub at: Timestamp,
}
canonical!(Block { member, blocked } without { at });

impl Block {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { member, blocked, at } = self.clone();
        match state.blocked {
            _ if member == blocked => Err(Refusal::Oneself),
            true => Ok(Decision::nothing()),
            false => Ok(Event::MemberBlocked { member, blocked, at }.into()),
        }
    }
}

/// Asks that two members may meet again.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Unblock {
    pub member: MemberId,
    pub blocked: MemberId,
    pub at: Timestamp,
}
canonical!(Unblock { member, blocked } without { at });

impl Unblock {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { member, blocked, at } = self.clone();
        if !state.blocked {
            return Ok(Decision::nothing());
        }
        Ok(Event::MemberUnblocked { member, blocked, at }.into())
    }
}
