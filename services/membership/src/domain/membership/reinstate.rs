//! Lets a suspended member act in a community again.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Pair, Refusal, Standing, State};

/// Asks that the member may act again.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Reinstate {
    pub pair: Pair,
    pub at: Timestamp,
}
canonical!(Reinstate { pair } without { at });

impl Reinstate {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_belong()?;
        if state.standing == Standing::Active {
            return Ok(Decision::nothing());
        }
        Ok(Event::MembershipReinstated { pair: self.pair, at: self.at }.into())
    }
}
