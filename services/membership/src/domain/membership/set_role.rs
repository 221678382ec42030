//! Changes what a member may do in a community.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Pair, Refusal, State};
use crate::domain::value::CommunityRole;

/// Asks that the member have this role.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct SetRole {
    pub pair: Pair,
    pub role: CommunityRole,
    pub at: Timestamp,
}
canonical!(SetRole { pair, role } without { at });

impl SetRole {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_belong()?;
        if state.role == Some(self.role) {
            return Ok(Decision::nothing());
        }
        Ok(Event::CommunityRoleSet { pair: self.pair, role: self.role, at: self.at }.into())
    }
}
