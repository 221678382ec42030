//! Communities.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, CommunityId, EntityKey, TenantSlug, derive_root_id};
use kindred_service_kit::caller::{Caller, TenantRole};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{bounded_line, optional_text};

use super::Application;
use super::refusals::community_unknown;
use crate::domain::community::{self, Profile};
use crate::domain::value::{CommunityRole, JoinPolicy};

pub(crate) fn community_key(tenant: &TenantSlug, community: CommunityId) -> EntityKey {
    EntityKey::new(tenant.clone(), "community", community)
}

impl<S: EventStore> Application<S> {
    /// Makes a community of a tenant.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn create_community(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        profile: Profile,
    ) -> Result<(CommunityId, Receipt), ApiError> {
        check(&profile)?;
        self.must_be_open(tenant).await?;
        let actor = caller.actor();
        let community = CommunityId(derive_root_id(tenant.as_str(), &actor.0, command_id, "community", 0));
        let command = community::Create { profile, at: self.clock.now() };
        let (key, context) = (community_key(tenant, community), self.context(caller, command_id));
        let receipt = self.executor.run::<community::Community>(&key, &command.into(), &context).await?;
        Ok((community, receipt))
    }

    /// Changes what a community says of itself; its managers and the tenant's administrators.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn change_community(
        &self,
        caller: &Caller,
        command_id: CommandId,
        community: CommunityId,
        profile: Profile,
    ) -> Result<Receipt, ApiError> {
        check(&profile)?;
        let tenant = caller.tenant()?;
        self.must_be_staff(caller, &tenant, community, CommunityRole::Manager).await?;
        let command = community::Change { profile, at: self.clock.now() };
        let (key, context) = (community_key(&tenant, community), self.context(caller, command_id));
        Ok(self.executor.run::<community::Community>(&key, &command.into(), &context).await?)
    }

    /// How people get into a community.
    pub(crate) async fn join_policy(
        &self,
        tenant: &TenantSlug,
        community: CommunityId,
    ) -> Result<JoinPolicy, ApiError> {
        let loaded = self.executor.load::<community::Community>(&community_key(tenant, community)).await?;
        loaded.state.profile.as_ref().map(|profile| profile.join_policy).ok_or_else(community_unknown)
    }

    /// Refuses whoever has less than `least` in the community and does not run the tenant.
    pub(crate) async fn must_be_staff(
        &self,
        caller: &Caller,
        tenant: &TenantSlug,
        community: CommunityId,
        least: CommunityRole,
    ) -> Result<(), ApiError> {
        if caller.has_role(TenantRole::Administrator) {
            return self.join_policy(tenant, community).await.map(drop);
        }
        let Ok(claims) = caller.member() else {
            // Services and operators are held by the policies alone.
            return self.join_policy(tenant, community).await.map(drop);
        };
        let standing = self.standing(tenant, claims.member, Some(community)).await?;
        let allowed = standing.may_act() && standing.role.is_some_and(|role| role >= least);
        allowed.then_some(()).ok_or_else(|| {
            ApiError::denied("COMMUNITY_STAFF_ONLY", "only those who look after this community may do this")
        })
    }
}

fn check(profile: &Profile) -> Result<(), ApiError> {
    bounded_line("name", &profile.name, 80)?;
    optional_text("purpose", &profile.purpose, 500)?;
    optional_text("guidelines", &profile.guidelines, 5_000)?;
    Ok(())
}
