//! Stops a member from acting in a community.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};

use super::{Event, Pair, Refusal, Standing, State};

/// Asks that the member may not act in this community.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Suspend {
    pub pair: Pair,
    pub reason: Sealed,
    pub at: Timestamp,
}
canonical!(Suspend { pair, reason } without { at });

impl Suspend {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_belong()?;
        if state.standing == Standing::Suspended {
            return Ok(Decision::nothing());
        }
        Ok(Event::MembershipSuspended { pair: self.pair, reason: self.reason.clone(), at: self.at }.into())
    }
}
