//! People: names in one batch, profiles, consent, blocks, erasure.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use kindred_proto::membership as wire;
use kindred_service_kit::error::ApiError;

use crate::backends::{Call, ask};
use crate::model::{Accepted, Author, Authors, Consents, Erasure, Member, Profile, ProfileField};
use crate::wire::{ConsentPurpose, TenantRole};

/// Most names that one call gives.
const BATCH: usize = 200;

/// The names behind many ids: one call for a page, however many posts it shows.
pub async fn authors<'a>(call: &Call, ids: impl IntoIterator<Item = &'a str>) -> Result<Authors, ApiError> {
    let members = many(call, ids).await?;
    Ok(Authors::new(members.iter().map(Member::author)))
}

/// Many members, as the caller may see them.
pub async fn many<'a>(call: &Call, ids: impl IntoIterator<Item = &'a str>) -> Result<Vec<Member>, ApiError> {
    let distinct: BTreeSet<&str> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    if distinct.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<String> = distinct.into_iter().map(str::to_owned).collect();
    let batches = all
        .chunks(BATCH)
        .map(|chunk| async { ask!(call, members.get_members(wire::GetMembersRequest { member_ids: chunk.to_vec() })) });
    let answers = try_join_all(batches).await?;
    Ok(answers.into_iter().flat_map(|answer| answer.members).map(Member::of_wire).collect())
}

/// One member.
pub async fn get(call: &Call, member_id: &str) -> Result<Member, ApiError> {
    let request = wire::GetMemberRequest { member_id: member_id.to_owned() };
    let answer = ask!(call, members.get_member(request))?;
    let view = answer.member.ok_or_else(|| ApiError::not_found("MEMBER_UNKNOWN", "no such member"))?;
    Ok(Member {
        blocked_by_you: answer.blocked_by_you,
        roles: answer.roles.iter().map(|role| TenantRole::of_wire(*role)).collect(),
        ..Member::of_wire(view)
    })
}

/// The member behind a pseudonym.
pub async fn by_handle(call: &Call, handle: &str) -> Result<String, ApiError> {
    let handle = handle.trim().trim_start_matches('@').to_owned();
    let request = wire::ResolveHandlesRequest { handles: vec![handle], tenant: String::new() };
    let answer = ask!(call, members.resolve_handles(request))?;
    let found = answer.handles.into_iter().next();
    found
        .map(|one| one.member_id)
        .ok_or_else(|| ApiError::not_found("HANDLE_UNKNOWN", "nobody here has that name").with_field("handle"))
}

/// The caller's own profile and consent.
pub async fn profile(call: &Call, member_id: &str) -> Result<Profile, ApiError> {
    let (member, consent) = tokio::try_join!(get(call, member_id), consents(call))?;
    Ok(Profile { member_id: member.member_id, handle: member.handle, fields: member.fields, consents: consent })
}

/// What the caller agreed to.
pub async fn consents(call: &Call) -> Result<Consents, ApiError> {
    Ok(Consents::of_wire(&ask!(call, members.get_consent(wire::GetConsentRequest {}))?))
}

/// Replaces the caller's whole profile.
pub async fn set_profile(call: &Call, command_id: String, fields: Vec<ProfileField>) -> Result<Accepted, ApiError> {
    let fields = fields.into_iter().map(ProfileField::into_wire).collect();
    let request = wire::SetProfileRequest { command_id, fields, ..wire::SetProfileRequest::default() };
    Ok(Accepted::of_wire(ask!(call, members.set_profile(request))?.receipt))
}

/// Says whether the caller agrees to a purpose.
pub async fn set_consent(
    call: &Call,
    command_id: String,
    purpose: ConsentPurpose,
    agrees: bool,
) -> Result<Accepted, ApiError> {
    let purpose = purpose.wire();
    let request = wire::SetConsentRequest { command_id, agrees, purpose, ..wire::SetConsentRequest::default() };
    Ok(Accepted::of_wire(ask!(call, members.set_consent(request))?.receipt))
}

/// Who shall become a member.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// Where mail reaches them.
    pub email: String,
    /// Their pseudonym.
    pub handle: String,
    /// Their real name, seen by nobody; may be empty.
    pub name: String,
    /// Whose member, where the caller is nobody's.
    pub tenant: String,
    /// What they may do in the whole tenant.
    pub roles: Vec<TenantRole>,
}

/// Makes a member.
pub async fn register(call: &Call, command_id: String, newcomer: Newcomer) -> Result<Accepted, ApiError> {
    let Newcomer { email, handle, name, tenant, roles } = newcomer;
    let roles = roles.into_iter().map(TenantRole::wire).collect();
    let request = wire::RegisterRequest { command_id, email, handle, name, tenant, roles };
    let answer = ask!(call, members.register(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.member_id))
}

/// Suspends a member in the whole tenant, or lets them back with no reason given.
pub async fn suspend(
    call: &Call,
    command_id: String,
    member_id: String,
    reason: Option<String>,
) -> Result<Accepted, ApiError> {
    let receipt = match reason {
        Some(reason) => ask!(call, members.suspend(wire::SuspendRequest { command_id, member_id, reason }))?.receipt,
        None => ask!(call, members.reinstate(wire::ReinstateRequest { command_id, member_id }))?.receipt,
    };
    Ok(Accepted::of_wire(receipt))
}

/// Erases the caller, with no member named, or for a privacy officer somebody else.
pub async fn erase(call: &Call, command_id: String, member_id: String) -> Result<Accepted, ApiError> {
    Ok(Accepted::of_wire(ask!(call, members.erase(wire::EraseRequest { command_id, member_id }))?.receipt))
}

/// How far an erasure has come.
pub async fn erasure(call: &Call, member_id: &str) -> Result<Erasure, ApiError> {
    let request = wire::GetErasureRequest { member_id: member_id.to_owned() };
    Ok(Erasure::of_wire(member_id.to_owned(), ask!(call, members.get_erasure(request))?))
}

/// Whom the caller has blocked.
pub async fn blocks(call: &Call) -> Result<Vec<Author>, ApiError> {
    let answer = ask!(call, blocks.list_blocks(wire::ListBlocksRequest {}))?;
    Ok(answer.members.into_iter().map(|view| Member::of_wire(view).author()).collect())
}

/// Blocks a member, both ways.
pub async fn block(call: &Call, command_id: String, member_id: String) -> Result<Accepted, ApiError> {
    Ok(Accepted::of_wire(ask!(call, blocks.block(wire::BlockRequest { command_id, member_id }))?.receipt))
}

/// Takes a block back.
pub async fn unblock(call: &Call, command_id: String, member_id: String) -> Result<Accepted, ApiError> {
    Ok(Accepted::of_wire(ask!(call, blocks.unblock(wire::UnblockRequest { command_id, member_id }))?.receipt))
}
