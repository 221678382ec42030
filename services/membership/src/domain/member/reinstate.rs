//! Lets a suspended member act again.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, Standing, State};

/// Asks that the member may act again.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Reinstate {
    pub at: Timestamp,
}
canonical!(Reinstate {} without { at });

impl Reinstate {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_exist()?;
        if state.standing == Standing::Active {
            return Ok(Decision::nothing());
        }
        Ok(Event::MemberReinstated { at: self.at }.into())
    }
}
