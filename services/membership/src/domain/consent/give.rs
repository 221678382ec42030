//! Agrees to a purpose.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks that a purpose be agreed to.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Give {
    pub member: MemberId,
    pub purpose: String,
    pub text_version: u32,
    pub at: Timestamp,
}
canonical!(Give { member, purpose, text_version } without { at });

impl Give {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.given.contains(&self.purpose) {
            return Ok(Decision::nothing());
        }
        let Self { member, purpose, text_version, at } = self.clone();
        Ok(Event::ConsentGiven { member, purpose, text_version, at }.into())
    }
}
