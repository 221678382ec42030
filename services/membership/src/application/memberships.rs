//! Joining, leaving, admitting, and what a member may do in a community.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, CommunityId, EntityKey, MemberId, TenantSlug, derive_membership_id};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{bounded_text, optional_text};

use super::communities::community_key;
use super::refusals::{community_unknown, member_unknown};
use super::standing::must_be_open;
use super::{Application, member_key, tenant_key};
use crate::domain::membership::{self, Membership, Pair};
use crate::domain::value::CommunityRole;
use crate::domain::{community, member, tenant};

pub(crate) fn membership_key(tenant: &TenantSlug, community: CommunityId, member: MemberId) -> EntityKey {
    EntityKey::new(tenant.clone(), "membership", derive_membership_id(tenant.as_str(), member.0, community.0))
}

impl<S: EventStore> Application<S> {
    /// Joins a community, or asks to.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn join(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        pair: Pair,
        note: &str,
    ) -> Result<(membership::Standing, Receipt), ApiError> {
        optional_text("note", note, 500)?;
        let keys = (tenant_key(tenant), member_key(tenant, pair.member), community_key(tenant, pair.community));
        let key = membership_key(tenant, pair.community, pair.member);
        let (tenant_state, member, community, loaded) = futures::try_join!(
            self.executor.load::<tenant::Tenant>(&keys.0),
            self.executor.load::<member::Member>(&keys.1),
            self.executor.load::<community::Community>(&keys.2),
            self.executor.load::<Membership>(&key),
        )?;
        must_be_open(&tenant_state.state)?;
        must_be_active(member.state.standing)?;
        let policy = community.state.profile.as_ref().ok_or_else(community_unknown)?.join_policy;
        let note = match note.trim() {
            "" => None,
            note => self.seal(tenant, pair.member, &key, command_id, &[("note", note)]).await?.pop(),
        };
        let command = membership::Join { pair, policy, note, at: self.clock.now() };
        let context = self.context(caller, command_id);
        let (receipt, after) = self.executor.run_through::<Membership>(&key, loaded, &command.into(), &context).await?;
        Ok((after.state.standing, receipt))
    }

    /// Leaves a community.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn leave(
        &self,
        caller: &Caller,
        command_id: CommandId,
        community: CommunityId,
    ) -> Result<Receipt, ApiError> {
        let tenant = caller.tenant()?;
        let pair = Pair { community, member: caller.member()?.member };
        self.change_membership(caller, command_id, &tenant, membership::Leave { pair, at: self.clock.now() }, pair)
            .await
    }

    /// Admits or turns down somebody who waits.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn decide_join(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        (pair, admit): (Pair, bool),
    ) -> Result<Receipt, ApiError> {
        self.must_be_staff(caller, tenant, pair.community, CommunityRole::Moderator).await?;
        let command = membership::DecideJoin { pair, admit, by: caller.actor().0, at: self.clock.now() };
        self.change_membership(caller, command_id, tenant, command, pair).await
    }

    /// Invites somebody.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn invite(&self, caller: &Caller, command_id: CommandId, pair: Pair) -> Result<Receipt, ApiError> {
        let tenant = caller.tenant()?;
        self.must_be_staff(caller, &tenant, pair.community, CommunityRole::Moderator).await?;
        must_be_active(self.member(&tenant, pair.member).await?.state.standing)?;
        let command = membership::Invite { pair, by: caller.actor().0, at: self.clock.now() };
        self.change_membership(caller, command_id, &tenant, command, pair).await
    }

    /// Stops a member from acting in a community.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn suspend_membership(
        &self,
        caller: &Caller,
        command_id: CommandId,
        pair: Pair,
        reason: &str,
    ) -> Result<Receipt, ApiError> {
        let (tenant, reason) = (caller.tenant()?, bounded_text("reason", reason, 500)?);
        self.must_be_staff(caller, &tenant, pair.community, CommunityRole::Moderator).await?;
        let key = membership_key(&tenant, pair.community, pair.member);
        let mut sealed = self.seal(&tenant, pair.member, &key, command_id, &[("reason", reason)]).await?;
        let reason = sealed.pop().ok_or_else(member_unknown)?;
        let command = membership::Suspend { pair, reason, at: self.clock.now() };
        self.change_membership(caller, command_id, &tenant, command, pair).await
    }

    /// Lets a member act in a community again.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn reinstate_membership(
        &self,
        caller: &Caller,
        command_id: CommandId,
        pair: Pair,
    ) -> Result<Receipt, ApiError> {
        let tenant = caller.tenant()?;
        self.must_be_staff(caller, &tenant, pair.community, CommunityRole::Moderator).await?;
        let command = membership::Reinstate { pair, at: self.clock.now() };
        self.change_membership(caller, command_id, &tenant, command, pair).await
    }

    /// Changes what a member may do in a community.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn set_community_role(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        pair: Pair,
        role: CommunityRole,
    ) -> Result<Receipt, ApiError> {
        self.must_be_staff(caller, tenant, pair.community, CommunityRole::Manager).await?;
        let command = membership::SetRole { pair, role, at: self.clock.now() };
        self.change_membership(caller, command_id, tenant, command, pair).await
    }

    async fn change_membership(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        command: impl Into<membership::Command>,
        pair: Pair,
    ) -> Result<Receipt, ApiError> {
        let (key, context) = (membership_key(tenant, pair.community, pair.member), self.context(caller, command_id));
        Ok(self.executor.run::<Membership>(&key, &command.into(), &context).await?)
    }
}

/// Refuses for a member who is unknown, suspended or gone.
pub(crate) fn must_be_active(standing: member::Standing) -> Result<(), ApiError> {
    match standing {
        member::Standing::Active => Ok(()),
        member::Standing::Unknown => Err(member_unknown()),
        member::Standing::Suspended => Err(ApiError::refused("MEMBER_SUSPENDED", "the member is suspended")),
        member::Standing::Erased => Err(member::Refusal::Erased.into()),
    }
}
