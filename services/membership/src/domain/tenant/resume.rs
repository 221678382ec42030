//! Opens a suspended tenant again.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};

/// Asks that members may act again.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Resume {
    pub at: Timestamp,
}
canonical!(Resume {} without { at });

impl Resume {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Unknown => Err(Refusal::Unknown),
            State::Known { suspended: false, .. } => Ok(Decision::nothing()),
            State::Known { .. } => Ok(Event::TenantResumed { at: self.at }.into()),
        }
    }
}
