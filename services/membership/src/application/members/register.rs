//! Making a member.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, MemberId, TenantSlug, derive_root_id};
use kindred_service_kit::caller::{Caller, Subject, TenantRole as StaffRole};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::optional_text;

use crate::application::standing::must_be_open;
use crate::application::{Application, Email, Handle, keys_unavailable, member_key};
use crate::domain::member::{self, EMAIL, HANDLE, Member};
use crate::domain::tenant;
use crate::domain::value::TenantRole;

/// Who is to be made a member.
#[derive(Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct NewMember {
    pub email: Email,
    pub handle: Handle,
    pub name: String,
    pub roles: Vec<TenantRole>,
}

impl<S: EventStore> Application<S> {
    /// Makes a member: staff and operators for anybody, a person for themselves where the
    /// tenant's registration is open.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn register(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        new: NewMember,
    ) -> Result<(MemberId, Receipt), ApiError> {
        let name = optional_text("name", new.name.trim(), 120)?;
        let state = self.tenant(tenant).await?;
        must_be_open(&state.state)?;
        may_register(caller, &state.state, &new.roles)?;
        let at = self.clock.now();
        let member = MemberId(derive_root_id(tenant.as_str(), &caller.actor().0, command_id, "member", 0));
        let names = self.keeper.tenant_reservation_key(tenant).await.map_err(|error| keys_unavailable(&error))?;
        let key = self.keeper.create_data_key(tenant, member, at).await.map_err(|error| keys_unavailable(&error))?;
        let entity = member_key(tenant, member);
        let texts = [("email", new.email.as_str()), ("handle", new.handle.as_str()), ("name", name)];
        let texts = if name.is_empty() { &texts[..2] } else { &texts[..] };
        let mut sealed = self.seal(tenant, member, &entity, command_id, texts).await?.into_iter();
        let mut next = || sealed.next().ok_or_else(|| ApiError::unavailable("KEYS_UNAVAILABLE", "nothing was sealed"));
        let command = member::Register {
            email: next()?,
            handle: next()?,
            name: next().ok(),
            email_key: names.reservation_key(EMAIL, new.email.as_str()),
            handle_key: names.reservation_key(HANDLE, &new.handle.normalized()),
            roles: new.roles,
            key,
            at,
        };
        let context = self.context(caller, command_id);
        Ok((member, self.executor.run::<Member>(&entity, &command.into(), &context).await?))
    }
}

fn may_register(caller: &Caller, tenant: &tenant::State, roles: &[TenantRole]) -> Result<(), ApiError> {
    let open = matches!(tenant, tenant::State::Known { profile, .. } if profile.open_registration);
    let staff = caller.has_role(StaffRole::Administrator);
    let operator = matches!(caller.subject(), Subject::Operator { .. } | Subject::Service(_));
    if !(open || staff || operator) {
        return Err(ApiError::denied("REGISTRATION_CLOSED", "this organization registers its members itself"));
    }
    if !(roles.is_empty() || staff || operator) {
        return Err(ApiError::denied("STAFF_ONLY", "only staff gives roles").with_field("roles"));
    }
    if roles.contains(&TenantRole::ProgrammeOperator) && !operator {
        return Err(
            ApiError::denied("OPERATORS_ONLY", "only an operator makes somebody an operator").with_field("roles")
        );
    }
    Ok(())
}
