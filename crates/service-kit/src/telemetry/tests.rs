//! One guard for traces, metrics and logs, without anybody's words in them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tonic::metadata::MetadataMap;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::config::{Bounded, LogFormat, Telemetry};

fn settings() -> Telemetry {
    Telemetry {
        otlp_endpoint: None,
        log_format: LogFormat::Json,
        filter: "info".to_owned(),
        metrics_listen: None,
        trace_permille: Bounded::new(1_000),
    }
}

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

/// One process, one installation: everything about it in one test.
#[tokio::test(flavor = "multi_thread")]
async fn one_guard_serves_metrics_and_carries_traces() {
    let guard = install(&settings(), "kindred-posting", "1.2.3").expect("telemetry");
    assert!(matches!(install(&settings(), "x", "1"), Err(TelemetryError::Installed(_))));

    let histogram = metric::meter().f64_histogram(metric::RPC_SERVER_CALL_DURATION).with_unit("s").build();
    histogram.record(0.002, &[KeyValue::new(attribute::RPC_METHOD, "a.B/C")]);
    metric::meter().u64_counter(metric::AUTHZ_DENIED).build().add(1, &[KeyValue::new(attribute::POLICY, "no-row")]);
    let server =
        MetricsServer::bind("127.0.0.1:0".parse().expect("an address"), guard.registry()).await.expect("a port");
    let address = server.local_addr().expect("an address");
    let stop = CancellationToken::new();
    let serving = tokio::spawn(server.serve(stop.clone()));
    let text = get(address, "/metrics").await;
    for line in [
        "rpc_server_call_duration_seconds_count",
        "rpc_method=\"a.B/C\"",
        "kindred_authz_denied_total{",
        "policy=\"no-row\"",
        "kindred_build_info{",
        "service_name=\"kindred-posting\"",
    ] {
        assert!(text.contains(line), "no `{line}` in\n{text}");
    }
    assert!(get(address, "/").await.starts_with("HTTP/1.1 404"));
    stop.cancel();
    serving.await.expect("no panic").expect("no error");

    let mut headers = http::HeaderMap::new();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    headers.insert("traceparent", parent.parse().expect("ASCII"));
    let span = tracing::info_span!("grpc.server.call", trace_id = tracing::field::Empty);
    trace::continue_from(&span, trace::Parent::named_by(&headers));
    let _entered = span.enter();
    let step = tracing::info_span!("log.commit.append");
    assert!(step.is_disabled(), "nobody looks at the steps of a call");
    let ours = trace::traceparent().expect("a trace goes on");
    assert_eq!(ours[..36], parent[..36], "the trace id stays");
    let mut metadata = MetadataMap::new();
    trace::inject(&mut metadata);
    assert_eq!(metadata.get("traceparent").and_then(|value| value.to_str().ok()), Some(ours.as_str()));
}

#[test]
fn a_filter_that_is_none_names_its_key() {
    let settings = Telemetry { filter: "info,[[".to_owned(), ..settings() };
    let error = install(&settings, "x", "1").map(|_| ()).expect_err("no filter");
    assert!(error.to_string().contains("`telemetry.filter`"), "{error}");
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_line_inside_a_call_shows_its_trace_and_stays_one_line() {
    let written = Written::default();
    let writer = written.clone();
    let tracer = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOff).build();
    let subscriber = tracing_subscriber::registry()
        .with(guard::lines(LogFormat::Json, move || writer.clone()))
        .with(tracing_opentelemetry::layer().with_tracer(tracer.tracer("test")));
    tracing::subscriber::with_default(subscriber, || {
        let mut headers = http::HeaderMap::new();
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", parent.parse().expect("ASCII"));
        let parent = trace::Parent::named_by(&headers);
        let trace_id = parent.id().map(tracing::field::display);
        let span = tracing::info_span!("grpc.server.call", trace_id, late = tracing::field::Empty, ok = true);
        trace::continue_from(&span, parent);
        span.record("late", tracing::field::debug("a \"quoted\"\nline"));
        span.in_scope(|| tracing::info!(text = "a\r\nERROR forged", "call ended"));
        let first = tracing::info_span!("http.server.request", trace_id = tracing::field::Empty);
        trace::continue_from(&first, trace::Parent::named_by(&http::HeaderMap::new()));
        first.in_scope(|| tracing::info!("a trace of its own"));
    });
    let text = String::from_utf8(written.0.lock().expect("no panic").clone()).expect("UTF-8");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("one JSON object"));
    let lines: Vec<serde_json::Value> = lines.collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(lines[0]["message"], "call ended");
    let span = &lines[0]["spans"][0];
    assert_eq!(span["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(span["late"], "\"a \\\"quoted\\\"\\nline\"");
    assert_eq!(span["ok"], true);
    let own = lines[1]["spans"][0]["trace_id"].as_str().expect("an id");
    assert!(own.len() == 32 && own.bytes().any(|byte| byte != b'0'), "{own}");
}

#[test]
fn lines_that_somebody_relies_on_pass_every_filter() {
    for text in ["off", "error", "info,kindred=off", "kindred::audit::heads=off", "kindred::audit=error,warn"] {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::registry()
            .with(guard::filter(text).expect("a filter"))
            .with(guard::lines(LogFormat::Json, move || writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: target::AUDIT_HEADS, "heads");
            tracing::info!("something else");
        });
        let text = String::from_utf8(written.0.lock().expect("no panic").clone()).expect("UTF-8");
        assert!(text.contains("\"heads\"") && text.contains(target::AUDIT_HEADS), "{text}");
    }
}
