//! People: registering, what they say of themselves, consent, suspension, erasure.

mod erasure;
mod register;

use std::sync::Arc;

use kindred_eventsourcing::{EventStore, KeyId, Loaded, Receipt, Sealed};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::bounded_text;
use kindred_vault::{Aad, Opened};

use super::memberships::must_be_active;
use super::refusals::member_unknown;
use super::{Application, Handle, ProfileEntry, keys_unavailable, member_key};
use crate::domain::consent::{self, Purpose};
use crate::domain::member::{self, Field, Member};
use crate::domain::tenant;
use crate::domain::value::{FieldKind, TenantRole};
pub use erasure::certificate;
pub use register::NewMember;

/// Version of the consent text that members agree to now.
const CONSENT_TEXT: u32 = 1;

/// Where to write to a member.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Address {
    pub email: String,
    pub handle: String,
    pub language: String,
    pub tenant_name: String,
}

fn consent_key(tenant: &TenantSlug, member: MemberId) -> EntityKey {
    EntityKey::new(
        tenant.clone(),
        "consent",
        EntityId::keyed(tenant.as_str(), "consent", &[member.0.as_bytes()], member.0),
    )
}

impl<S: EventStore> Application<S> {
    /// Replaces what a member says of themselves.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn set_profile(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        member: MemberId,
        entries: Vec<ProfileEntry>,
    ) -> Result<Receipt, ApiError> {
        let entries = ProfileEntry::profile(entries)?;
        let key = member_key(tenant, member);
        let sealer = self.sealer(tenant, member).await?;
        let mut fields = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let field = profile_field_name(index);
            let sealed = sealer.seal(&entry.content(), &Aad::of(tenant, member, &key, command_id, &field));
            let content = sealed.map_err(|error| ApiError::internal(&error))?;
            fields.push(Field { kind: entry.kind, visibility: entry.visibility, content });
        }
        let command = member::ReplaceProfile { fields, at: self.clock.now() };
        Ok(self.executor.run::<Member>(&key, &command.into(), &self.context(caller, command_id)).await?)
    }

    /// Gives or withdraws a consent.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn set_consent(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        member: MemberId,
        purpose: Purpose,
        agrees: bool,
    ) -> Result<Receipt, ApiError> {
        must_be_active(self.member(tenant, member).await?.state.standing)?;
        let (purpose, at) = (purpose.as_str().to_owned(), self.clock.now());
        let command: consent::Command = if agrees {
            consent::Give { member, purpose, text_version: CONSENT_TEXT, at }.into()
        } else {
            consent::Withdraw { member, purpose, at }.into()
        };
        let (key, context) = (consent_key(tenant, member), self.context(caller, command_id));
        Ok(self.executor.run::<consent::Consent>(&key, &command, &context).await?)
    }

    /// What a member agrees to.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer.
    pub async fn consents(&self, tenant: &TenantSlug, member: MemberId) -> Result<consent::State, ApiError> {
        Ok(self.executor.load::<consent::Consent>(&consent_key(tenant, member)).await?.state.clone())
    }

    /// Stops a member from acting in the tenant.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn suspend(
        &self,
        caller: &Caller,
        command_id: CommandId,
        member: MemberId,
        reason: &str,
    ) -> Result<Receipt, ApiError> {
        let (tenant, reason) = (caller.tenant()?, bounded_text("reason", reason, 500)?);
        let key = member_key(&tenant, member);
        let mut sealed = self.seal(&tenant, member, &key, command_id, &[("reason", reason)]).await?;
        let reason = sealed.pop().ok_or_else(member_unknown)?;
        let command = member::Suspend { reason, at: self.clock.now() };
        Ok(self.executor.run::<Member>(&key, &command.into(), &self.context(caller, command_id)).await?)
    }

    /// Lets a member act again.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn reinstate(
        &self,
        caller: &Caller,
        command_id: CommandId,
        member: MemberId,
    ) -> Result<Receipt, ApiError> {
        let key = member_key(&caller.tenant()?, member);
        let command = member::Reinstate { at: self.clock.now() };
        Ok(self.executor.run::<Member>(&key, &command.into(), &self.context(caller, command_id)).await?)
    }

    /// Gives or takes what a member may do in the whole tenant.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn set_tenant_role(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        member: MemberId,
        (role, granted): (TenantRole, bool),
    ) -> Result<Receipt, ApiError> {
        if role == TenantRole::ProgrammeOperator && caller.member().is_ok() {
            return Err(ApiError::denied("OPERATORS_ONLY", "only an operator makes somebody an operator"));
        }
        let at = self.clock.now();
        let command: member::Command =
            if granted { member::GrantRole { role, at }.into() } else { member::RevokeRole { role, at }.into() };
        let (key, context) = (member_key(tenant, member), self.context(caller, command_id));
        Ok(self.executor.run::<Member>(&key, &command, &context).await?)
    }

    /// Whom handles belong to; unknown ones are left out. Read from the names' own
    /// reservations, so it is as true as the log.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log or the vault does not answer.
    pub async fn resolve_handles(
        &self,
        tenant: &TenantSlug,
        handles: Vec<String>,
    ) -> Result<Vec<(String, MemberId)>, ApiError> {
        let found = handles.into_iter().map(|typed| async move {
            let Ok(handle) = Handle::parse(&typed) else { return Ok(None) };
            let holder = self.holder(tenant, member::HANDLE, &handle.normalized()).await?;
            Ok::<_, ApiError>(holder.map(|member| (typed, member)))
        });
        Ok(futures::future::try_join_all(found).await?.into_iter().flatten().collect())
    }

    /// The member who holds a unique name.
    pub(crate) async fn holder(
        &self,
        tenant: &TenantSlug,
        kind: &'static str,
        normalized: &str,
    ) -> Result<Option<MemberId>, ApiError> {
        let key = self.keeper.tenant_reservation_key(tenant).await.map_err(|error| keys_unavailable(&error))?;
        let name = key.reservation_key(kind, normalized).entity(&tenant.clone().into());
        let tail = self.executor.store().tail(&name).await?;
        let held = kindred_eventsourcing::ReservationTail::read(tail.as_ref());
        let held = held.map_err(|error| ApiError::internal(&error))?;
        Ok(held.holder_id("member").map(MemberId))
    }

    /// Where to write to a member; empty for one who is suspended or gone.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log or the vault does not answer.
    pub async fn address(&self, tenant: &TenantSlug, member: MemberId) -> Result<Address, ApiError> {
        let (state, loaded) = futures::try_join!(self.tenant(tenant), self.member(tenant, member))?;
        let tenant::State::Known { profile, suspended: false, .. } = &state.state else {
            return Ok(Address::default());
        };
        let Some(registration) = &loaded.state.registration else { return Ok(Address::default()) };
        if loaded.state.standing != member::Standing::Active {
            return Ok(Address::default());
        }
        let opened = self.open_registration(tenant, member, &loaded, registration.key).await?;
        Ok(Address { tenant_name: profile.name.clone(), ..opened })
    }

    /// Opens address, handle and language, each bound to the commit that wrote it.
    async fn open_registration(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        loaded: &Arc<Loaded<member::State>>,
        key_id: KeyId,
    ) -> Result<Address, ApiError> {
        let keys = self.keys.keys(&[(tenant.clone(), key_id)]).await.map_err(|error| keys_unavailable(&error))?;
        let entity = member_key(tenant, member);
        let Some(registration) = &loaded.state.registration else { return Ok(Address::default()) };
        let commits = self.executor.store().load(&entity, 0, loaded.sequence).await?;
        let open = |sealed: &Sealed, written: &dyn Fn(&member::Event) -> bool, field: &str| {
            let commit = commits.iter().rev().find(|commit| {
                let mut events = commit
                    .records
                    .iter()
                    .filter_map(|record| <Member as kindred_eventsourcing::Contract>::decode(record).ok());
                events.any(|event| written(&event))
            });
            let Some(commit) = commit else { return Ok(String::new()) };
            let aad = Aad::of(tenant, member, &entity, commit.meta.command_id, field);
            match keys.open(sealed, &aad) {
                Ok(Opened::Text(text)) => Ok(text.to_string()),
                Ok(Opened::Redacted) => Ok(String::new()),
                Err(error) => Err(ApiError::internal(&error)),
            }
        };
        let registered = |event: &member::Event| matches!(event, member::Event::MemberRegistered(_));
        let profiled = |event: &member::Event| matches!(event, member::Event::ProfileReplaced { .. });
        let mut fields = loaded.state.fields.iter().enumerate();
        let language = fields.find(|(_, field)| field.kind == FieldKind::Language);
        let language = match language {
            Some((index, field)) => open(&field.content, &profiled, &profile_field_name(index))?,
            None => String::new(),
        };
        Ok(Address {
            email: open(&registration.email, &registered, "email")?,
            handle: open(&registration.handle, &registered, "handle")?,
            language: ProfileEntry::split(&language).0.to_owned(),
            tenant_name: String::new(),
        })
    }
}

/// The name that binds a sealed field to its place in a profile.
#[must_use]
pub fn profile_field_name(index: usize) -> String {
    format!("profile.{index}")
}
