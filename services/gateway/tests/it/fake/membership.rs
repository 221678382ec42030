//! Who people are, and who belongs where.

use kindred_proto::membership::blocks_server::{Blocks, BlocksServer};
use kindred_proto::membership::communities_server::{Communities, CommunitiesServer};
use kindred_proto::membership::members_server::{Members, MembersServer};
use kindred_proto::membership::memberships_server::{Memberships, MembershipsServer};
use kindred_proto::membership::programmes_server::{Programmes, ProgrammesServer};
use kindred_proto::membership::sessions_server::{Sessions, SessionsServer};
use kindred_proto::membership::*;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::{Answer, Circle, Fake, Person, Who, World, id, part};

pub fn programmes(fake: Fake) -> ProgrammesServer<Fake> {
    ProgrammesServer::new(fake)
}
pub fn communities(fake: Fake) -> CommunitiesServer<Fake> {
    CommunitiesServer::new(fake)
}
pub fn members(fake: Fake) -> MembersServer<Fake> {
    MembersServer::new(fake)
}
pub fn memberships(fake: Fake) -> MembershipsServer<Fake> {
    MembershipsServer::new(fake)
}
pub fn blocks(fake: Fake) -> BlocksServer<Fake> {
    BlocksServer::new(fake)
}
pub fn sessions(fake: Fake) -> SessionsServer<Fake> {
    SessionsServer::new(fake)
}

fn view(world: &World, member: &str, who: &Who) -> MemberView {
    let Some(person) = world.people.get(member) else { return MemberView::default() };
    let own = member == who.member;
    let shares =
        world.circles.keys().any(|one| world.role(one, member).is_some() && world.role(one, &who.member).is_some());
    let seen = |field: &&ProfileField| match field.visibility() {
        Visibility::Tenant => true,
        Visibility::Community => shares,
        Visibility::Nobody | Visibility::Matched | Visibility::Unspecified => false,
    };
    let erased = person.state == MemberState::Erased;
    MemberView {
        member_id: member.to_owned(),
        handle: if erased { "former member".to_owned() } else { person.handle.clone() },
        state: person.state.into(),
        fields: if erased { vec![] } else { person.fields.iter().filter(|one| own || seen(one)).cloned().collect() },
        is_you: own,
    }
}

fn community(world: &World, key: &str, circle: &Circle, who: &Who) -> Community {
    let own = world.roster.get(&(key.to_owned(), who.member.clone()));
    let inside = world.roster.iter().filter(|((c, _), (state, ..))| c == key && *state == MembershipState::Active);
    Community {
        community_id: key.to_owned(),
        name: circle.name.clone(),
        purpose: circle.purpose.clone(),
        join_policy: circle.policy.into(),
        members: circle.others + inside.count() as u32,
        your_state: own.map_or(MembershipState::None, |(state, ..)| *state).into(),
        your_role: own.map_or(CommunityRole::Unspecified, |(_, role, _)| *role).into(),
        guidelines: circle.guidelines.clone(),
    }
}

#[tonic::async_trait]
impl Programmes for Fake {
    async fn create_programme(&self, _: Request<CreateProgrammeRequest>) -> Answer<CreateProgrammeResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn resume_tenant(&self, _: Request<ResumeTenantRequest>) -> Answer<ResumeTenantResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn create_tenant(&self, request: Request<CreateTenantRequest>) -> Answer<CreateTenantResponse> {
        let (_, ask) = self.enter("CreateTenant", request)?;
        let slug = input::tenant("tenant", &ask.tenant)?.to_string();
        let mut world = self.world();
        if world.tenants.contains_key(&slug) && !world.known(&ask.command_id) {
            return Err(ApiError::refused("TENANT_EXISTS", "there is a tenant of that short name").into());
        }
        let (receipt, _) = world.accept(&ask.command_id, &slug)?;
        let CreateTenantRequest { programme, tenant, name, hue, open_registration, .. } = ask;
        world.tenants.insert(slug, Tenant { tenant, name, programme, suspended: false, hue, open_registration });
        Ok(Response::new(CreateTenantResponse { receipt: Some(receipt) }))
    }

    async fn suspend_tenant(&self, request: Request<SuspendTenantRequest>) -> Answer<SuspendTenantResponse> {
        let (_, ask) = self.enter("SuspendTenant", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.tenants.get_mut(&ask.tenant).ok_or_else(|| Status::not_found("no such tenant"))?.suspended = true;
        Ok(Response::new(SuspendTenantResponse { receipt: Some(receipt) }))
    }

    async fn list_tenants(&self, request: Request<ListTenantsRequest>) -> Answer<ListTenantsResponse> {
        let (_, ask) = self.enter("ListTenants", request)?;
        let (tenants, next_cursor) = part(self.world().tenants.values().cloned().collect(), ask.page)?;
        Ok(Response::new(ListTenantsResponse { tenants, next_cursor }))
    }

    async fn get_tenant(&self, request: Request<GetTenantRequest>) -> Answer<GetTenantResponse> {
        let (_, ask) = self.enter("GetTenant", request)?;
        let tenant = self.world().tenants.get(&ask.tenant).cloned();
        let unknown = || Status::from(ApiError::not_found("TENANT_UNKNOWN", "there is no such tenant"));
        Ok(Response::new(GetTenantResponse { tenant: Some(tenant.ok_or_else(unknown)?) }))
    }
}

#[tonic::async_trait]
impl Communities for Fake {
    async fn create_community(&self, request: Request<CreateCommunityRequest>) -> Answer<CreateCommunityResponse> {
        let (who, ask) = self.enter("CreateCommunity", request)?;
        input::bounded_line("name", &ask.name, 80)?;
        let mut world = self.world();
        let made = id(0xc0, 100 + world.circles.len() as u32);
        let (receipt, community_id) = world.accept(&ask.command_id, &made)?;
        let policy = ask.join_policy();
        let CreateCommunityRequest { name, purpose, guidelines, .. } = ask;
        let circle = Circle { tenant: who.tenant, name, purpose, guidelines, policy, others: 0 };
        world.circles.insert(community_id.clone(), circle);
        let manager = (MembershipState::Active, CommunityRole::Manager, String::new());
        world.roster.insert((community_id.clone(), who.member), manager);
        Ok(Response::new(CreateCommunityResponse { receipt: Some(receipt), community_id }))
    }

    async fn change_community(&self, request: Request<ChangeCommunityRequest>) -> Answer<ChangeCommunityResponse> {
        let (who, ask) = self.enter("ChangeCommunity", request)?;
        let mut world = self.world();
        world.inside(&ask.community_id, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let circle = world.circles.get_mut(&ask.community_id).expect("looked at above");
        (circle.name, circle.purpose, circle.guidelines) = (ask.name, ask.purpose, ask.guidelines);
        Ok(Response::new(ChangeCommunityResponse { receipt: Some(receipt) }))
    }

    async fn get_community(&self, request: Request<GetCommunityRequest>) -> Answer<GetCommunityResponse> {
        let (who, ask) = self.enter("GetCommunity", request)?;
        input::id::<kindred_ids::CommunityId>("community_id", &ask.community_id)?;
        let world = self.world();
        let circle = world.circles.get(&ask.community_id).filter(|circle| circle.tenant == who.tenant);
        let unknown = || Status::from(ApiError::not_found("COMMUNITY_UNKNOWN", "no such community"));
        let community = Some(community(&world, &ask.community_id, circle.ok_or_else(unknown)?, &who));
        Ok(Response::new(GetCommunityResponse { community }))
    }

    async fn list_communities(&self, request: Request<ListCommunitiesRequest>) -> Answer<ListCommunitiesResponse> {
        let (who, ask) = self.enter("ListCommunities", request)?;
        let world = self.world();
        let own = world.circles.iter().filter(|(_, circle)| circle.tenant == who.tenant);
        let all = own.map(|(key, circle)| community(&world, key, circle, &who)).collect();
        let (communities, next_cursor) = part(all, ask.page)?;
        Ok(Response::new(ListCommunitiesResponse { communities, next_cursor }))
    }

    async fn list_members(&self, request: Request<ListMembersRequest>) -> Answer<ListMembersResponse> {
        let (who, ask) = self.enter("ListMembers", request)?;
        let world = self.world();
        let role = world.inside(&ask.community_id, &who)?;
        let staff = matches!(role, CommunityRole::Moderator | CommunityRole::Manager);
        if ask.pending && !staff {
            return Err(ApiError::denied("STAFF_ONLY", "only those who look after the community see who waits").into());
        }
        let fits = |state: MembershipState| match state {
            MembershipState::Pending => ask.pending,
            MembershipState::Active => !ask.pending,
            MembershipState::Suspended => !ask.pending && staff,
            _ => false,
        };
        let lines = world.roster.iter().filter(|((c, _), (state, ..))| *c == ask.community_id && fits(*state));
        let all = lines.map(|((_, member), (state, role, note))| RosterEntry {
            member: Some(view(&world, member, &who)),
            state: (*state).into(),
            role: (*role).into(),
            note: note.clone(),
        });
        let (members, next_cursor) = part(all.collect(), ask.page)?;
        Ok(Response::new(ListMembersResponse { members, next_cursor }))
    }
}

#[tonic::async_trait]
impl Members for Fake {
    async fn grant_tenant_role(&self, _: Request<GrantTenantRoleRequest>) -> Answer<GrantTenantRoleResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn revoke_tenant_role(&self, _: Request<RevokeTenantRoleRequest>) -> Answer<RevokeTenantRoleResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn confirm_erasure(&self, _: Request<ConfirmErasureRequest>) -> Answer<ConfirmErasureResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn get_address(&self, _: Request<GetAddressRequest>) -> Answer<GetAddressResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn register(&self, request: Request<RegisterRequest>) -> Answer<RegisterResponse> {
        let (who, ask) = self.enter("Register", request)?;
        let fits =
            (3..=30).contains(&ask.handle.len()) && ask.handle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !fits {
            let what = "a name has 3 to 30 letters, digits and hyphens";
            return Err(ApiError::invalid("handle", "HANDLE_MALFORMED", what).into());
        }
        let mut world = self.world();
        let taken = world.people.values().any(|one| one.tenant == who.tenant && one.handle == ask.handle);
        if taken && !world.known(&ask.command_id) {
            let error = ApiError::new(
                kindred_service_kit::error::ErrorCode::AlreadyExists,
                "HANDLE_TAKEN",
                "somebody here goes by that name",
            );
            return Err(error.with_field("handle").into());
        }
        let made = id(0x0e, 500 + world.people.len() as u32);
        let (receipt, member_id) = world.accept(&ask.command_id, &made)?;
        let roles = ask.roles().collect();
        let person = Person {
            tenant: who.tenant,
            handle: ask.handle,
            email: ask.email,
            state: MemberState::Active,
            fields: vec![],
            roles,
            operator: false,
            consents: GetConsentResponse::default(),
        };
        world.people.entry(member_id.clone()).or_insert(person);
        Ok(Response::new(RegisterResponse { receipt: Some(receipt), member_id }))
    }

    async fn get_member(&self, request: Request<GetMemberRequest>) -> Answer<GetMemberResponse> {
        let (who, ask) = self.enter("GetMember", request)?;
        input::id::<kindred_ids::MemberId>("member_id", &ask.member_id)?;
        let world = self.world();
        world.person(&ask.member_id, &who)?;
        Ok(Response::new(GetMemberResponse {
            member: Some(view(&world, &ask.member_id, &who)),
            blocked_by_you: world.blocks.contains(&(who.member.clone(), ask.member_id.clone())),
            roles: vec![],
        }))
    }

    async fn get_members(&self, request: Request<GetMembersRequest>) -> Answer<GetMembersResponse> {
        let (who, ask) = self.enter("GetMembers", request)?;
        let world = self.world();
        let known = ask.member_ids.iter().filter(|member| world.person(member, &who).is_ok());
        Ok(Response::new(GetMembersResponse { members: known.map(|member| view(&world, member, &who)).collect() }))
    }

    async fn resolve_handles(&self, request: Request<ResolveHandlesRequest>) -> Answer<ResolveHandlesResponse> {
        let (who, ask) = self.enter("ResolveHandles", request)?;
        let world = self.world();
        let fits = |person: &Person| person.tenant == who.tenant && ask.handles.contains(&person.handle);
        let handles = world.people.iter().filter(|(_, person)| fits(person));
        let handles =
            handles.map(|(key, person)| ResolvedHandle { handle: person.handle.clone(), member_id: key.clone() });
        Ok(Response::new(ResolveHandlesResponse { handles: handles.collect() }))
    }

    async fn set_profile(&self, request: Request<SetProfileRequest>) -> Answer<SetProfileResponse> {
        let (who, ask) = self.enter("SetProfile", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.people.get_mut(&who.member).expect("signed in").fields = ask.fields;
        Ok(Response::new(SetProfileResponse { receipt: Some(receipt) }))
    }

    async fn set_consent(&self, request: Request<SetConsentRequest>) -> Answer<SetConsentResponse> {
        let (who, ask) = self.enter("SetConsent", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let consents = &mut world.people.get_mut(&who.member).expect("signed in").consents;
        let consent = match ask.purpose() {
            ConsentPurpose::Unspecified => {
                return Err(ApiError::invalid("purpose", "UNKNOWN_PURPOSE", "`purpose` is none of these").into());
            }
            ConsentPurpose::Matching => &mut consents.matching,
            ConsentPurpose::Inference => &mut consents.inference,
            ConsentPurpose::Text => &mut consents.text,
            ConsentPurpose::Outcomes => &mut consents.outcomes,
        };
        *consent = ask.agrees;
        Ok(Response::new(SetConsentResponse { receipt: Some(receipt) }))
    }

    async fn get_consent(&self, request: Request<GetConsentRequest>) -> Answer<GetConsentResponse> {
        let (who, _) = self.enter("GetConsent", request)?;
        Ok(Response::new(self.world().person(&who.member, &who)?.consents))
    }

    async fn suspend(&self, request: Request<SuspendRequest>) -> Answer<SuspendResponse> {
        let (who, ask) = self.enter("Suspend", request)?;
        let mut world = self.world();
        world.person(&ask.member_id, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.people.get_mut(&ask.member_id).expect("looked at above").state = MemberState::Suspended;
        Ok(Response::new(SuspendResponse { receipt: Some(receipt) }))
    }

    async fn reinstate(&self, request: Request<ReinstateRequest>) -> Answer<ReinstateResponse> {
        let (who, ask) = self.enter("Reinstate", request)?;
        let mut world = self.world();
        world.person(&ask.member_id, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.people.get_mut(&ask.member_id).expect("looked at above").state = MemberState::Active;
        Ok(Response::new(ReinstateResponse { receipt: Some(receipt) }))
    }

    async fn erase(&self, request: Request<EraseRequest>) -> Answer<EraseResponse> {
        let (who, ask) = self.enter("Erase", request)?;
        let mut world = self.world();
        let member = if ask.member_id.is_empty() { who.member.clone() } else { ask.member_id };
        world.person(&member, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let now = world.now();
        world.people.get_mut(&member).expect("looked at above").state = MemberState::Erased;
        world.sessions.retain(|_, holder| *holder != member);
        world.erasures.insert(member, now);
        Ok(Response::new(EraseResponse { receipt: Some(receipt) }))
    }

    async fn get_erasure(&self, request: Request<GetErasureRequest>) -> Answer<GetErasureResponse> {
        let (_, ask) = self.enter("GetErasure", request)?;
        let world = self.world();
        let Some(at) = world.erasures.get(&ask.member_id).copied() else {
            return Err(ApiError::not_found("ERASURE_UNKNOWN", "no erasure was asked for").into());
        };
        let done = world.certified.contains(&ask.member_id);
        let contexts: &[&str] =
            if done { &["membership", "posting", "matching", "notification"] } else { &["membership", "posting"] };
        let confirmation = |context: &&str| ErasureConfirmation { context: (*context).to_owned(), at: at + 30_000 };
        Ok(Response::new(GetErasureResponse {
            requested_at: at,
            certified_at: if done { at + 95_000 } else { 0 },
            confirmations: contexts.iter().map(confirmation).collect(),
            certificate: if done { CERTIFICATE.to_owned() } else { String::new() },
        }))
    }
}

const CERTIFICATE: &str = "Erasure certificate\nDestroyed: the data key of this member, on 22 November 2026, 09:31 UTC.\nConfirmed by: membership, posting, matching, notification.\nWhat stays readable: words that others typed again by hand.";

#[tonic::async_trait]
impl Memberships for Fake {
    async fn get_standing(&self, _: Request<GetStandingRequest>) -> Answer<GetStandingResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn join(&self, request: Request<JoinRequest>) -> Answer<JoinResponse> {
        let (who, ask) = self.enter("Join", request)?;
        let mut world = self.world();
        let Some(circle) = world.circles.get(&ask.community_id).filter(|circle| circle.tenant == who.tenant) else {
            return Err(ApiError::not_found("COMMUNITY_UNKNOWN", "no such community").into());
        };
        let state = match circle.policy {
            JoinPolicy::Open => MembershipState::Active,
            JoinPolicy::Approval => MembershipState::Pending,
            _ => return Err(ApiError::refused("BY_INVITATION", "this community is by invitation").into()),
        };
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.roster.insert((ask.community_id, who.member), (state, CommunityRole::Member, ask.note));
        Ok(Response::new(JoinResponse { receipt: Some(receipt), state: state.into() }))
    }

    async fn leave(&self, request: Request<LeaveRequest>) -> Answer<LeaveResponse> {
        let (who, ask) = self.enter("Leave", request)?;
        let mut world = self.world();
        world.inside(&ask.community_id, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let left = (MembershipState::Left, CommunityRole::Member, String::new());
        world.roster.insert((ask.community_id, who.member), left);
        Ok(Response::new(LeaveResponse { receipt: Some(receipt) }))
    }

    async fn decide_join(&self, request: Request<DecideJoinRequest>) -> Answer<DecideJoinResponse> {
        let (who, ask) = self.enter("DecideJoin", request)?;
        let receipt = self.place(&who, &ask.command_id, &ask.community_id, &ask.member_id, |entry| {
            entry.0 = if ask.admit { MembershipState::Active } else { MembershipState::Declined };
        })?;
        Ok(Response::new(DecideJoinResponse { receipt: Some(receipt) }))
    }

    async fn invite(&self, request: Request<InviteRequest>) -> Answer<InviteResponse> {
        let (who, ask) = self.enter("Invite", request)?;
        let mut world = self.world();
        world.inside(&ask.community_id, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        Ok(Response::new(InviteResponse { receipt: Some(receipt) }))
    }

    async fn suspend_membership(
        &self,
        request: Request<SuspendMembershipRequest>,
    ) -> Answer<SuspendMembershipResponse> {
        let (who, ask) = self.enter("SuspendMembership", request)?;
        input::bounded_text("reason", &ask.reason, 500)?;
        let receipt = self.place(&who, &ask.command_id, &ask.community_id, &ask.member_id, |entry| {
            entry.0 = MembershipState::Suspended;
        })?;
        Ok(Response::new(SuspendMembershipResponse { receipt: Some(receipt) }))
    }

    async fn reinstate_membership(
        &self,
        request: Request<ReinstateMembershipRequest>,
    ) -> Answer<ReinstateMembershipResponse> {
        let (who, ask) = self.enter("ReinstateMembership", request)?;
        let receipt = self.place(&who, &ask.command_id, &ask.community_id, &ask.member_id, |entry| {
            entry.0 = MembershipState::Active;
        })?;
        Ok(Response::new(ReinstateMembershipResponse { receipt: Some(receipt) }))
    }

    async fn set_community_role(&self, request: Request<SetCommunityRoleRequest>) -> Answer<SetCommunityRoleResponse> {
        let (who, ask) = self.enter("SetCommunityRole", request)?;
        let role = ask.role();
        let receipt = self.place(&who, &ask.command_id, &ask.community_id, &ask.member_id, |entry| entry.1 = role)?;
        Ok(Response::new(SetCommunityRoleResponse { receipt: Some(receipt) }))
    }
}

impl Fake {
    /// Changes one line of a roster, as those who look after the community may.
    fn place(
        &self,
        who: &Who,
        command: &str,
        community: &str,
        member: &str,
        change: impl FnOnce(&mut (MembershipState, CommunityRole, String)),
    ) -> Result<kindred_proto::common::Receipt, Status> {
        let mut world = self.world();
        if !matches!(world.inside(community, who)?, CommunityRole::Moderator | CommunityRole::Manager) {
            return Err(ApiError::denied("STAFF_ONLY", "only those who look after the community may do this").into());
        }
        let (receipt, _) = world.accept(command, "")?;
        let entry = world.roster.get_mut(&(community.to_owned(), member.to_owned()));
        change(entry.ok_or_else(|| Status::from(ApiError::not_found("MEMBERSHIP_UNKNOWN", "no such member here")))?);
        Ok(receipt)
    }
}

#[tonic::async_trait]
impl Blocks for Fake {
    async fn check_block(&self, _: Request<CheckBlockRequest>) -> Answer<CheckBlockResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn block(&self, request: Request<BlockRequest>) -> Answer<BlockResponse> {
        let (who, ask) = self.enter("Block", request)?;
        let mut world = self.world();
        world.person(&ask.member_id, &who)?;
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.blocks.insert((who.member, ask.member_id));
        Ok(Response::new(BlockResponse { receipt: Some(receipt) }))
    }

    async fn unblock(&self, request: Request<UnblockRequest>) -> Answer<UnblockResponse> {
        let (who, ask) = self.enter("Unblock", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.blocks.remove(&(who.member, ask.member_id));
        Ok(Response::new(UnblockResponse { receipt: Some(receipt) }))
    }

    async fn list_blocks(&self, request: Request<ListBlocksRequest>) -> Answer<ListBlocksResponse> {
        let (who, _) = self.enter("ListBlocks", request)?;
        let world = self.world();
        let own = world.blocks.iter().filter(|(by, _)| *by == who.member);
        Ok(Response::new(ListBlocksResponse { members: own.map(|(_, whom)| view(&world, whom, &who)).collect() }))
    }
}

#[tonic::async_trait]
impl Sessions for Fake {
    async fn open_session(&self, _: Request<OpenSessionRequest>) -> Answer<OpenSessionResponse> {
        Err(Status::unimplemented("no page needs it"))
    }

    async fn request_sign_in(&self, request: Request<RequestSignInRequest>) -> Answer<RequestSignInResponse> {
        let (_, ask) = self.enter("RequestSignIn", request)?;
        if !ask.email.contains('@') {
            return Err(ApiError::invalid("email", "EMAIL_MALFORMED", "that is not an e-mail address").into());
        }
        let mut world = self.world();
        world.accept(&ask.command_id, "")?;
        let known = world.people.iter().find(|(_, one)| one.tenant == ask.tenant && one.email == ask.email);
        if let Some(member) = known.map(|(key, _)| key.clone()) {
            world.links.insert(format!("{}.link.{member}", ask.tenant), member);
        }
        Ok(Response::new(RequestSignInResponse {}))
    }

    async fn redeem_sign_in(&self, request: Request<RedeemSignInRequest>) -> Answer<RedeemSignInResponse> {
        let (_, ask) = self.enter("RedeemSignIn", request)?;
        let mut world = self.world();
        let Some(member) = world.links.remove(&ask.token) else {
            return Err(ApiError::unauthenticated("LINK_UNKNOWN", "this link was used or is too old").into());
        };
        let session_token = format!("{}.session.{member}", world.people[&member].tenant);
        world.sessions.insert(session_token.clone(), member);
        let expires_at = world.now() + 3_600_000;
        Ok(Response::new(RedeemSignInResponse { session_token, expires_at }))
    }

    async fn resolve_session(&self, request: Request<ResolveSessionRequest>) -> Answer<ResolveSessionResponse> {
        let (_, ask) = self.enter("ResolveSession", request)?;
        let world = self.world();
        let Some(member) = world.sessions.get(&ask.session_token) else {
            return Err(ApiError::unauthenticated("SESSION_UNKNOWN", "no such session").into());
        };
        let person = &world.people[member];
        Ok(Response::new(ResolveSessionResponse {
            tenant: person.tenant.clone(),
            member_id: member.clone(),
            session_id: id(0x5e, 1),
            handle: person.handle.clone(),
            roles: person.roles.iter().map(|role| (*role).into()).collect(),
            authenticated_at: world.now() - 60_000,
            expires_at: world.now() + 3_600_000,
            programme_operator: person.operator,
        }))
    }

    async fn sign_out(&self, request: Request<SignOutRequest>) -> Answer<SignOutResponse> {
        let (who, ask) = self.enter("SignOut", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.sessions.retain(|_, holder| *holder != who.member);
        Ok(Response::new(SignOutResponse { receipt: Some(receipt) }))
    }
}
