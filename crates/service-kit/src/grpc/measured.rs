//! Measures outgoing calls under the names of the semantic conventions.

use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Instant;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use tonic::Code;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::Service;

use super::observe::code_name;
use super::response_body::status_of;
use crate::telemetry::{attribute, metric};

/// A channel whose calls are measured until their answer begins.
#[derive(Debug, Clone)]
pub struct MeasuredChannel(pub(super) Channel);

impl Service<Request<Body>> for MeasuredChannel {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, tonic::transport::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = request.uri().path().trim_start_matches('/').to_owned();
        let begun = Instant::now();
        let answer = self.0.call(request);
        async move {
            let answer = answer.await;
            let code = match &answer {
                Ok(response) => status_of(response.headers()),
                // No answer: the transport failed, or this side's own time was over.
                Err(_) => Code::Unavailable,
            };
            record(method, begun, code);
            answer
        }
        .boxed()
    }
}

fn record(method: String, begun: Instant, code: Code) {
    static DURATION: OnceLock<Histogram<f64>> = OnceLock::new();
    let duration = DURATION.get_or_init(|| {
        metric::meter()
            .f64_histogram(metric::RPC_CLIENT_CALL_DURATION)
            .with_unit("s")
            .with_description("Time from sending a call to the beginning of its answer.")
            .with_boundaries(metric::LATENCY_BOUNDARIES.to_vec())
            .build()
    });
    let mut attributes = vec![
        KeyValue::new(attribute::RPC_SYSTEM_NAME, "grpc"),
        KeyValue::new(attribute::RPC_METHOD, method),
        KeyValue::new(attribute::RPC_STATUS_CODE, code_name(code)),
    ];
    if code != Code::Ok {
        attributes.push(KeyValue::new(attribute::ERROR_TYPE, code_name(code)));
    }
    duration.record(begun.elapsed().as_secs_f64(), &attributes);
}
