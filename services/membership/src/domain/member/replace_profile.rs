//! Replaces what a member says of themselves.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Field, Refusal, State};

/// Asks for these fields and no others.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct ReplaceProfile {
    pub fields: Vec<Field>,
    pub at: Timestamp,
}
canonical!(ReplaceProfile { fields } without { at });

impl ReplaceProfile {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_exist()?;
        if state.fields == self.fields {
            return Ok(Decision::nothing());
        }
        Ok(Event::ProfileReplaced { fields: self.fields.clone(), at: self.at }.into())
    }
}
