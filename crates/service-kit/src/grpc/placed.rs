//! Calls to a service whose replicas share the tenants among them: whoever holds the
//! caller's tenant is asked.
//!
//! # Promises
//!
//! * A call goes to a replica that holds its tenant; where that one does not answer, or says
//!   that it cannot now, to the next that does. Each is asked at most once.
//! * Whoever did not answer is asked last for a moment, so that not every call waits for it.

use std::error::Error;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body as AxumBody, to_bytes};
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{Request, Response};
use kindred_ids::TenantSlug;
use tonic::Code;
use tonic::body::Body;
use tower::{Service, ServiceExt as _};

use super::response_body::status_of;
use super::{Credentials, ServiceChannel, channel};
use crate::avoidance::Avoidance;
use crate::caller::Token;
use crate::config::{ConfigError, Peer};
use crate::placement::{Layout, Placement};

/// For so long whoever did not answer is asked last.
const AVOIDED: Duration = Duration::from_secs(1);
/// More than any message that a server here takes.
const LARGEST: usize = 64 * 1024 * 1024;

type BoxError = Box<dyn Error + Send + Sync>;

/// A channel to all replicas of a service.
#[derive(Debug, Clone)]
pub struct PlacedChannel {
    layout: Layout,
    replicas: Arc<[ServiceChannel]>,
    avoidance: Arc<Avoidance>,
    tenant: Option<TenantSlug>,
}

/// A channel to a service: to its replicas, where the settings name them, else to the one
/// address that stands for all.
///
/// # Errors
///
/// [`ConfigError`] if a URL is none or a certificate cannot be read.
pub fn placed_channel(peer: &Peer, credentials: &Credentials) -> Result<PlacedChannel, ConfigError> {
    let Some(replicas) = &peer.replicas else {
        return Ok(channel(peer, credentials.clone())?.into());
    };
    let layout = replicas.layout();
    let one = |replica| {
        let peer = Peer { url: replicas.url_of(replica)?, replicas: None, ..peer.clone() };
        channel(&peer, credentials.clone())
    };
    let channels = (0..layout.placement().replicas()).map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(PlacedChannel::new(layout, channels))
}

impl From<ServiceChannel> for PlacedChannel {
    fn from(channel: ServiceChannel) -> Self {
        Self::new(Placement::ALONE, vec![channel])
    }
}

impl PlacedChannel {
    /// One channel to each replica of a layout, in the order of their numbers.
    #[must_use]
    pub fn new(layout: impl Into<Layout>, channels: Vec<ServiceChannel>) -> Self {
        let layout = layout.into();
        let replicas = layout.placement().replicas();
        assert_eq!(channels.len(), replicas as usize, "one channel a replica");
        let avoidance = Arc::new(Avoidance::new(replicas, AVOIDED));
        Self { layout, replicas: channels.into(), avoidance, tenant: None }
    }

    /// For calls about a tenant that no caller's token names.
    #[must_use]
    pub fn about(&self, tenant: TenantSlug) -> Self {
        Self { tenant: Some(tenant), ..self.clone() }
    }

    /// Whether a tenant is split, so that each of them answers for it.
    #[must_use]
    pub fn splits(&self, tenant: &TenantSlug) -> bool {
        self.layout.splits(tenant)
    }

    /// The way to one of them, by its number; none to one that there is not.
    #[must_use]
    pub fn replica(&self, number: u32) -> Option<ServiceChannel> {
        self.replicas.get(number as usize).cloned()
    }

    /// Whom to ask, first to last; any may answer what is about no tenant.
    fn order(&self, request: &Request<Body>) -> Vec<u32> {
        let token = request.extensions().get::<Token>();
        let order = match (&self.tenant, token.and_then(Token::tenant)) {
            (Some(about), _) => self.layout.holders(about, None),
            (None, Some(tenant)) => self.layout.holders(tenant, token.and_then(Token::member)),
            (None, None) => (0..self.layout.placement().replicas()).collect(),
        };
        self.avoidance.order(order)
    }

    async fn ask(&self, replica: u32, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let answer = self.replicas[replica as usize].clone().oneshot(request).await;
        match &answer {
            Ok(_) => self.avoidance.trust(replica),
            Err(_) => _ = self.avoidance.avoid(replica),
        }
        Ok(answer?.map(Body::new))
    }

    async fn ask_in_turn(&self, others: &[u32], last: u32, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let (parts, body) = request.into_parts();
        let message: Bytes = to_bytes(AxumBody::new(body), LARGEST).await?;
        let again = || Request::from_parts(parts.clone(), Body::new(AxumBody::from(message.clone())));
        for replica in others {
            match self.ask(*replica, again()).await {
                Ok(answer) if status_of(answer.headers()) != Code::Unavailable => return Ok(answer),
                Ok(_) | Err(_) => {}
            }
        }
        self.ask(last, again()).await
    }
}

impl Service<Request<Body>> for PlacedChannel {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Body>, BoxError>>;

    /// Each call waits for the connection of whom it asks.
    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (channel, order) = (self.clone(), self.order(&request));
        async move {
            match order.split_last() {
                // Nobody else could be asked, so the message need not be kept.
                Some((only, [])) => channel.ask(*only, request).await,
                Some((last, others)) => channel.ask_in_turn(others, *last, request).await,
                None => Err("a service has no replica".into()),
            }
        }
        .boxed()
    }
}
