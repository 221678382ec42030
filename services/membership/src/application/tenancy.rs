//! Programmes and tenants; operators only, as the policies say.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, EntityKey, ProgrammeSlug, Scope, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{bounded_line, optional_text};

use super::{Application, tenant_key};
use crate::domain::{programme, tenant};

fn programme_key(programme: &ProgrammeSlug) -> EntityKey {
    EntityKey::named(Scope::Programme, "programme", programme.as_str())
}

impl<S: EventStore> Application<S> {
    /// Makes a programme.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn create_programme(
        &self,
        caller: &Caller,
        command_id: CommandId,
        programme: ProgrammeSlug,
        name: &str,
    ) -> Result<Receipt, ApiError> {
        let name = bounded_line("name", name, 120)?.to_owned();
        let key = programme_key(&programme);
        let command = programme::Create { programme, name, at: self.clock.now() };
        let context = self.context(caller, command_id);
        Ok(self.executor.run::<programme::Programme>(&key, &command.into(), &context).await?)
    }

    /// Makes a tenant of a programme.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn create_tenant(
        &self,
        caller: &Caller,
        command_id: CommandId,
        mut create: tenant::Create,
    ) -> Result<Receipt, ApiError> {
        bounded_line("name", &create.name, 120)?;
        if create.hue > 359 {
            return Err(ApiError::invalid("hue", "OUT_OF_RANGE", "`hue` is 0 to 359"));
        }
        let programme = self.executor.load::<programme::Programme>(&programme_key(&create.programme)).await?;
        if !programme.exists() {
            return Err(ApiError::not_found("PROGRAMME_UNKNOWN", "there is no such programme").with_field("programme"));
        }
        create.at = self.clock.now();
        let (key, context) = (tenant_key(&create.tenant), self.context(caller, command_id));
        Ok(self.executor.run::<tenant::Tenant>(&key, &create.into(), &context).await?)
    }

    /// Closes a tenant for now.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn suspend_tenant(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        reason: &str,
    ) -> Result<Receipt, ApiError> {
        let reason = optional_text("reason", reason, 500)?.to_owned();
        let command = tenant::Suspend { reason, at: self.clock.now() };
        let context = self.context(caller, command_id);
        Ok(self.executor.run::<tenant::Tenant>(&tenant_key(tenant), &command.into(), &context).await?)
    }

    /// Opens a tenant again.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn resume_tenant(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
    ) -> Result<Receipt, ApiError> {
        let command = tenant::Resume { at: self.clock.now() };
        let context = self.context(caller, command_id);
        Ok(self.executor.run::<tenant::Tenant>(&tenant_key(tenant), &command.into(), &context).await?)
    }

    /// A tenant as it shows itself, and whether it is suspended.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` if there is none.
    pub async fn get_tenant(&self, tenant: &TenantSlug) -> Result<tenant::State, ApiError> {
        let loaded = self.tenant(tenant).await?;
        match &loaded.state {
            tenant::State::Unknown => Err(tenant::Refusal::Unknown.into()),
            known @ tenant::State::Known { .. } => Ok(known.clone()),
        }
    }
}
