//! `/metrics` over HTTP, in the text format of Prometheus.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use prometheus::{Encoder as _, Registry, TextEncoder};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The listener for scrapes.
pub struct MetricsServer {
    listener: TcpListener,
    registry: Registry,
}

impl MetricsServer {
    /// Takes the port.
    ///
    /// # Errors
    ///
    /// If it is taken.
    pub async fn bind(address: SocketAddr, registry: Registry) -> std::io::Result<Self> {
        Ok(Self { listener: TcpListener::bind(address).await?, registry })
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// If the system does not say.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers scrapes until `stop`.
    ///
    /// # Errors
    ///
    /// If the listener breaks.
    pub async fn serve(self, stop: CancellationToken) -> std::io::Result<()> {
        let registry = self.registry;
        let router = Router::new().route("/metrics", get(move || async move { scrape(&registry) }));
        axum::serve(self.listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
    }
}

fn scrape(registry: &Registry) -> Response {
    let encoder = TextEncoder::new();
    let mut text = Vec::new();
    match encoder.encode(&registry.gather(), &mut text) {
        Ok(()) => ([(header::CONTENT_TYPE, encoder.format_type().to_owned())], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics could not be encoded");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
