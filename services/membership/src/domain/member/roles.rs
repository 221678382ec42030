//! Gives and takes what a member may do in the whole tenant.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, State};
use crate::domain::value::TenantRole;

/// Asks that the member have this role.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct GrantRole {
    pub role: TenantRole,
    pub at: Timestamp,
}
canonical!(GrantRole { role } without { at });

impl GrantRole {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_exist()?;
        if state.roles.contains(&self.role) {
            return Ok(Decision::nothing());
        }
        Ok(Event::TenantRoleGranted { role: self.role, at: self.at }.into())
    }
}

/// Asks that the member no longer have this role.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct RevokeRole {
    pub role: TenantRole,
    pub at: Timestamp,
}
canonical!(RevokeRole { role } without { at });

impl RevokeRole {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        state.must_exist()?;
        if !state.roles.contains(&self.role) {
            return Ok(Decision::nothing());
        }
        Ok(Event::TenantRoleRevoked { role: self.role, at: self.at }.into())
    }
}
