//! Traces and measures every request under the names of the semantic conventions.
//!
//! A request begins a trace of its own: what a stranger says about traces is not believed.
//! Only the route's pattern is recorded, never an address with ids or a query.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, map_response};
use axum::response::Response;
use axum::routing::MethodRouter;
use kindred_service_kit::telemetry::{metric, trace};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use tracing::Instrument as _;

use crate::gateway::Gateway;

/// Names of attributes and metrics.
pub mod name {
    /// GET, POST and so on; `_OTHER` for what nobody serves.
    pub const HTTP_REQUEST_METHOD: &str = "http.request.method";
    /// The route's pattern.
    pub const HTTP_ROUTE: &str = "http.route";
    /// How it ended.
    pub const HTTP_RESPONSE_STATUS_CODE: &str = "http.response.status_code";
    /// From the request's arrival to the head of its answer, seconds.
    pub const HTTP_SERVER_REQUEST_DURATION: &str = "http.server.request.duration";
}

/// The pattern that a request matched; put into answers by the routers.
#[derive(Debug, Clone, Copy)]
pub struct Route(pub &'static str);

/// Puts the pattern into every answer of a route.
pub fn named(pattern: &'static str, answer: MethodRouter<Gateway>) -> MethodRouter<Gateway> {
    answer.layer(map_response(move |mut response: Response| async move {
        response.extensions_mut().insert(Route(pattern));
        response
    }))
}

/// What the layer records with.
#[derive(Clone)]
pub struct Observer(Histogram<f64>);

impl Observer {
    /// Records with the process's meter.
    #[must_use]
    pub fn new() -> Self {
        Self(
            metric::meter()
                .f64_histogram(name::HTTP_SERVER_REQUEST_DURATION)
                .with_unit("s")
                .with_description("Time from a request's arrival to the head of its answer.")
                .with_boundaries(metric::LATENCY_BOUNDARIES.to_vec())
                .build(),
        )
    }
}

impl Default for Observer {
    fn default() -> Self {
        Self::new()
    }
}

/// Traces and measures one request.
pub async fn layer(State(observer): State<Observer>, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let span = tracing::info_span!(
        "http.server.request",
        otel.kind = "server",
        otel.name = tracing::field::Empty,
        http.request.method = method,
        http.route = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty,
        trace_id = tracing::field::Empty,
    );
    trace::note_trace_id(&span);
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let route = response.extensions().get::<Route>().map_or("_OTHER", |route| route.0);
    let status = i64::from(response.status().as_u16());
    span.record("otel.name", tracing::field::display(format_args!("{method} {route}")));
    span.record(name::HTTP_ROUTE, route);
    span.record(name::HTTP_RESPONSE_STATUS_CODE, status);
    let attributes = [
        KeyValue::new(name::HTTP_REQUEST_METHOD, method),
        KeyValue::new(name::HTTP_ROUTE, route),
        KeyValue::new(name::HTTP_RESPONSE_STATUS_CODE, status),
    ];
    observer.0.record(begun.elapsed().as_secs_f64(), &attributes);
    response
}

/// A method's name; an invented one must not become a label.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
