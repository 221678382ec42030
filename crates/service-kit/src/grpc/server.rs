//! Puts the layers around a service's routes and serves them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::observe::{Observer, observe};
use super::tls::Reloading;
use super::{CallGuard, deadline, guard, incoming, limits, panics, protocol, tls};
use crate::config::{ConfigError, Server};

/// Headers of one call, in bytes; tokens are at most a few thousand.
const MAX_HEADER_BYTES: u32 = 32 * 1024;
/// Calls at once on one connection.
const MAX_STREAMS: u32 = 256;
/// A connection that says nothing is asked after this long.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be had.
    #[error("listen on {address}")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A setting does not hold.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The file descriptors for reflection cannot be read.
    #[error("read the file descriptor set")]
    Reflection(#[source] tonic_reflection::server::Error),
    /// The transport gave up.
    #[error("serve calls")]
    Transport(#[source] tonic::transport::Error),
    /// It ended although nobody asked.
    #[error("the server ended by itself")]
    Ended,
}

/// A gRPC server being put together.
pub struct GrpcServer {
    settings: Server,
    guard: CallGuard,
    routes: Routes,
    descriptors: Option<&'static [u8]>,
}

impl GrpcServer {
    /// A server of `routes` that lets pass what `guard` admits.
    #[must_use]
    pub fn new(settings: Server, guard: CallGuard, routes: Routes) -> Self {
        Self { settings, guard, routes, descriptors: None }
    }

    /// Also tells what the service offers, from its encoded file descriptor set.
    #[must_use]
    pub fn with_reflection(mut self, descriptors: &'static [u8]) -> Self {
        self.descriptors = Some(descriptors);
        self
    }

    /// Takes the port; connections wait until [`BoundServer::serve`].
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the address is taken, a certificate cannot be read or the
    /// descriptors are none.
    pub async fn bind(self) -> Result<BoundServer, ServeError> {
        let mut routes = self.routes;
        if let Some(descriptors) = self.descriptors {
            let reflection =
                || tonic_reflection::server::Builder::configure().register_encoded_file_descriptor_set(descriptors);
            routes = routes.add_service(reflection().build_v1().map_err(ServeError::Reflection)?);
            routes = routes.add_service(reflection().build_v1alpha().map_err(ServeError::Reflection)?);
        }
        let certificates = self.settings.tls.as_ref().map(tls::server).transpose()?.map(Arc::new);
        let address = self.settings.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })?;
        Ok(BoundServer { certificates, listener, routes, guard: self.guard, settings: self.settings })
    }
}

/// A server that holds its port.
pub struct BoundServer {
    certificates: Option<Arc<Reloading<ServerConfig>>>,
    listener: TcpListener,
    routes: Routes,
    guard: CallGuard,
    settings: Server,
}

impl BoundServer {
    /// Where it listens.
    ///
    /// # Errors
    ///
    /// If the system does not say.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`, then finishes the calls that it has.
    ///
    /// # Errors
    ///
    /// [`ServeError`] if the transport gives up, or ends unasked.
    pub async fn serve(self, stop: CancellationToken) -> Result<(), ServeError> {
        let routes = layered(self.routes, &self.guard, &self.settings, stop.clone());
        let router = tonic::transport::Server::builder()
            .max_concurrent_streams(Some(MAX_STREAMS))
            .http2_max_header_list_size(Some(MAX_HEADER_BYTES))
            .http2_keepalive_interval(Some(KEEP_ALIVE))
            .add_routes(routes);
        let stopped = stop.clone().cancelled_owned();
        let served = match self.certificates {
            None => router.serve_with_incoming_shutdown(incoming::plain(self.listener, stop.clone()), stopped).await,
            Some(certificates) => {
                let connections = incoming::tls(self.listener, stop.clone(), certificates);
                router.serve_with_incoming_shutdown(connections, stopped).await
            }
        };
        served.map_err(ServeError::Transport)?;
        if stop.is_cancelled() { Ok(()) } else { Err(ServeError::Ended) }
    }
}

/// What every call passes.
struct Gate {
    observer: Observer,
    places: Semaphore,
    max_message_bytes: usize,
    longest: Duration,
    guard: CallGuard,
}

/// One layer for all: each layer of a router is boxed and copied for every call.
fn layered(routes: Routes, guard: &CallGuard, settings: &Server, stopping: CancellationToken) -> Routes {
    let gate = Gate {
        observer: Observer::new(guard.authorizer().clone(), stopping),
        places: Semaphore::new(settings.max_concurrent_requests.as_usize()),
        max_message_bytes: settings.max_message_bytes.as_usize(),
        longest: settings.request_timeout_millis.duration(),
        guard: guard.clone(),
    };
    Routes::from(routes.into_axum_router().layer(from_fn_with_state(Arc::new(gate), pass)))
}

/// From outside in.
async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let gate = &*gate;
    let admit = |request| guard::admit(&gate.guard, request, |request| next.run(request));
    let in_time = |request| deadline::enforce(gate.longest, request, admit);
    let bounded = |request| in_time(limits::bound_messages(gate.max_message_bytes, request));
    let shed = |request| limits::shed(&gate.places, request, bounded);
    let caught = |request| panics::catch(request, shed);
    let grpc = |request| protocol::require(request, caught);
    observe(&gate.observer, request, grpc).await
}
