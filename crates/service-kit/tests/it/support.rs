//! A server with a small service behind the whole stack of layers.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kindred_eventsourcing::Timestamp;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::matching::matching_server::{Matching, MatchingServer};
use kindred_proto::matching::{
    AnswerIntroductionRequest, AnswerIntroductionResponse, CheckAcquaintanceRequest, CheckAcquaintanceResponse,
    FindPeopleRequest, FindPeopleResponse, ListIntroductionsRequest, ListIntroductionsResponse,
    RequestIntroductionRequest, RequestIntroductionResponse, SuggestCommunitiesRequest, SuggestCommunitiesResponse,
    SuggestThreadsRequest, SuggestThreadsResponse, WithdrawIntroductionRequest, WithdrawIntroductionResponse,
};
use kindred_proto::notification::notifications_server::{Notifications, NotificationsServer};
use kindred_proto::notification::{
    GetPreferencesRequest, GetPreferencesResponse, ListInboxRequest, ListInboxResponse, MarkReadRequest,
    MarkReadResponse, SendSignInLinkRequest, SendSignInLinkResponse, SetPreferenceRequest, SetPreferenceResponse,
    UnsubscribeRequest, UnsubscribeResponse, WatchInboxRequest, WatchInboxResponse,
};
use kindred_service_kit::authorization::Authorizer;
use kindred_service_kit::caller::{
    Caller, Issuer, MemberClaims, Revocations, Role, SigningKey, Token, Trust, Verifier,
};
use kindred_service_kit::clock::{Clock as _, SharedClock, SystemClock};
use kindred_service_kit::config::{Bounded, Millis, Peer, Secs, Server, Tls};
use kindred_service_kit::grpc::{CallGuard, Credentials, GrpcServer, ServeError, ServiceChannel, channel};
use kindred_service_kit::input;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_stream::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// What `FindPeople` does, by its limit.
pub const ANSWER: u32 = 1;
pub const PANIC: u32 = 2;
pub const WAIT: u32 = 3;
pub const OTHER_TENANT: u32 = 4;

/// The service behind the layers.
#[derive(Default)]
pub struct Handlers {
    /// How many calls of kind [`WAIT`] are inside.
    pub inside: Arrivals,
    /// Lets them go.
    pub release: Notify,
    /// How many calls of `FindPeople` came here.
    pub asked: AtomicUsize,
}

/// Counts up, and can be waited for.
pub struct Arrivals(Semaphore);

impl Default for Arrivals {
    fn default() -> Self {
        Self(Semaphore::new(0))
    }
}

impl Arrivals {
    fn one_more(&self) {
        self.0.add_permits(1);
    }

    /// Waits until `count` more have come.
    pub async fn wait_for(&self, count: u32) {
        self.0.acquire_many(count).await.expect("never closed").forget();
    }
}

#[tonic::async_trait]
impl Matching for Handlers {
    async fn find_people(&self, request: Request<FindPeopleRequest>) -> Result<Response<FindPeopleResponse>, Status> {
        let caller = Caller::of(&request)?;
        self.asked.fetch_add(1, Ordering::SeqCst);
        let seen = vec![
            caller.actor().0,
            caller.via().map_or_else(|| "-".to_owned(), |via| via.to_string()),
            caller.tenant()?.to_string(),
        ];
        match request.get_ref().limit {
            PANIC => panic!("a handler panics with SELECT secret"),
            WAIT => {
                self.inside.one_more();
                self.release.notified().await;
            }
            OTHER_TENANT => drop(caller.tenant_for("hill")?),
            _ => {}
        }
        Ok(Response::new(FindPeopleResponse { advice: seen, ..Default::default() }))
    }

    async fn request_introduction(
        &self,
        request: Request<RequestIntroductionRequest>,
    ) -> Result<Response<RequestIntroductionResponse>, Status> {
        let message = request.get_ref();
        input::command_id(&message.command_id)?;
        input::bounded_text("note", &message.note, 500)?;
        Ok(Response::new(RequestIntroductionResponse::default()))
    }

    async fn answer_introduction(
        &self,
        _: Request<AnswerIntroductionRequest>,
    ) -> Result<Response<AnswerIntroductionResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn withdraw_introduction(
        &self,
        _: Request<WithdrawIntroductionRequest>,
    ) -> Result<Response<WithdrawIntroductionResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn list_introductions(
        &self,
        _: Request<ListIntroductionsRequest>,
    ) -> Result<Response<ListIntroductionsResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn suggest_communities(
        &self,
        _: Request<SuggestCommunitiesRequest>,
    ) -> Result<Response<SuggestCommunitiesResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn suggest_threads(
        &self,
        _: Request<SuggestThreadsRequest>,
    ) -> Result<Response<SuggestThreadsResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn check_acquaintance(
        &self,
        _: Request<CheckAcquaintanceRequest>,
    ) -> Result<Response<CheckAcquaintanceResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }
}

#[tonic::async_trait]
impl Notifications for Handlers {
    type WatchInboxStream = Pin<Box<dyn Stream<Item = Result<WatchInboxResponse, Status>> + Send>>;

    async fn watch_inbox(&self, _: Request<WatchInboxRequest>) -> Result<Response<Self::WatchInboxStream>, Status> {
        let first = tokio_stream::once(Ok(WatchInboxResponse { unread: 7 }));
        Ok(Response::new(Box::pin(first.chain(tokio_stream::pending()))))
    }

    async fn list_inbox(&self, _: Request<ListInboxRequest>) -> Result<Response<ListInboxResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn mark_read(&self, _: Request<MarkReadRequest>) -> Result<Response<MarkReadResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn get_preferences(
        &self,
        _: Request<GetPreferencesRequest>,
    ) -> Result<Response<GetPreferencesResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn set_preference(
        &self,
        _: Request<SetPreferenceRequest>,
    ) -> Result<Response<SetPreferenceResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn send_sign_in_link(
        &self,
        _: Request<SendSignInLinkRequest>,
    ) -> Result<Response<SendSignInLinkResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }

    async fn unsubscribe(&self, _: Request<UnsubscribeRequest>) -> Result<Response<UnsubscribeResponse>, Status> {
        Err(Status::unimplemented("not in this test"))
    }
}

pub fn settings() -> Server {
    Server {
        listen: "127.0.0.1:0".parse().expect("an address"),
        health_listen: "127.0.0.1:0".parse().expect("an address"),
        tls: None,
        request_timeout_millis: Millis::new(10_000),
        max_message_bytes: Bounded::new(1_048_576),
        max_concurrent_requests: Bounded::new(1_024),
        shutdown_grace_secs: Secs::new(5),
    }
}

/// A running server and those who may call it.
pub struct Platform {
    pub address: SocketAddr,
    pub handlers: Arc<Handlers>,
    pub revocations: Arc<Revocations>,
    pub gateway: Arc<Issuer>,
    pub posting: Arc<Issuer>,
    pub stop: CancellationToken,
    pub serving: JoinHandle<Result<(), ServeError>>,
}

pub async fn start(settings: Server) -> Platform {
    Keys::generate().serve(settings, |routes| routes).await
}

/// Who may call, and how it is known.
pub struct Keys {
    trust: Trust,
    clock: SharedClock,
    pub gateway: Arc<Issuer>,
    pub posting: Arc<Issuer>,
    pub matching: Arc<Issuer>,
}

impl Keys {
    pub fn generate() -> Self {
        let clock: SharedClock = SystemClock::shared();
        let mut trust = Trust::new();
        let mut issuer = |role| {
            let (key, _pem) = SigningKey::generate().expect("a key");
            trust = std::mem::take(&mut trust).with(role, key.public());
            Arc::new(Issuer::new(role, key, clock.clone()))
        };
        let (gateway, posting, matching) = (issuer(Role::Gateway), issuer(Role::Posting), issuer(Role::Matching));
        Self { trust, clock, gateway, posting, matching }
    }

    /// Serves with these settings; `wrap` is put around the handlers' routes.
    pub async fn serve(&self, settings: Server, wrap: impl FnOnce(Routes) -> Routes) -> Platform {
        let revocations = Arc::new(Revocations::new());
        let authorizer = Arc::new(Authorizer::load().expect("the policies"));
        let verifier = Verifier::new(self.trust.clone());
        let guard = CallGuard::new(verifier, revocations.clone(), authorizer, self.clock.clone());
        let handlers = Arc::new(Handlers::default());
        let routes = Routes::new(MatchingServer::from_arc(handlers.clone()))
            .add_service(NotificationsServer::from_arc(handlers.clone()));
        let server = GrpcServer::new(settings, guard, wrap(routes)).with_reflection(kindred_proto::DESCRIPTORS);
        let bound = server.bind().await.expect("a free port");
        let address = bound.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let serving = tokio::spawn(bound.serve(stop.clone()));
        let (gateway, posting) = (self.gateway.clone(), self.posting.clone());
        Platform { address, handlers, revocations, gateway, posting, stop, serving }
    }
}

pub fn claims(tenant: &str) -> MemberClaims {
    MemberClaims {
        tenant: tenant.parse().expect("a slug"),
        member: "0123456789ab8def8123456789abcdef".parse().expect("an id"),
        session: "fedcba98765488108123456789abcdef".parse().expect("an id"),
        roles: BTreeSet::new(),
        authenticated_at: Timestamp::from_millis(0),
    }
}

impl Platform {
    pub fn peer(&self) -> Peer {
        Peer {
            url: format!("http://{}", self.address),
            tls: None,
            replicas: None,
            request_timeout_millis: Millis::new(10_000),
            connect_timeout_millis: Millis::new(2_000),
        }
    }

    /// A client that calls as `issuer`.
    pub fn client(&self, issuer: &Arc<Issuer>) -> MatchingClient<ServiceChannel> {
        MatchingClient::new(self.channel(issuer))
    }

    pub fn channel(&self, issuer: &Arc<Issuer>) -> ServiceChannel {
        channel(&self.peer(), Credentials::new(issuer.clone())).expect("a channel")
    }

    /// A member's token, fresh from the gateway.
    pub fn member(&self) -> Token {
        self.gateway.member(&claims("riverside"), &BTreeSet::new(), Duration::from_secs(60))
    }

    /// `FindPeople` as that member through the gateway.
    pub async fn find(&self, limit: u32) -> Result<FindPeopleResponse, Status> {
        let request = Credentials::request_as(self.member(), FindPeopleRequest { limit });
        self.client(&self.gateway).find_people(request).await.map(Response::into_inner)
    }

    /// Stops and waits for the end.
    pub async fn end(self) {
        self.stop.cancel();
        self.serving.await.expect("no panic").expect("a clean end");
    }
}

/// This moment, for tokens made by hand.
pub fn now() -> Timestamp {
    SystemClock.now()
}

/// Settings with certificates.
pub fn with_tls(tls: Tls) -> Server {
    Server { tls: Some(tls), ..settings() }
}

#[track_caller]
pub fn assert_refused<T: std::fmt::Debug>(result: Result<T, Status>, code: tonic::Code, reason: &str) {
    let status = result.expect_err("the call passed");
    let error = kindred_service_kit::error::ApiError::from(&status);
    assert_eq!((status.code(), error.reason()), (code, reason), "{status:?}");
}

/// Why a server with these settings does not come about.
pub async fn bind_error(settings: Server) -> String {
    let guard = CallGuard::new(
        Verifier::new(Trust::new()),
        Arc::new(Revocations::new()),
        Arc::new(Authorizer::load().expect("the policies")),
        SystemClock::shared(),
    );
    match GrpcServer::new(settings, guard, Routes::default()).bind().await {
        Ok(_) => panic!("the settings were taken"),
        Err(error) => error.to_string(),
    }
}

/// A peer that nobody listens at.
pub fn plain_peer() -> Peer {
    Peer {
        url: "http://127.0.0.1:1".into(),
        tls: None,
        replicas: None,
        request_timeout_millis: Millis::new(1_000),
        connect_timeout_millis: Millis::new(1_000),
    }
}

/// Why there is no channel to this peer.
pub fn channel_error(peer: &Peer) -> String {
    let (key, _pem) = SigningKey::generate().expect("a key");
    let issuer = Arc::new(Issuer::new(Role::Gateway, key, SystemClock::shared()));
    match channel(peer, Credentials::new(issuer)) {
        Ok(_) => panic!("the settings were taken"),
        Err(error) => error.to_string(),
    }
}
