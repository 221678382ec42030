//! Communities and who belongs to them.

use kindred_proto::membership as wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Member, some_text};
use crate::wire::{CommunityRole, JoinPolicy, MembershipState};

/// A community, and how you stand to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Community {
    /// Which.
    pub community_id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// What members promise each other.
    pub guidelines: String,
    /// How people get in.
    pub join_policy: JoinPolicy,
    /// How many belong to it.
    pub members: u32,
    /// How you stand to it.
    pub your_state: MembershipState,
    /// What you may do in it.
    pub your_role: CommunityRole,
}

impl Community {
    /// From the wire.
    #[must_use]
    pub fn of_wire(community: wire::Community) -> Self {
        Self {
            community_id: community.community_id,
            name: community.name,
            purpose: community.purpose,
            guidelines: community.guidelines,
            join_policy: JoinPolicy::of_wire(community.join_policy),
            members: community.members,
            your_state: MembershipState::of_wire(community.your_state),
            your_role: CommunityRole::of_wire(community.your_role),
        }
    }

    /// Whether you belong to it now.
    #[must_use]
    pub fn yours(&self) -> bool {
        self.your_state == MembershipState::Active
    }

    /// Whether you look after it.
    #[must_use]
    pub fn staff(&self) -> bool {
        self.yours() && self.your_role.is_staff()
    }
}

/// One line of a community's member list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RosterEntry {
    /// Who.
    pub member: Member,
    /// How they stand to the community.
    pub state: MembershipState,
    /// What they may do in it.
    pub role: CommunityRole,
    /// What they wrote when they asked to join; for those who decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl RosterEntry {
    /// From the wire.
    #[must_use]
    pub fn of_wire(entry: wire::RosterEntry) -> Self {
        Self {
            member: Member::of_wire(entry.member.unwrap_or_default()),
            state: MembershipState::of_wire(entry.state),
            role: CommunityRole::of_wire(entry.role),
            note: some_text(entry.note),
        }
    }
}
