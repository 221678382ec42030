//! Lets a call pass only with a verified caller whom the policies permit.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use tonic::Status;

use super::certificate;
use super::deadline::Deadline;
use crate::authorization::Authorizer;
use crate::caller::{Caller, CallerCheck, TokenError, Verifier, metadata};
use crate::clock::SharedClock;
use crate::error::ApiError;

/// Paths that need no caller: what a service offers is no secret.
const OPEN: [&str; 2] = ["/grpc.reflection.v1.ServerReflection/", "/grpc.reflection.v1alpha.ServerReflection/"];

/// What decides over every call.
#[derive(Clone)]
pub struct CallGuard {
    verifier: Verifier,
    check: Arc<dyn CallerCheck>,
    authorizer: Arc<Authorizer>,
    clock: SharedClock,
}

impl CallGuard {
    /// A guard that believes `verifier`, asks `check` and obeys `authorizer`.
    #[must_use]
    pub fn new(
        verifier: Verifier,
        check: Arc<dyn CallerCheck>,
        authorizer: Arc<Authorizer>,
        clock: SharedClock,
    ) -> Self {
        Self { verifier, check, authorizer, clock }
    }

    pub(super) fn authorizer(&self) -> &Arc<Authorizer> {
        &self.authorizer
    }

    /// Verifies, checks and authorizes the caller of `action` (`package.Service/Method`).
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` or `PERMISSION_DENIED`.
    pub fn admit(&self, action: &str, headers: &HeaderMap) -> Result<Caller, ApiError> {
        let caller = single(headers, metadata::CALLER)?.ok_or(TokenError::Missing)?;
        let service = single(headers, metadata::SERVICE)?;
        let mut caller = Caller::verify(&self.verifier, caller, service, self.clock.now())?;
        self.check.check(caller.subject())?;
        self.authorizer.authorize(action, &mut caller)?;
        Ok(caller)
    }
}

/// The one value of a header; a second one is refused, not ignored.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, TokenError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(TokenError::Repeated);
    }
    value.to_str().map(Some).map_err(|_| TokenError::Malformed)
}

pub(super) async fn admit<F: Future<Output = Response>>(
    guard: &CallGuard,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let path = request.uri().path();
    if OPEN.iter().any(|open| path.starts_with(open)) {
        return next(request).await;
    }
    let admitted = guard.admit(path.trim_start_matches('/'), request.headers());
    let admitted = admitted.and_then(|caller| certificate::fits(&caller, request.extensions()).map(|()| caller));
    match admitted {
        Ok(mut caller) => {
            caller.deadline = request.extensions().get::<Deadline>().map(|deadline| deadline.0);
            request.extensions_mut().insert(caller);
            next(request).await
        }
        Err(error) => {
            tracing::debug!(reason = error.reason(), "call was not admitted");
            Status::from(error).into_http()
        }
    }
}
