//! What leaves the process over OTLP, seen by the one who receives it.

use std::sync::{Arc, Mutex};

use kindred_service_kit::config::{Bounded, LogFormat, Telemetry};
use kindred_service_kit::telemetry;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_server::{LogsService, LogsServiceServer};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{ExportMetricsServiceRequest, ExportMetricsServiceResponse};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{TraceService, TraceServiceServer};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::support::{ANSWER, PANIC, settings, start};

/// Keeps everything that it is sent, as text.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<String>>>);

impl Sink {
    fn keep(&self, what: &impl std::fmt::Debug) {
        self.0.lock().expect("no panic").push(format!("{what:?}"));
    }
}

#[tonic::async_trait]
impl TraceService for Sink {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep(request.get_ref());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Sink {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.keep(request.get_ref());
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl LogsService for Sink {
    async fn export(
        &self,
        request: Request<ExportLogsServiceRequest>,
    ) -> Result<Response<ExportLogsServiceResponse>, Status> {
        self.keep(request.get_ref());
        Ok(Response::new(ExportLogsServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_metrics_and_logs_of_a_call_arrive_and_hold_no_token() {
    let sink = Sink::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let collector = Server::builder()
        .add_service(TraceServiceServer::new(sink.clone()))
        .add_service(MetricsServiceServer::new(sink.clone()))
        .add_service(LogsServiceServer::new(sink.clone()))
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(collector);
    let exported = Telemetry {
        otlp_endpoint: Some(format!("http://{address}")),
        log_format: LogFormat::Text,
        filter: "info".into(),
        metrics_listen: None,
        trace_permille: Bounded::new(1_000),
    };
    let guard = telemetry::install(&exported, "kindred-matching", "1.2.3").expect("telemetry");

    let platform = start(settings()).await;
    let token = platform.member();
    platform.find(ANSWER).await.expect("an answer");
    let id = platform.find(PANIC).await.expect_err("a panic").message().replace("internal error ", "");
    platform.end().await;
    tokio::task::spawn_blocking(move || drop(guard)).await.expect("no panic");

    let all = sink.0.lock().expect("no panic").join("\n");
    for expected in [
        "kindred-matching",
        "kindred.matching.v1.Matching/FindPeople",
        "rpc.server.call.duration",
        "rpc.client.call.duration",
        "rpc.status_code",
        id.as_str(),
    ] {
        assert!(all.contains(expected), "no `{expected}` in what was exported");
    }
    assert!(!all.contains("kct1.") && !all.contains(token.as_str()), "a token was exported");
}
