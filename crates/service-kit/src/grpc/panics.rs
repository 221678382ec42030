//! A panic in a handler is one `INTERNAL` answer.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::response::Response;
use futures::FutureExt as _;
use tonic::Status;

use crate::error::ApiError;

#[derive(Debug, thiserror::Error)]
#[error("handler panicked: {0}")]
struct Panicked(String);

pub(super) async fn catch<F: Future<Output = Response>>(request: Request, next: impl FnOnce(Request) -> F) -> Response {
    // The request is consumed and nothing of it is looked at again, so no broken state
    // can be seen through it.
    match AssertUnwindSafe(async { next(request).await }).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => Status::from(ApiError::internal(&Panicked(text_of(&*panic)))).into_http(),
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no text").to_owned()
}
