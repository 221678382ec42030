//! Stops a member from acting for now.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};

use super::{Event, Refusal, Standing, State};

/// Asks that the member may not act until reinstated.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Suspend {
    pub reason: Sealed,
    pub at: Timestamp,
}
canonical!(Suspend { reason } without { at });

impl Suspend {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_exist()?;
        if state.standing == Standing::Suspended {
            return Ok(Decision::nothing());
        }
        Ok(Event::MemberSuspended { reason: self.reason.clone(), at: self.at }.into())
    }
}
