//! Calls that pass only while something holds.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tonic::Status;
use tonic::service::Routes;

use crate::error::ApiError;

/// Whether a call passes, by its path (`/package.Service/Method`).
type Check = Arc<dyn Fn(&str) -> Result<(), ApiError> + Send + Sync>;

/// Routes whose calls pass as long as `check` lets them.
#[must_use]
pub fn checked(routes: Routes, check: impl Fn(&str) -> Result<(), ApiError> + Send + Sync + 'static) -> Routes {
    let check: Check = Arc::new(check);
    Routes::from(routes.into_axum_router().layer(from_fn_with_state(check, pass)))
}

async fn pass(State(check): State<Check>, request: Request, next: Next) -> Response {
    match check(request.uri().path()) {
        Ok(()) => next.run(request).await,
        Err(error) => Status::from(error).into_http(),
    }
}
