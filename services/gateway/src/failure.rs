//! How a request ends that cannot be answered: one JSON body for programs, and the error
//! itself beside it, so that the page router can say it in plain words instead.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::{ApiError, ErrorCode};
use serde::Serialize;
use utoipa::ToSchema;

/// An [`ApiError`] on its way to a client.
#[derive(Debug, Clone)]
pub struct Failure(pub ApiError);

impl<E: Into<ApiError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// What a failed call answers with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// One of a closed set, such as `NOT_FOUND`.
    pub code: String,
    /// A stable name that programs may act on.
    pub reason: String,
    /// For people.
    pub message: String,
    /// The field of the request that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Under which id the failure was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
}

impl Problem {
    /// The body of an error.
    #[must_use]
    pub fn of(error: &ApiError) -> Self {
        Self {
            code: error.code().as_str().to_owned(),
            reason: error.reason().to_owned(),
            message: error.message().to_owned(),
            field: error.field().map(str::to_owned),
            error_id: error.error_id().map(str::to_owned),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.0.code().http(), Json(Problem::of(&self.0))).into_response();
        if let Some(after) = retry_after(&self.0) {
            response.headers_mut().insert(header::RETRY_AFTER, after);
        }
        if self.0.code() == ErrorCode::Unauthenticated {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Whole seconds, at least one.
fn retry_after(error: &ApiError) -> Option<HeaderValue> {
    let seconds = error.retry_after()?.as_millis().div_ceil(1000).max(1);
    HeaderValue::from_str(&seconds.to_string()).ok()
}

/// Shorthand of every handler.
pub type Answer<T> = Result<T, Failure>;
