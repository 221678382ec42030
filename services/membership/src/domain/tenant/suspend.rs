//! Closes a tenant for now.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// Asks that nobody may act in the tenant until it is resumed.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Suspend {
    pub reason: String,
    pub at: Timestamp,
}
canonical!(Suspend { reason } without { at });

impl Suspend {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Unknown => Err(Refusal::Unknown),
            State::Known { suspended: true, .. } => Ok(Decision::nothing()),
            State::Known { .. } => Ok(Event::TenantSuspended { reason: self.reason.clone(), at: self.at }.into()),
        }
    }
}
