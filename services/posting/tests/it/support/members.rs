//! Membership and matching over gRPC, as far as posting asks them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kindred_eventsourcing::KeyId;
use kindred_ids::{CommunityId, MemberId, TenantSlug};
use kindred_posting::application::Standing;
use kindred_proto::membership as wire;
use kindred_vault::{KeySource as _, KeyState, MemoryVault};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{FakeMatching, FakeMembership, Town};

/// A running one; it stops when told to, or with the test.
pub struct MembersServer {
    address: SocketAddr,
    answers: Arc<Answers>,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<()>,
}

struct Answers {
    vault: MemoryVault,
    membership: Arc<FakeMembership>,
    matching: Arc<FakeMatching>,
    without_both_tokens: AtomicUsize,
}

impl MembersServer {
    pub async fn start(town: &Town) -> Self {
        let answers = Arc::new(Answers {
            vault: town.vault.clone(),
            membership: town.membership.clone(),
            matching: town.matching.clone(),
            without_both_tokens: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let server = tonic::transport::Server::builder()
            .add_service(wire::memberships_server::MembershipsServer::from_arc(answers.clone()))
            .add_service(wire::members_server::MembersServer::from_arc(answers.clone()))
            .add_service(wire::keys_server::KeysServer::from_arc(answers.clone()))
            .add_service(wire::blocks_server::BlocksServer::from_arc(answers.clone()))
            .add_service(kindred_proto::matching::matching_server::MatchingServer::from_arc(answers.clone()))
            .serve_with_incoming_shutdown(TcpIncoming::from(listener), stop.clone().cancelled_owned());
        let served = tokio::spawn(async move { server.await.unwrap() });
        Self { address, answers, stop, served }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls in a member's name that did not say which service speaks for them.
    pub fn calls_without_both_tokens(&self) -> usize {
        self.answers.without_both_tokens.load(Ordering::SeqCst)
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.served.await.unwrap();
    }
}

impl Answers {
    fn look_at<M>(&self, request: &Request<M>) {
        let both = ["kindred-caller", "kindred-service"].iter().all(|name| request.metadata().contains_key(*name));
        self.without_both_tokens.fetch_add(usize::from(!both), Ordering::SeqCst);
    }

    fn standing(&self, asked: &wire::GetStandingRequest) -> wire::GetStandingResponse {
        let tenant: TenantSlug = asked.tenant.parse().unwrap();
        let member: MemberId = asked.member_id.parse().unwrap();
        let none = wire::GetStandingResponse {
            tenant_active: true,
            member_state: wire::MemberState::Active.into(),
            membership_state: wire::MembershipState::None.into(),
            role: 0,
            data_key_id: Default::default(),
        };
        if asked.community_id.is_empty() {
            let key = self.membership.key_of(member).map(|key| key.0.as_bytes().to_vec());
            return wire::GetStandingResponse { data_key_id: key.unwrap_or_default().into(), ..none };
        }
        let community: CommunityId = asked.community_id.parse().unwrap();
        match self.membership.standing_of(&tenant, member, community) {
            None => none,
            Some(Standing { key, .. }) => wire::GetStandingResponse {
                membership_state: wire::MembershipState::Active.into(),
                role: wire::CommunityRole::Member.into(),
                data_key_id: key.0.as_bytes().to_vec().into(),
                ..none
            },
        }
    }
}

fn data_key(state: &KeyState) -> wire::DataKey {
    state.live().map_or_else(wire::DataKey::default, |key| wire::DataKey {
        key_id: key.id().0.as_bytes().to_vec().into(),
        material: key.secret().expose().to_vec().into(),
        member_id: key.member().to_string(),
        destroyed: false,
    })
}

/// A service of which only some calls are answered.
macro_rules! service {
    ($trait:path { $($own:item)* } never { $($rpc:ident: $request:ident => $response:ident,)* }) => {
        #[tonic::async_trait]
        impl $trait for Answers {
            $($own)*
            $(async fn $rpc(&self, _: Request<wire::$request>) -> Result<Response<wire::$response>, Status> {
                Err(Status::unimplemented(stringify!($rpc)))
            })*
        }
    };
}

service! {
    wire::memberships_server::Memberships {
        async fn get_standing(
            &self,
            request: Request<wire::GetStandingRequest>,
        ) -> Result<Response<wire::GetStandingResponse>, Status> {
            self.look_at(&request);
            Ok(Response::new(self.standing(request.get_ref())))
        }
    }
    never {
        join: JoinRequest => JoinResponse,
        leave: LeaveRequest => LeaveResponse,
        decide_join: DecideJoinRequest => DecideJoinResponse,
        invite: InviteRequest => InviteResponse,
        suspend_membership: SuspendMembershipRequest => SuspendMembershipResponse,
        reinstate_membership: ReinstateMembershipRequest => ReinstateMembershipResponse,
        set_community_role: SetCommunityRoleRequest => SetCommunityRoleResponse,
    }
}

service! {
    wire::members_server::Members {
        async fn resolve_handles(
            &self,
            request: Request<wire::ResolveHandlesRequest>,
        ) -> Result<Response<wire::ResolveHandlesResponse>, Status> {
            self.look_at(&request);
            let known = request.into_inner().handles.into_iter().filter_map(|handle| {
                let member_id = self.membership.member_of(&handle)?.to_string();
                Some(wire::ResolvedHandle { handle, member_id })
            });
            Ok(Response::new(wire::ResolveHandlesResponse { handles: known.collect() }))
        }
    }
    never {
        register: RegisterRequest => RegisterResponse,
        get_member: GetMemberRequest => GetMemberResponse,
        get_members: GetMembersRequest => GetMembersResponse,
        set_profile: SetProfileRequest => SetProfileResponse,
        set_consent: SetConsentRequest => SetConsentResponse,
        get_consent: GetConsentRequest => GetConsentResponse,
        suspend: SuspendRequest => SuspendResponse,
        reinstate: ReinstateRequest => ReinstateResponse,
        grant_tenant_role: GrantTenantRoleRequest => GrantTenantRoleResponse,
        revoke_tenant_role: RevokeTenantRoleRequest => RevokeTenantRoleResponse,
        erase: EraseRequest => EraseResponse,
        get_erasure: GetErasureRequest => GetErasureResponse,
        confirm_erasure: ConfirmErasureRequest => ConfirmErasureResponse,
        get_address: GetAddressRequest => GetAddressResponse,
    }
}

service! {
    wire::keys_server::Keys {
        async fn get_data_keys(
            &self,
            request: Request<wire::GetDataKeysRequest>,
        ) -> Result<Response<wire::GetDataKeysResponse>, Status> {
            let wanted: Vec<(TenantSlug, KeyId)> = request
                .into_inner()
                .keys
                .iter()
                .map(|key| (key.tenant.parse().unwrap(), KeyId(Uuid::from_slice(&key.key_id).unwrap())))
                .collect();
            let states = self.vault.data_keys(&wanted).await.unwrap();
            Ok(Response::new(wire::GetDataKeysResponse { keys: states.iter().map(data_key).collect() }))
        }

        async fn get_member_key(
            &self,
            request: Request<wire::GetMemberKeyRequest>,
        ) -> Result<Response<wire::GetMemberKeyResponse>, Status> {
            let asked = request.into_inner();
            let (tenant, member) = (asked.tenant.parse().unwrap(), asked.member_id.parse().unwrap());
            let state = self.vault.member_key(&tenant, member).await.unwrap();
            Ok(Response::new(wire::GetMemberKeyResponse { key: Some(data_key(&state)) }))
        }
    }
    never {}
}

service! {
    wire::blocks_server::Blocks {
        async fn check_block(
            &self,
            request: Request<wire::CheckBlockRequest>,
        ) -> Result<Response<wire::CheckBlockResponse>, Status> {
            self.look_at(&request);
            let asked = request.into_inner();
            let (one, other) = (asked.member_id.parse().unwrap(), asked.other_member_id.parse().unwrap());
            Ok(Response::new(wire::CheckBlockResponse { blocked: self.membership.blocked(one, other) }))
        }
    }
    never {
        block: BlockRequest => BlockResponse,
        unblock: UnblockRequest => UnblockResponse,
        list_blocks: ListBlocksRequest => ListBlocksResponse,
    }
}

mod matching {
    use kindred_proto::matching as wire;
    use tonic::{Request, Response, Status};

    use super::Answers;

    service! {
        wire::matching_server::Matching {
            async fn check_acquaintance(
                &self,
                request: Request<wire::CheckAcquaintanceRequest>,
            ) -> Result<Response<wire::CheckAcquaintanceResponse>, Status> {
                self.look_at(&request);
                let asked = request.into_inner();
                let (one, other) = (asked.member_id.parse().unwrap(), asked.other_member_id.parse().unwrap());
                let acquainted = self.matching.are_introduced(one, other);
                Ok(Response::new(wire::CheckAcquaintanceResponse { acquainted }))
            }
        }
        never {
            find_people: FindPeopleRequest => FindPeopleResponse,
            suggest_communities: SuggestCommunitiesRequest => SuggestCommunitiesResponse,
            suggest_threads: SuggestThreadsRequest => SuggestThreadsResponse,
            request_introduction: RequestIntroductionRequest => RequestIntroductionResponse,
            answer_introduction: AnswerIntroductionRequest => AnswerIntroductionResponse,
            withdraw_introduction: WithdrawIntroductionRequest => WithdrawIntroductionResponse,
            list_introductions: ListIntroductionsRequest => ListIntroductionsResponse,
        }
    }
}
