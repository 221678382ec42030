//! Calls to other services: a lazy channel that adds who calls and the trace.
//!
//! A plain request goes out on the service's own behalf; one made by
//! [`Caller::request`](crate::caller::Caller::request), or by
//! [`Credentials::request_as`], for that caller. Nothing is retried here: whether a call
//! may be sent twice is for its sender to know.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Endpoint, Uri};
use tonic::{Request, Status};

use super::MeasuredChannel;
use super::connector::Connector;
use crate::caller::{Issuer, Token, metadata};
use crate::config::{ConfigError, Peer};
use crate::error::ApiError;
use crate::telemetry::trace;

/// What generated clients are built on: `MembershipsClient::new(channel)`.
pub type ServiceChannel = InterceptedService<MeasuredChannel, Credentials>;

/// Puts the tokens into outgoing calls.
#[derive(Clone)]
pub struct Credentials {
    issuer: Arc<Issuer>,
    timeout: Option<Duration>,
}

impl Credentials {
    /// Calls under `issuer`'s name.
    #[must_use]
    pub const fn new(issuer: Arc<Issuer>) -> Self {
        Self { issuer, timeout: None }
    }

    /// A request for the subject of `token`; for the gateway and the command line, which
    /// sign for those they speak for.
    #[must_use]
    pub fn request_as<M>(token: Token, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(token);
        request
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.issuer, formatter)
    }
}

impl Interceptor for Credentials {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let end_caller = request.extensions_mut().remove::<Token>();
        let speaks_for_itself = self.issuer.role() != crate::caller::Role::Operator;
        let own = speaks_for_itself.then(|| self.issuer.service());
        let (caller, service) = match (end_caller, own) {
            (Some(caller), own) => (caller, own),
            (None, Some(own)) => (own, None),
            (None, None) => {
                return Err(ApiError::unauthenticated("CALLER_MISSING", "an operator's call needs a name").into());
            }
        };
        request.metadata_mut().insert(metadata::CALLER, value(&caller));
        if let Some(service) = service {
            request.metadata_mut().insert(metadata::SERVICE, value(&service));
        }
        if let Some(timeout) = self.timeout
            && !request.metadata().contains_key("grpc-timeout")
        {
            request.set_timeout(timeout);
        }
        trace::inject(request.metadata_mut());
        Ok(request)
    }
}

fn value(token: &Token) -> MetadataValue<Ascii> {
    let mut value: MetadataValue<Ascii> = token.as_str().parse().expect("base64url and dots are visible ASCII");
    value.set_sensitive(true);
    value
}

/// A channel to another service; connects on its first call and again after a loss.
///
/// # Errors
///
/// [`ConfigError`] if the URL is none or a certificate cannot be read.
pub fn channel(peer: &Peer, mut credentials: Credentials) -> Result<ServiceChannel, ConfigError> {
    credentials.timeout = Some(peer.request_timeout_millis.duration());
    let url = peer.url.parse::<Uri>().map_err(|error| ConfigError::value("url", format!("is not a URL: {error}")))?;
    let (Some(scheme @ ("http" | "https")), Some(host)) = (url.scheme_str(), url.host()) else {
        return Err(ConfigError::value("url", "is not an http:// or https:// URL with a host"));
    };
    if (scheme == "https") != peer.tls.is_some() {
        return Err(ConfigError::value("url", "has scheme https exactly if `tls` is set"));
    }
    let connector = match &peer.tls {
        None => Connector::plain(),
        Some(settings) => Connector::tls(settings, settings.server_name.as_deref().unwrap_or(host))?,
    };
    let endpoint = Endpoint::from(plain_uri(&url))
        .origin(url)
        .connect_timeout(peer.connect_timeout_millis.duration())
        .timeout(peer.request_timeout_millis.duration())
        .http2_keep_alive_interval(Duration::from_secs(15))
        .keep_alive_timeout(Duration::from_secs(10));
    Ok(InterceptedService::new(MeasuredChannel(endpoint.connect_with_connector_lazy(connector)), credentials))
}

/// The connector does TLS itself, so the endpoint must not try.
fn plain_uri(url: &Uri) -> Uri {
    let mut parts = url.clone().into_parts();
    parts.scheme = Some(http::uri::Scheme::HTTP);
    let default_port = if url.scheme_str() == Some("https") { 443 } else { 80 };
    if url.port().is_none() {
        let authority = format!("{}:{default_port}", url.host().unwrap_or_default());
        parts.authority = authority.parse().ok();
    }
    Uri::from_parts(parts).unwrap_or_else(|_| url.clone())
}
