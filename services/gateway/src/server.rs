//! Accepts connections: so many at once, none that dawdles over its headers, each finished
//! when the process stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;

/// Longest time to send the headers of a request; also how long a kept connection idles.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// Room for the headers of a request.
const HEADER_BYTES: usize = 32 * 1024;
/// The pause after accepting failed, which is out of file descriptors most of the time.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves `site` until `stop`, then finishes the requests that are being answered.
///
/// # Errors
///
/// Never by itself: what goes wrong is one connection's.
pub async fn serve(
    site: Router,
    listener: TcpListener,
    max_connections: usize,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(max_connections));
    let open = GracefulShutdown::new();
    while let Some(place) = unless(&stop, Arc::clone(&places).acquire_owned()).await {
        let place = place.context("the semaphore is never closed")?;
        match unless(&stop, listener.accept()).await {
            None => break,
            Some(Ok((socket, peer))) => {
                let connection = open.watch(connection(site.clone(), socket, peer));
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(error = %error, "connection ended early");
                    }
                    drop(place);
                });
            }
            Some(Err(error)) => {
                tracing::warn!(error = %error, "accept a connection failed, going on");
                unless(&stop, tokio::time::sleep(PAUSE)).await;
            }
        }
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}

/// The outcome, or none once it is time to stop.
async fn unless<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = stop.cancelled() => None,
        outcome = work => Some(outcome),
    }
}

type Served = http1::Connection<TokioIo<TcpStream>, TowerToHyperService<WithPeer>>;
type WithPeer = axum::middleware::AddExtension<Router, ConnectInfo<SocketAddr>>;

fn connection(site: Router, socket: TcpStream, peer: SocketAddr) -> Served {
    // Small answers leave at once; where that cannot be set they only leave later.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(error = %error, "nodelay is not set");
    }
    let service = ServiceBuilder::new().layer(axum::Extension(ConnectInfo(peer))).service(site);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(socket), TowerToHyperService::new(service))
}
