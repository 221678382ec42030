//! Takes an agreement back.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks that a purpose no longer be agreed to.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Withdraw {
    pub member: MemberId,
    pub purpose: String,
    pub at: Timestamp,
}
canonical!(Withdraw { member, purpose } without { at });

impl Withdraw {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if !state.given.contains(&self.purpose) {
            return Ok(Decision::nothing());
        }
        let Self { member, purpose, at } = self.clone();
        Ok(Event::ConsentWithdrawn { member, purpose, at }.into())
    }
}
