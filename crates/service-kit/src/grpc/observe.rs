//! Measures and traces every call under the names of the semantic conventions.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::response_body::{Watched, status_of};
use crate::authorization::Authorizer;
use crate::telemetry::{attribute, metric, trace};

/// What the observing layer needs.
#[derive(Clone)]
pub(super) struct Observer {
    pub authorizer: Arc<Authorizer>,
    pub duration: Histogram<f64>,
    pub stopping: CancellationToken,
}

impl Observer {
    pub fn new(authorizer: Arc<Authorizer>, stopping: CancellationToken) -> Self {
        let duration = metric::meter()
            .f64_histogram(metric::RPC_SERVER_CALL_DURATION)
            .with_unit("s")
            .with_description("Time from a call's arrival to the end of its answer.")
            .with_boundaries(metric::LATENCY_BOUNDARIES.to_vec())
            .build();
        Self { authorizer, duration, stopping }
    }
}

/// One call being measured; ends once, at the latest when it is dropped.
pub(super) struct Measured {
    duration: Histogram<f64>,
    method: String,
    begun: Instant,
    span: tracing::Span,
    ended: bool,
}

impl Measured {
    pub fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let name = code_name(code);
        // Of the span alone: no log line is written within it any more.
        self.span.set_attribute(attribute::RPC_STATUS_CODE, name);
        let mut attributes = vec![
            KeyValue::new(attribute::RPC_SYSTEM_NAME, "grpc"),
            KeyValue::new(attribute::RPC_METHOD, std::mem::take(&mut self.method)),
            KeyValue::new(attribute::RPC_STATUS_CODE, name),
        ];
        if code != Code::Ok {
            self.span.set_attribute(attribute::ERROR_TYPE, name);
            attributes.push(KeyValue::new(attribute::ERROR_TYPE, name));
        }
        self.duration.record(self.begun.elapsed().as_secs_f64(), &attributes);
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

pub(super) async fn observe<F: Future<Output = Response>>(
    observer: &Observer,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    // An unknown path is a caller's text: it must not become a label.
    let method = if observer.authorizer.knows(path) { path.to_owned() } else { "_OTHER".to_owned() };
    let parent = trace::Parent::named_by(request.headers());
    let span = tracing::info_span!(
        "grpc.server.call",
        otel.kind = "server",
        otel.name = %method,
        rpc.system.name = "grpc",
        rpc.method = %method,
        trace_id = parent.id().map(tracing::field::display),
    );
    trace::continue_from(&span, parent);
    let mut measured = Measured {
        duration: observer.duration.clone(),
        method,
        begun: Instant::now(),
        span: span.clone(),
        ended: false,
    };
    let response = next(request).instrument(span).await;
    let code = status_of(response.headers());
    if code != Code::Ok {
        measured.end(code);
    }
    let stopping = observer.stopping.clone().cancelled_owned();
    response.map(|body| Body::new(Watched::new(body, stopping, measured)))
}

/// The code's name as the conventions spell it.
pub(super) const fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
