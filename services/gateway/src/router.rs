//! Everything that answers, and what every request passes before and after.

use axum::error_handling::HandleErrorLayer;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::{BoxError, Router, routing};
use kindred_service_kit::error::{ApiError, ErrorCode};
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use crate::edge::{forwarded, headers, limits};
use crate::failure::Failure;
use crate::gateway::Gateway;
use crate::telemetry::Observer;
use crate::{api, pages, telemetry};

/// The whole site.
///
/// From outside in: measuring and tracing, headers for the browser, who sends it and what is taken off,
/// compression, the size limit; for pages the failures in words; then the address's
/// limit, the limit of requests at once, and the time limit. A live stream counts until
/// it begins.
pub fn site(gateway: &Gateway) -> Router {
    let settings = &gateway.settings;
    let at_once = GlobalConcurrencyLimitLayer::new(settings.max_concurrent_requests);
    let bounded = || {
        ServiceBuilder::new()
            .layer(from_fn_with_state(gateway.clone(), limits::layer))
            .layer(HandleErrorLayer::new(overloaded))
            .layer(LoadShedLayer::new())
            .layer(at_once.clone())
            .layer(TimeoutLayer::new(settings.request_timeout))
    };
    let compressed = DefaultPredicate::new().and(NotForContentType::new("text/event-stream"));
    let pages = pages::router().layer(bounded()).layer(from_fn_with_state(gateway.clone(), pages::in_words));
    Router::new()
        .nest("/api/v1", api::router().layer(bounded()))
        .merge(pages)
        .route("/health/live", routing::get(|| async { "alive" }))
        .layer(DefaultBodyLimit::max(settings.max_body_bytes))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(from_fn_with_state(gateway.clone(), forwarded::layer))
        .layer(from_fn_with_state(gateway.clone(), headers::layer))
        .layer(from_fn_with_state(Observer::new(), telemetry::layer))
        .with_state(gateway.clone())
}

/// A request that was turned away or took too long.
async fn overloaded(error: BoxError) -> Failure {
    Failure(if error.is::<tower::timeout::error::Elapsed>() {
        ApiError::new(ErrorCode::DeadlineExceeded, "TOO_SLOW", "it took too long; send it again")
    } else {
        ApiError::unavailable("OVERLOADED", "too much at once; try again in a moment")
            .with_retry_after(std::time::Duration::from_secs(1))
    })
}
