//! What membership says of a caller, and what is asked of membership.

use std::collections::HashMap;

use futures::future::BoxFuture;
use kindred_eventsourcing::KeyId;
use kindred_ids::{CommunityId, MemberId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

/// What a member may do in one community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommunityRole {
    /// Takes part.
    Member,
    /// Helps others along.
    Mentor,
    /// Keeps the peace.
    Moderator,
    /// Runs the community.
    Manager,
}

/// Proof that the caller was an active member of the community when membership was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What they may do there.
    pub role: CommunityRole,
    /// The data key that seals what they write.
    pub key: KeyId,
}

impl Standing {
    /// Whether they may take out what others wrote.
    #[must_use]
    pub const fn moderates(&self) -> bool {
        matches!(self.role, CommunityRole::Moderator | CommunityRole::Manager)
    }
}

/// What posting asks of membership, in the caller's name.
pub trait Membership: Send + Sync + 'static {
    /// The caller's standing in a community, from the log's leader; an error that says
    /// precisely what is lacking if they may not act there.
    fn standing<'a>(&'a self, caller: &'a Caller, community: CommunityId) -> BoxFuture<'a, Result<Standing, ApiError>>;

    /// The key of a member who may act at all, from the log's leader; an error that says
    /// precisely what is lacking if they may not.
    fn presence<'a>(&'a self, caller: &'a Caller, member: MemberId) -> BoxFuture<'a, Result<KeyId, ApiError>>;

    /// Whether either of two members has blocked the other, from the log's leader.
    fn are_apart<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;

    /// The members behind handles, by the handle in lower case; unknown ones are left out.
    fn resolve<'a>(
        &'a self,
        caller: &'a Caller,
        handles: Vec<String>,
    ) -> BoxFuture<'a, Result<HashMap<String, MemberId>, ApiError>>;
}

/// What posting asks of matching, in the caller's name.
pub trait Acquaintances: Send + Sync + 'static {
    /// Whether an introduction of two members was accepted, whoever asked, from the log's
    /// leader.
    fn are_acquainted<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;
}
