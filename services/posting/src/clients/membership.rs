//! Membership over gRPC, in the caller's name.

use std::collections::HashMap;

use futures::future::BoxFuture;
use kindred_eventsourcing::KeyId;
use kindred_ids::{CommunityId, MemberId};
use kindred_proto::membership as wire;
use kindred_proto::membership::blocks_client::BlocksClient;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::ServiceChannel;
use uuid::Uuid;

use crate::application::{CommunityRole, Membership, Standing};

/// Asks membership.
#[derive(Clone)]
pub struct MembershipClient {
    memberships: MembershipsClient<ServiceChannel>,
    members: MembersClient<ServiceChannel>,
    blocks: BlocksClient<ServiceChannel>,
}

impl MembershipClient {
    /// Asks through `channel`.
    #[must_use]
    pub fn new(channel: ServiceChannel) -> Self {
        Self {
            memberships: MembershipsClient::new(channel.clone()),
            members: MembersClient::new(channel.clone()),
            blocks: BlocksClient::new(channel),
        }
    }

    /// Asks for a member's standing: in a community, or at all.
    async fn ask_standing(
        &self,
        caller: &Caller,
        member: MemberId,
        community: Option<CommunityId>,
    ) -> Result<wire::GetStandingResponse, ApiError> {
        let request = caller.request(wire::GetStandingRequest {
            tenant: caller.member()?.tenant.to_string(),
            member_id: member.to_string(),
            community_id: community.as_ref().map(ToString::to_string).unwrap_or_default(),
        });
        Ok(self.memberships.clone().get_standing(request).await?.into_inner())
    }

    async fn ask_block(&self, caller: &Caller, one: MemberId, other: MemberId) -> Result<bool, ApiError> {
        let request = caller.request(wire::CheckBlockRequest {
            tenant: caller.member()?.tenant.to_string(),
            member_id: one.to_string(),
            other_member_id: other.to_string(),
        });
        Ok(self.blocks.clone().check_block(request).await?.into_inner().blocked)
    }

    async fn ask_handles(&self, caller: &Caller, handles: Vec<String>) -> Result<HashMap<String, MemberId>, ApiError> {
        let tenant = caller.member()?.tenant.to_string();
        let request = caller.request(wire::ResolveHandlesRequest { handles, tenant });
        let answer = self.members.clone().resolve_handles(request).await?.into_inner();
        let resolved = answer.handles.into_iter().map(|resolved| {
            let member = resolved.member_id.parse().map_err(|_| unreadable("a handle's `member_id`"))?;
            Ok((resolved.handle.to_ascii_lowercase(), member))
        });
        resolved.collect()
    }
}

impl Membership for MembershipClient {
    fn standing<'a>(&'a self, caller: &'a Caller, community: CommunityId) -> BoxFuture<'a, Result<Standing, ApiError>> {
        Box::pin(async move {
            let own = caller.member()?.member;
            read_standing(&self.ask_standing(caller, own, Some(community)).await?)
        })
    }

    fn presence<'a>(&'a self, caller: &'a Caller, member: MemberId) -> BoxFuture<'a, Result<KeyId, ApiError>> {
        Box::pin(async move { read_presence(&self.ask_standing(caller, member, None).await?) })
    }

    fn are_apart<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(self.ask_block(caller, one, other))
    }

    fn resolve<'a>(
        &'a self,
        caller: &'a Caller,
        handles: Vec<String>,
    ) -> BoxFuture<'a, Result<HashMap<String, MemberId>, ApiError>> {
        Box::pin(self.ask_handles(caller, handles))
    }
}

/// What membership's answer says of a member as such: their key, or precisely what is lacking.
fn read_presence(answer: &wire::GetStandingResponse) -> Result<KeyId, ApiError> {
    if !answer.tenant_active {
        return Err(ApiError::denied("TENANT_SUSPENDED", "the tenant is suspended"));
    }
    match answer.member_state() {
        wire::MemberState::Active => {}
        wire::MemberState::Suspended => return Err(ApiError::denied("MEMBER_SUSPENDED", "you are suspended")),
        wire::MemberState::Erased => return Err(ApiError::denied("MEMBER_ERASED", "this member was erased")),
        wire::MemberState::Unspecified => return Err(ApiError::denied("MEMBER_UNKNOWN", "there is no such member")),
    }
    Uuid::from_slice(&answer.data_key_id).map(KeyId).map_err(|_| unreadable("`data_key_id`"))
}

/// What membership's answer means in a community: a standing, or precisely what is lacking.
fn read_standing(answer: &wire::GetStandingResponse) -> Result<Standing, ApiError> {
    let key = read_presence(answer)?;
    match answer.membership_state() {
        wire::MembershipState::Active => {}
        wire::MembershipState::Suspended => {
            return Err(ApiError::denied("MEMBERSHIP_SUSPENDED", "you are suspended from this community"));
        }
        wire::MembershipState::Pending => {
            return Err(ApiError::denied("MEMBERSHIP_PENDING", "you wait to be admitted to this community"));
        }
        wire::MembershipState::None
        | wire::MembershipState::Left
        | wire::MembershipState::Declined
        | wire::MembershipState::Unspecified => {
            return Err(ApiError::denied("NOT_A_MEMBER", "you do not belong to this community"));
        }
    }
    Ok(Standing { role: role(answer.role()), key })
}

/// A role that this program does not know yet allows no more than being a member.
const fn role(role: wire::CommunityRole) -> CommunityRole {
    match role {
        wire::CommunityRole::Unspecified | wire::CommunityRole::Member => CommunityRole::Member,
        wire::CommunityRole::Mentor => CommunityRole::Mentor,
        wire::CommunityRole::Moderator => CommunityRole::Moderator,
        wire::CommunityRole::Manager => CommunityRole::Manager,
    }
}

fn unreadable(what: &'static str) -> ApiError {
    tracing::error!(what, "membership's answer cannot be read");
    ApiError::unavailable("MEMBERSHIP_UNREADABLE", "membership's answer cannot be read")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn active() -> wire::GetStandingResponse {
        wire::GetStandingResponse {
            tenant_active: true,
            member_state: wire::MemberState::Active.into(),
            membership_state: wire::MembershipState::Active.into(),
            role: wire::CommunityRole::Member.into(),
            data_key_id: vec![7; 16].into(),
        }
    }

    #[test]
    fn every_lack_of_standing_has_its_reason() {
        let member = |state: wire::MemberState| wire::GetStandingResponse { member_state: state.into(), ..active() };
        let membership =
            |state: wire::MembershipState| wire::GetStandingResponse { membership_state: state.into(), ..active() };
        let rows = [
            (wire::GetStandingResponse { tenant_active: false, ..active() }, "TENANT_SUSPENDED"),
            (member(wire::MemberState::Suspended), "MEMBER_SUSPENDED"),
            (member(wire::MemberState::Erased), "MEMBER_ERASED"),
            (member(wire::MemberState::Unspecified), "MEMBER_UNKNOWN"),
            (membership(wire::MembershipState::None), "NOT_A_MEMBER"),
            (membership(wire::MembershipState::Left), "NOT_A_MEMBER"),
            (membership(wire::MembershipState::Declined), "NOT_A_MEMBER"),
            (membership(wire::MembershipState::Unspecified), "NOT_A_MEMBER"),
            (membership(wire::MembershipState::Pending), "MEMBERSHIP_PENDING"),
            (membership(wire::MembershipState::Suspended), "MEMBERSHIP_SUSPENDED"),
        ];
        for (answer, reason) in rows {
            let error = read_standing(&answer).expect_err("refused");
            assert_eq!((error.code().as_str(), error.reason()), ("PERMISSION_DENIED", reason));
        }
        assert!(read_standing(&wire::GetStandingResponse { data_key_id: vec![7; 3].into(), ..active() }).is_err());
    }

    #[test]
    fn outside_communities_only_the_member_and_their_tenant_count() {
        let nowhere = wire::GetStandingResponse { membership_state: wire::MembershipState::None.into(), ..active() };
        assert_eq!(read_presence(&nowhere), Ok(KeyId(Uuid::from_bytes([7; 16]))));
        for state in [wire::MemberState::Suspended, wire::MemberState::Erased, wire::MemberState::Unspecified] {
            let error = read_presence(&wire::GetStandingResponse { member_state: state.into(), ..active() });
            assert_eq!(error.expect_err("refused").code().as_str(), "PERMISSION_DENIED");
        }
    }

    #[test]
    fn moderators_and_managers_moderate_and_nobody_else() {
        use wire::CommunityRole as Role;
        let rows = [
            (Role::Unspecified, false),
            (Role::Member, false),
            (Role::Mentor, false),
            (Role::Moderator, true),
            (Role::Manager, true),
        ];
        for (role, moderates) in rows {
            let standing = read_standing(&wire::GetStandingResponse { role: role.into(), ..active() });
            assert_eq!(standing.expect("active").moderates(), moderates, "{role:?}");
        }
    }
}
