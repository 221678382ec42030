//! What a member may do now, checked at the log's leader.

use std::sync::Arc;

use kindred_eventsourcing::{EventStore, KeyId};
use kindred_ids::{CommunityId, MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;

use super::memberships::membership_key;
use super::{Application, member_key, tenant_key};
use crate::domain::value::CommunityRole;
use crate::domain::{member, membership, tenant};

/// What an answer of another service may rest on: three tails, read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether the tenant is open.
    pub tenant_active: bool,
    /// Whether the person may act at all.
    pub member: member::Standing,
    /// Whether they belong to the community.
    pub membership: membership::Standing,
    /// What they may do there.
    pub role: Option<CommunityRole>,
    /// The key that seals what they write.
    pub key: Option<KeyId>,
}

impl Standing {
    /// Whether the person may read and write in the community.
    pub fn may_act(&self) -> bool {
        self.tenant_active && self.member == member::Standing::Active && self.membership == membership::Standing::Active
    }
}

impl<S: EventStore> Application<S> {
    /// Reads tenant, member and, where a community is named, membership in parallel.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer; an unknown person simply has no standing.
    pub async fn standing(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        community: Option<CommunityId>,
    ) -> Result<Standing, ApiError> {
        let keys = (tenant_key(tenant), member_key(tenant, member));
        let membership = async {
            match community {
                None => Ok(Arc::default()),
                Some(community) => {
                    self.executor.load::<membership::Membership>(&membership_key(tenant, community, member)).await
                }
            }
        };
        let (tenant, member, membership) = futures::try_join!(
            self.executor.load::<tenant::Tenant>(&keys.0),
            self.executor.load::<member::Member>(&keys.1),
            membership,
        )?;
        Ok(Standing {
            tenant_active: tenant.state.is_active(),
            member: member.state.standing,
            membership: membership.state.standing,
            role: membership.state.role,
            key: member.state.registration.as_ref().map(|registration| registration.key),
        })
    }

    /// Refuses everything in a tenant that is unknown or suspended.
    pub(crate) async fn must_be_open(&self, tenant: &TenantSlug) -> Result<(), ApiError> {
        must_be_open(&self.tenant(tenant).await?.state)
    }
}

/// Refuses everything in a tenant that is unknown or suspended.
pub(crate) fn must_be_open(tenant: &tenant::State) -> Result<(), ApiError> {
    match tenant {
        tenant::State::Unknown => Err(tenant::Refusal::Unknown.into()),
        tenant::State::Known { suspended: true, .. } => {
            Err(ApiError::refused("TENANT_SUSPENDED", "the tenant is suspended"))
        }
        tenant::State::Known { .. } => Ok(()),
    }
}
