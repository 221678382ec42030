//! Communities, and who belongs to them.

use kindred_proto::membership as wire;
use kindred_service_kit::error::ApiError;

use super::Part;
use crate::backends::{Call, ask};
use crate::model::{Accepted, Community, Page, RosterEntry};
use crate::wire::{CommunityRole, JoinPolicy, MembershipState};

/// Communities of the caller's tenant.
pub async fn list(call: &Call, part: &Part) -> Result<Page<Community>, ApiError> {
    let answer = ask!(call, communities.list_communities(wire::ListCommunitiesRequest { page: part.wire() }))?;
    let items = answer.communities.into_iter().map(Community::of_wire).collect();
    Ok(Page::of_wire(items, answer.next_cursor, false))
}

/// One community.
pub async fn get(call: &Call, community_id: &str) -> Result<Community, ApiError> {
    let request = wire::GetCommunityRequest { community_id: community_id.to_owned() };
    let answer = ask!(call, communities.get_community(request))?;
    let community = answer.community.ok_or_else(|| ApiError::not_found("COMMUNITY_UNKNOWN", "no such community"))?;
    Ok(Community::of_wire(community))
}

/// What a community is like.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// What members promise each other.
    pub guidelines: String,
    /// How people get in.
    pub join_policy: JoinPolicy,
}

/// Makes a community in the caller's tenant.
pub async fn create(call: &Call, command_id: String, shape: Shape) -> Result<Accepted, ApiError> {
    let request = wire::CreateCommunityRequest {
        command_id,
        name: shape.name,
        purpose: shape.purpose,
        join_policy: shape.join_policy.wire(),
        guidelines: shape.guidelines,
        tenant: String::new(),
    };
    let answer = ask!(call, communities.create_community(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.community_id))
}

/// Changes what a community is like.
pub async fn change(call: &Call, command_id: String, community_id: &str, shape: Shape) -> Result<Accepted, ApiError> {
    let request = wire::ChangeCommunityRequest {
        command_id,
        community_id: community_id.to_owned(),
        name: shape.name,
        purpose: shape.purpose,
        join_policy: shape.join_policy.wire(),
        guidelines: shape.guidelines,
    };
    Ok(Accepted::of_wire(ask!(call, communities.change_community(request))?.receipt))
}

/// Those inside, or those who wait.
pub async fn members(
    call: &Call,
    community_id: &str,
    part: &Part,
    pending: bool,
) -> Result<Page<RosterEntry>, ApiError> {
    let request = wire::ListMembersRequest { community_id: community_id.to_owned(), page: part.wire(), pending };
    let answer = ask!(call, communities.list_members(request))?;
    let items = answer.members.into_iter().map(RosterEntry::of_wire).collect();
    Ok(Page::of_wire(items, answer.next_cursor, false))
}

/// Joins, or asks to.
pub async fn join(call: &Call, command_id: String, community_id: &str, note: String) -> Result<Accepted, ApiError> {
    let request =
        wire::JoinRequest { command_id, community_id: community_id.to_owned(), note, ..wire::JoinRequest::default() };
    let answer = ask!(call, memberships.join(request))?;
    let state = Some(MembershipState::of_wire(answer.state));
    Ok(Accepted { state, ..Accepted::of_wire(answer.receipt) })
}

/// Leaves; what was written stays.
pub async fn leave(call: &Call, command_id: String, community_id: &str) -> Result<Accepted, ApiError> {
    let request = wire::LeaveRequest { command_id, community_id: community_id.to_owned() };
    Ok(Accepted::of_wire(ask!(call, memberships.leave(request))?.receipt))
}

/// A member of a community, as staff names them.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where.
    pub community_id: String,
    /// Who.
    pub member_id: String,
}

/// Admits or turns down somebody who waits.
pub async fn decide(call: &Call, command_id: String, place: Place, admit: bool) -> Result<Accepted, ApiError> {
    let Place { community_id, member_id } = place;
    let request = wire::DecideJoinRequest { command_id, community_id, member_id, admit, tenant: String::new() };
    Ok(Accepted::of_wire(ask!(call, memberships.decide_join(request))?.receipt))
}

/// Invites a member.
pub async fn invite(call: &Call, command_id: String, place: Place) -> Result<Accepted, ApiError> {
    let Place { community_id, member_id } = place;
    let request = wire::InviteRequest { command_id, community_id, member_id };
    Ok(Accepted::of_wire(ask!(call, memberships.invite(request))?.receipt))
}

/// Gives a member a role in a community.
pub async fn set_role(
    call: &Call,
    command_id: String,
    place: Place,
    role: CommunityRole,
) -> Result<Accepted, ApiError> {
    let Place { community_id, member_id } = place;
    let request =
        wire::SetCommunityRoleRequest { command_id, community_id, member_id, role: role.wire(), tenant: String::new() };
    Ok(Accepted::of_wire(ask!(call, memberships.set_community_role(request))?.receipt))
}

/// Suspends a member from a community, or lets them back with no reason given.
pub async fn suspend(
    call: &Call,
    command_id: String,
    place: Place,
    reason: Option<String>,
) -> Result<Accepted, ApiError> {
    let Place { community_id, member_id } = place;
    let receipt = match reason {
        Some(reason) => {
            let request = wire::SuspendMembershipRequest { command_id, community_id, member_id, reason };
            ask!(call, memberships.suspend_membership(request))?.receipt
        }
        None => {
            let request = wire::ReinstateMembershipRequest { command_id, community_id, member_id };
            ask!(call, memberships.reinstate_membership(request))?.receipt
        }
    };
    Ok(Accepted::of_wire(receipt))
}
