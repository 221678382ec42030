//! Erasing a member, and the certificate at its end.

use kindred_eventsourcing::{Actor, CommandContext, EventStore, KeyId, Receipt};
use kindred_ids::{CommandId, MemberId, TenantSlug};
use kindred_service_kit::caller::{Caller, TenantRole as StaffRole};
use kindred_service_kit::error::ApiError;

use crate::application::refusals::member_unknown;
use crate::application::{Application, keys_unavailable, member_key};
use crate::domain::member::{self, CONTEXTS, Erasure, Member};

impl<S: EventStore> Application<S> {
    /// Begins an erasure: of oneself, or by the privacy officer.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn erase(&self, caller: &Caller, command_id: CommandId, member: MemberId) -> Result<Receipt, ApiError> {
        let oneself = caller.member().is_ok_and(|claims| claims.member == member);
        if !oneself && !caller.has_role(StaffRole::PrivacyOfficer) {
            return Err(ApiError::denied("PRIVACY_OFFICER_ONLY", "only the privacy officer erases somebody else"));
        }
        let key = member_key(&caller.tenant()?, member);
        let command = member::Erase { at: self.clock.now() };
        Ok(self.executor.run::<Member>(&key, &command.into(), &self.context(caller, command_id)).await?)
    }

    /// Destroys an erased member's data key in the vault, then says so in the log.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if vault or log does not answer; may be repeated.
    pub async fn destroy_key(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        key: KeyId,
        context: &CommandContext,
    ) -> Result<Receipt, ApiError> {
        self.keys.forget_member(tenant, member);
        let at = self.clock.now();
        let receipt = self.keeper.destroy(tenant, member, at).await.map_err(|error| keys_unavailable(&error))?;
        let command = member::RecordKeyDestroyed { key, at: receipt.destroyed_at };
        Ok(self.executor.run::<Member>(&member_key(tenant, member), &command.into(), context).await?)
    }

    /// A context has forgotten a member.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn confirm_erasure(
        &self,
        actor: Actor,
        command_id: CommandId,
        tenant: &TenantSlug,
        member: MemberId,
        context: &str,
    ) -> Result<Receipt, ApiError> {
        let at = self.clock.now();
        let command = member::ConfirmErasure { context: context.to_owned(), at };
        let command_context = CommandContext::new(command_id, actor, at);
        Ok(self.executor.run::<Member>(&member_key(tenant, member), &command.into(), &command_context).await?)
    }

    /// How far an erasure has come, for the privacy officer.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` if the member is unknown, a refusal if they were not erased.
    pub async fn erasure(&self, tenant: &TenantSlug, member: MemberId) -> Result<Erasure, ApiError> {
        let loaded = self.member(tenant, member).await?;
        match loaded.state.standing {
            member::Standing::Unknown => Err(member_unknown()),
            member::Standing::Active | member::Standing::Suspended => Err(member::Refusal::NotErased.into()),
            member::Standing::Erased => Ok(loaded.state.erasure.clone()),
        }
    }
}

/// What the certificate says, once there is one.
#[must_use]
pub fn certificate(member: MemberId, erasure: &Erasure) -> Option<String> {
    let (certified, destroyed) = (erasure.certified_at?, erasure.key_destroyed_at?);
    let contexts = CONTEXTS.join(", ");
    Some(format!(
        "Member {member}: the data key was destroyed at {destroyed} (milliseconds since 1970-01-01 UTC). \
         What the member wrote or said of themselves cannot be read any more, in the log, in any replay and in any \
         copy of either. {contexts} have confirmed that their read models, parked events and cached keys hold \
         nothing of it; certified at {certified}. Words that somebody else typed in again by hand are theirs and \
         stay. Copies of the key vault made before the erasure must be destroyed by their own schedule."
    ))
}
