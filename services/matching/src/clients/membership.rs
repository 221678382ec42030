//! Membership over gRPC, in the caller's name.

use futures::future::BoxFuture;
use kindred_ids::{CommunityId, MemberId};
use kindred_proto::membership as wire;
use kindred_proto::membership::blocks_client::BlocksClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::ServiceChannel;

use crate::application::Membership;

/// Asks membership for blocks and standing.
#[derive(Clone)]
pub struct MembershipClient {
    blocks: BlocksClient<ServiceChannel>,
    memberships: MembershipsClient<ServiceChannel>,
}

impl MembershipClient {
    /// Asks through `channel`.
    #[must_use]
    pub fn new(channel: ServiceChannel) -> Self {
        Self { blocks: BlocksClient::new(channel.clone()), memberships: MembershipsClient::new(channel) }
    }
}

impl Membership for MembershipClient {
    fn are_apart<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            let request = caller.request(wire::CheckBlockRequest {
                tenant: caller.member()?.tenant.to_string(),
                member_id: one.to_string(),
                other_member_id: other.to_string(),
            });
            Ok(self.blocks.clone().check_block(request).await?.into_inner().blocked)
        })
    }

    fn manages<'a>(&'a self, caller: &'a Caller, community: CommunityId) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            let member = caller.member()?;
            let request = caller.request(wire::GetStandingRequest {
                tenant: member.tenant.to_string(),
                member_id: member.member.to_string(),
                community_id: community.to_string(),
            });
            Ok(is_manager(&self.memberships.clone().get_standing(request).await?.into_inner()))
        })
    }
}

/// Whether somebody manages the community and may act at all.
fn is_manager(standing: &wire::GetStandingResponse) -> bool {
    standing.tenant_active
        && standing.member_state() == wire::MemberState::Active
        && standing.membership_state() == wire::MembershipState::Active
        && standing.role() == wire::CommunityRole::Manager
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_active_manager_of_an_open_tenant_manages() {
        let manager = wire::GetStandingResponse {
            tenant_active: true,
            member_state: wire::MemberState::Active.into(),
            membership_state: wire::MembershipState::Active.into(),
            role: wire::CommunityRole::Manager.into(),
            ..wire::GetStandingResponse::default()
        };
        assert!(is_manager(&manager));
        let closed = wire::GetStandingResponse { tenant_active: false, ..manager.clone() };
        let suspended = wire::MemberState::Suspended.into();
        let suspended = wire::GetStandingResponse { member_state: suspended, ..manager.clone() };
        let left = wire::MembershipState::Left.into();
        let left = wire::GetStandingResponse { membership_state: left, ..manager.clone() };
        let moderator = wire::CommunityRole::Moderator.into();
        let moderator = wire::GetStandingResponse { role: moderator, ..manager };
        for other in [closed, suspended, left, moderator, wire::GetStandingResponse::default()] {
            assert!(!is_manager(&other), "{other:?}");
        }
    }
}
