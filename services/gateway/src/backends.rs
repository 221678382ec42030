//! The services behind the gateway, and one way to call them.
//!
//! # Promises
//!
//! * Every call carries the caller's token, the positions that the client wants to see,
//!   and a deadline.
//! * Only what is safe is tried again: every command carries a client-made id, so the
//!   same request twice is one command.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use kindred_proto::admin::admin_client::AdminClient;
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::matching::mentoring_client::MentoringClient;
use kindred_proto::membership::blocks_client::BlocksClient;
use kindred_proto::membership::communities_client::CommunitiesClient;
use kindred_proto::membership::members_client::MembersClient;
use kindred_proto::membership::memberships_client::MembershipsClient;
use kindred_proto::membership::programmes_client::ProgrammesClient;
use kindred_proto::membership::sessions_client::SessionsClient;
use kindred_proto::notification::notifications_client::NotificationsClient;
use kindred_proto::posting::conversations_client::ConversationsClient;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_kit::caller::Token;
use kindred_service_kit::error::{ApiError, ErrorCode};
use kindred_service_kit::grpc::Credentials;
use tonic::metadata::AsciiMetadataValue;
use tonic::{Request, Response, Status};

use crate::positions::Positions;

/// The connection to one service.
pub type Channel = kindred_service_kit::grpc::ServiceChannel;
/// The connection to a service whose replicas may share the tenants among them.
pub type Placed = kindred_service_kit::grpc::PlacedChannel;

/// Bytes of an `Accept-Language` that is passed on, at most.
const LONGEST_ACCEPTED: usize = 1_000;
/// How often one call is tried in all.
const TRIES: u32 = 3;
/// The pause before the second try; it doubles.
const PAUSE: Duration = Duration::from_millis(40);
/// A service that asks for more patience than this gets its wish passed on instead.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A client of each service.
#[derive(Debug, Clone)]
pub struct Backends {
    pub(crate) programmes: ProgrammesClient<Channel>,
    pub(crate) communities: CommunitiesClient<Channel>,
    pub(crate) members: MembersClient<Channel>,
    pub(crate) memberships: MembershipsClient<Channel>,
    pub(crate) blocks: BlocksClient<Channel>,
    pub(crate) sessions: SessionsClient<Channel>,
    pub(crate) threads: ThreadsClient<Channel>,
    pub(crate) conversations: ConversationsClient<Channel>,
    pub(crate) matching: MatchingClient<Placed>,
    pub(crate) mentoring: MentoringClient<Placed>,
    pub(crate) notifications: NotificationsClient<Channel>,
    pub(crate) admins: [(&'static str, AdminClient<Channel>); 4],
}

/// The connections.
#[derive(Debug, Clone)]
pub struct Channels {
    /// Who people are.
    pub membership: Channel,
    /// What people write.
    pub posting: Channel,
    /// Who suits whom: whichever replica.
    pub matching: Channel,
    /// The same, by who holds a tenant.
    pub matching_of_tenants: Placed,
    /// What people are told.
    pub notification: Channel,
}

impl Backends {
    /// Clients over these connections.
    #[must_use]
    pub fn new(channels: &Channels) -> Self {
        let Channels { membership, posting, matching, matching_of_tenants, notification } = channels;
        Self {
            programmes: ProgrammesClient::new(membership.clone()),
            communities: CommunitiesClient::new(membership.clone()),
            members: MembersClient::new(membership.clone()),
            memberships: MembershipsClient::new(membership.clone()),
            blocks: BlocksClient::new(membership.clone()),
            sessions: SessionsClient::new(membership.clone()),
            threads: ThreadsClient::new(posting.clone()),
            conversations: ConversationsClient::new(posting.clone()),
            matching: MatchingClient::new(matching_of_tenants.clone()),
            mentoring: MentoringClient::new(matching_of_tenants.clone()),
            notifications: NotificationsClient::new(notification.clone()),
            admins: [
                ("membership", AdminClient::new(membership.clone())),
                ("posting", AdminClient::new(posting.clone())),
                ("matching", AdminClient::new(matching.clone())),
                ("notification", AdminClient::new(notification.clone())),
            ],
        }
    }
}

/// On whose behalf, wanting to see what, until when.
#[derive(Debug, Clone)]
pub struct Call {
    /// Shared: a call is held by every future that asks on its behalf.
    pub(crate) backends: Arc<Backends>,
    token: Token,
    positions: Positions,
    /// What languages the client wants, as it says so itself.
    languages: Option<AsciiMetadataValue>,
    deadline: Instant,
}

impl Call {
    /// A call for the holder of `token`.
    #[must_use]
    pub fn new(backends: Arc<Backends>, token: Token, positions: Positions, patience: Duration) -> Self {
        Self { backends, token, positions, languages: None, deadline: Instant::now() + patience }
    }

    /// The same call, wanting to be answered in what an `Accept-Language` says, where that can
    /// be: one that is too long to be meant says nothing.
    #[must_use]
    pub fn speaking(self, accepted: Option<&HeaderValue>) -> Self {
        let accepted = accepted.filter(|accepted| accepted.len() <= LONGEST_ACCEPTED);
        let languages = accepted.and_then(|accepted| accepted.to_str().ok()?.parse().ok());
        Self { languages, ..self }
    }

    /// The same call, also wanting to see `position`.
    #[must_use]
    pub fn seeing(&self, position: &str) -> Self {
        Self { positions: self.positions.clone().with(position), ..self.clone() }
    }

    /// Which positions the client wants to see.
    #[must_use]
    pub const fn positions(&self) -> &Positions {
        &self.positions
    }

    /// A request with token, positions and the time that is left.
    pub(crate) fn request<Q>(&self, message: Q) -> Request<Q> {
        let mut request = self.stream_request(message);
        request.set_timeout(self.left());
        request
    }

    /// A request for a stream, which lives as long as its reader.
    pub(crate) fn stream_request<Q>(&self, message: Q) -> Request<Q> {
        let mut request = Credentials::request_as(self.token.clone(), message);
        self.positions.put(request.metadata_mut());
        if let Some(languages) = &self.languages {
            request.metadata_mut().insert("accept-language", languages.clone());
        }
        request
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Asks, and asks again where nothing is lost by it. Use it through [`ask!`].
    pub(crate) async fn unary<Q, R, F, Answer>(&self, message: Q, send: F) -> Result<R, ApiError>
    where
        Q: Clone,
        F: Fn(Request<Q>) -> Answer,
        Answer: Future<Output = Result<Response<R>, Status>>,
    {
        let mut pause = PAUSE;
        for tries_left in (0..TRIES).rev() {
            match send(self.request(message.clone())).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => {
                    let error = ApiError::from(&status);
                    let wanted = error.retry_after().unwrap_or(pause);
                    let worth_it = matches!(error.code(), ErrorCode::Unavailable | ErrorCode::Conflict)
                        && wanted <= LONGEST_PAUSE
                        && wanted < self.left();
                    if tries_left == 0 || !worth_it {
                        return Err(error);
                    }
                    tokio::time::sleep(wanted).await;
                    pause *= 2;
                }
            }
        }
        unreachable!("the last try returns")
    }
}

/// `ask!(call, members.get_members(message))`: one unary call to a service.
macro_rules! ask {
    ($call:expr, $client:ident.$method:ident($message:expr)) => {{
        let call: &$crate::backends::Call = &$call;
        call.unary($message, |request| {
            let mut client = call.backends.$client.clone();
            async move { client.$method(request).await }
        })
        .await
    }};
}
pub(crate) use ask;
