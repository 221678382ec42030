//! Hands calls about a tenant on to a replica that holds it.
//!
//! # Promises
//!
//! * Whoever asks any replica gets the answer of one that holds their tenant.
//! * A call is handed on once: two replicas that do not agree who holds a tenant never pass
//!   a call to and fro.
//! * It goes on under the caller's own token, in the time that is left of theirs.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{HeaderValue, Version, header};
use kindred_ids::TenantSlug;
use tonic::Status;
use tonic::body::Body as GrpcBody;
use tonic::service::Routes;
use tower::Service as _;

use super::PlacedChannel;
use crate::caller::{Caller, Role, metadata};
use crate::error::{ApiError, chain};
use crate::placement::{Share, not_held};

/// Headers that are made anew for each call.
const OWN: [&str; 6] = [metadata::CALLER, metadata::SERVICE, "grpc-timeout", "traceparent", "tracestate", "user-agent"];

/// What a replica holds, and who holds the rest.
#[derive(Debug, Clone)]
pub struct Forwarding {
    /// Under which name the replicas call each other.
    pub role: Role,
    /// What this one holds.
    pub share: Share,
    /// All of them.
    pub replicas: PlacedChannel,
    /// Paths of calls that every replica answers by itself (`/package.Service/Method`).
    pub anywhere: &'static [&'static str],
}

/// Routes that answer what is about a tenant held here, and hand the rest on.
#[must_use]
pub fn forwarding(routes: Routes, forwarding: Forwarding) -> Routes {
    if forwarding.share == Share::ALL {
        return routes;
    }
    Routes::from(routes.into_axum_router().layer(from_fn_with_state(Arc::new(forwarding), pass)))
}

async fn pass(State(forwarding): State<Arc<Forwarding>>, request: Request, next: Next) -> Response {
    let Some(caller) = request.extensions().get::<Caller>() else { return next.run(request).await };
    let tenant = caller.subject().tenant();
    if tenant.is_none_or(|tenant| forwarding.answers_for(tenant)) || forwarding.anywhere.contains(&request.uri().path())
    {
        return next.run(request).await;
    }
    let caller = caller.clone();
    let handed_on = caller.via() == Some(forwarding.role);
    let answer = if handed_on { Err(not_held()) } else { forwarding.hand_on(&caller, request).await };
    answer.unwrap_or_else(|error| Status::from(error).into_http())
}

impl Forwarding {
    fn answers_for(&self, tenant: &TenantSlug) -> bool {
        self.share.holds(tenant) || self.replicas.splits(tenant)
    }

    async fn hand_on(&self, caller: &Caller, request: Request) -> Result<Response, ApiError> {
        let (mut parts, body) = request.into_parts();
        for name in OWN {
            parts.headers.remove(name);
        }
        parts.headers.remove(header::HOST);
        if let Some(deadline) = caller.deadline() {
            let left = deadline.saturating_duration_since(Instant::now()).as_millis().min(99_999_999);
            let left = HeaderValue::from_str(&format!("{left}m"));
            parts.headers.insert("grpc-timeout", left.map_err(|error| ApiError::internal(&error))?);
        }
        let mut onward = http::Request::new(GrpcBody::new(body));
        *onward.method_mut() = parts.method;
        *onward.uri_mut() = parts.uri;
        *onward.version_mut() = Version::HTTP_2;
        *onward.headers_mut() = parts.headers;
        onward.extensions_mut().insert(caller.token().clone());
        match self.replicas.clone().call(onward).await {
            Ok(answer) => Ok(answer.map(Body::new)),
            Err(error) => {
                tracing::warn!(chain = %chain(error.as_ref()), "no replica that holds a tenant answers");
                let message = "who holds this tenant's index cannot be reached now; ask again";
                Err(ApiError::unavailable("REPLICA_UNREACHABLE", message))
            }
        }
    }
}
