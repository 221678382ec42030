//! Calls that no proper client makes: each gets its code, and the server goes on.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tonic::Code;
use tonic::transport::Channel;

use kindred_proto::matching::{FindPeopleRequest, RequestIntroductionRequest};
use kindred_service_kit::config::{Millis, Server};

use crate::support::{ANSWER, Platform, WAIT, settings, start};

const FIND: &str = "/kindred.matching.v1.Matching/FindPeople";
const INTRODUCE: &str = "/kindred.matching.v1.Matching/RequestIntroduction";

/// A gRPC frame.
fn frame(flag: u8, length: u32, message: &[u8]) -> Vec<u8> {
    [&[flag], &length.to_be_bytes()[..], message].concat()
}

fn message(message: &impl prost::Message) -> Vec<u8> {
    let bytes = message.encode_to_vec();
    frame(0, u32::try_from(bytes.len()).expect("small"), &bytes)
}

fn good() -> Vec<u8> {
    message(&FindPeopleRequest { limit: ANSWER })
}

/// A good request, to be spoiled.
fn request(platform: &Platform, path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(Method::POST)
        .uri(format!("http://{}{path}", platform.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("kindred-caller", platform.member().as_str())
        .header("kindred-service", platform.gateway.service().as_str())
        .body(body.into())
        .expect("a request")
}

/// Sends it as it stands: a tonic channel would add a timer of its own.
async fn send(platform: &Platform, request: Request<Body>) -> Result<Response<hyper::body::Incoming>, String> {
    let stream = TcpStream::connect(platform.address).await.map_err(|error| error.to_string())?;
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(|error| format!("{error:?}"))
}

/// How the call ended: the status in headers, or in trailers behind the body.
async fn code(platform: &Platform, request: Request<Body>) -> Result<Code, String> {
    let response = send(platform, request).await?;
    if let Some(status) = response.headers().get("grpc-status") {
        return Ok(Code::from_bytes(status.as_bytes()));
    }
    if !response.status().is_success() {
        return Err(response.status().to_string());
    }
    let mut body = response.into_body();
    loop {
        let next = std::future::poll_fn(|context| http_body::Body::poll_frame(std::pin::Pin::new(&mut body), context));
        match next.await {
            None => return Err("no status".to_owned()),
            Some(Err(error)) => return Err(format!("{error:?}")),
            Some(Ok(frame)) => {
                if let Some(status) = frame.trailers_ref().and_then(|trailers| trailers.get("grpc-status")) {
                    return Ok(Code::from_bytes(status.as_bytes()));
                }
            }
        }
    }
}

#[tokio::test]
async fn every_spoiled_call_gets_its_code_and_the_server_goes_on() {
    let platform = start(settings()).await;
    let ask = |path: &str, body: Vec<u8>| request(&platform, path, body);
    let with = |name: &'static str, value: HeaderValue| {
        let mut spoiled = ask(FIND, good());
        spoiled.headers_mut().insert(name, value);
        spoiled
    };
    let text = |name, value: &'static str| with(name, HeaderValue::from_static(value));
    let without = |name: &str| {
        let mut spoiled = ask(FIND, good());
        spoiled.headers_mut().remove(name);
        spoiled
    };
    let mut not_utf8 = message(&RequestIntroductionRequest { note: "xx".into(), ..Default::default() });
    let last = not_utf8.len();
    not_utf8[last - 2..].copy_from_slice(&[0xff, 0xfe]);
    let get = {
        let mut spoiled = ask(FIND, Vec::new());
        *spoiled.method_mut() = Method::GET;
        spoiled
    };
    let many = {
        let mut spoiled = ask(FIND, good());
        for number in 0..1_000 {
            let name: http::HeaderName = format!("x-{number}").parse().expect("a name");
            spoiled.headers_mut().insert(name, HeaderValue::from_static("some value of some length"));
        }
        spoiled
    };

    let rows: Vec<(&str, Request<Body>, Result<Code, &str>)> = vec![
        ("as it should be", ask(FIND, good()), Ok(Code::Ok)),
        ("method that is not there", ask("/kindred.matching.v1.Matching/Nothing", good()), Ok(Code::PermissionDenied)),
        ("service that is not there", ask("/kindred.nothing.v1.Nothing/Find", good()), Ok(Code::PermissionDenied)),
        ("service that is elsewhere", ask("/kindred.posting.v1.Threads/Reply", good()), Ok(Code::Unimplemented)),
        ("root", ask("/", good()), Ok(Code::PermissionDenied)),
        ("path with dots", ask("/../kindred.matching.v1.Matching/FindPeople", good()), Ok(Code::PermissionDenied)),
        ("path twice", ask(&format!("/{FIND}"), good()), Ok(Code::Unimplemented)),
        ("other case", ask("/kindred.matching.v1.matching/findpeople", good()), Ok(Code::PermissionDenied)),
        ("encoded slash", ask("/kindred.matching.v1.Matching%2FFindPeople", good()), Ok(Code::PermissionDenied)),
        ("nothing", ask(FIND, Vec::new()), Ok(Code::Internal)),
        ("half a header", ask(FIND, vec![0, 0]), Ok(Code::Internal)),
        ("length beyond the body", ask(FIND, frame(0, 100, &[8, 1])), Ok(Code::Internal)),
        ("length short of the body", ask(FIND, frame(0, 1, &[8, 1])), Ok(Code::Internal)),
        ("flag that is none", ask(FIND, frame(7, 2, &[8, 1])), Ok(Code::Internal)),
        ("compressed without saying how", ask(FIND, frame(1, 2, &[8, 1])), Ok(Code::Internal)),
        ("no protobuf", ask(FIND, frame(0, 3, &[0xff, 0xff, 0xff])), Ok(Code::Internal)),
        ("two messages where one is read", ask(FIND, [good(), good()].concat()), Ok(Code::Ok)),
        ("text that is no UTF-8", ask(INTRODUCE, not_utf8), Ok(Code::Internal)),
        ("four gigabytes announced", ask(FIND, frame(0, u32::MAX, &[8, 1])), Ok(Code::ResourceExhausted)),
        ("one byte too many announced", ask(FIND, frame(0, 1_048_577, &[8, 1])), Ok(Code::ResourceExhausted)),
        ("gzip said", text("grpc-encoding", "gzip"), Ok(Code::Unimplemented)),
        ("zstd said", text("grpc-encoding", "zstd"), Ok(Code::Unimplemented)),
        ("encoding that is none", text("grpc-encoding", "rot13"), Ok(Code::Unimplemented)),
        ("no time", text("grpc-timeout", "0S"), Ok(Code::DeadlineExceeded)),
        ("next to no time", text("grpc-timeout", "1n"), Ok(Code::DeadlineExceeded)),
        ("negative time", text("grpc-timeout", "-5S"), Ok(Code::InvalidArgument)),
        ("time without a unit", text("grpc-timeout", "5"), Ok(Code::InvalidArgument)),
        ("nine digits", text("grpc-timeout", "999999999S"), Ok(Code::InvalidArgument)),
        ("ten thousand years", text("grpc-timeout", "99999999H"), Ok(Code::Ok)),
        ("time in letters", text("grpc-timeout", "soon"), Ok(Code::InvalidArgument)),
        (
            "time that is no text",
            with("grpc-timeout", HeaderValue::from_bytes(&[0xff]).expect("opaque")),
            Ok(Code::InvalidArgument),
        ),
        ("caller missing", without("kindred-caller"), Ok(Code::Unauthenticated)),
        ("caller empty", text("kindred-caller", ""), Ok(Code::Unauthenticated)),
        (
            "caller that is no text",
            with("kindred-caller", HeaderValue::from_bytes(&[0xfe]).expect("opaque")),
            Ok(Code::Unauthenticated),
        ),
        (
            "service as caller",
            with("kindred-caller", platform.gateway.service().as_str().parse().expect("ASCII")),
            Ok(Code::PermissionDenied),
        ),
        (
            "member as service",
            with("kindred-service", platform.member().as_str().parse().expect("ASCII")),
            Ok(Code::Unauthenticated),
        ),
        ("authorization of another kind", text("authorization", "Basic YTpi"), Ok(Code::Ok)),
        ("type of something else", text("content-type", "application/json"), Err("415 Unsupported Media Type")),
        ("no type", without("content-type"), Err("415 Unsupported Media Type")),
        ("browser's type", text("content-type", "application/grpc-web"), Err("415 Unsupported Media Type")),
        ("GET", get, Err("405 Method Not Allowed")),
        ("a thousand headers", many, Err("431 Request Header Fields Too Large")),
    ];
    assert!(rows.len() >= 40);
    let mut wrong = Vec::new();
    for (what, spoiled, expected) in rows {
        let got = code(&platform, spoiled).await;
        if got.as_ref().map_err(String::as_str) != expected.as_ref().map_err(|text| *text) {
            wrong.push(format!("{what}: {got:?} instead of {expected:?}"));
        }
        let after = code(&platform, ask(FIND, good())).await;
        assert_eq!(after, Ok(Code::Ok), "after {what}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    platform.end().await;
}

#[tokio::test]
async fn a_body_that_never_ends_runs_into_the_deadline() {
    let platform = start(Server { request_timeout_millis: Millis::new(100), ..settings() }).await;
    let half = Bytes::from(good()[..4].to_vec());
    let parts = tokio_stream::StreamExt::chain(
        tokio_stream::once(Ok::<_, std::convert::Infallible>(half)),
        tokio_stream::pending(),
    );
    let open = request(&platform, FIND, Body::from_stream(parts));
    assert_eq!(code(&platform, open).await, Ok(Code::DeadlineExceeded));
    assert_eq!(code(&platform, request(&platform, FIND, good())).await, Ok(Code::Ok));
    platform.end().await;
}

#[tokio::test]
async fn a_caller_who_goes_away_frees_the_place() {
    let platform =
        start(Server { max_concurrent_requests: kindred_service_kit::config::Bounded::new(1), ..settings() }).await;
    let waiting = request(&platform, FIND, message(&FindPeopleRequest { limit: WAIT }));
    tokio::select! {
        _ = code(&platform, waiting) => panic!("nobody let it go"),
        () = platform.handlers.inside.wait_for(1) => {}
    }
    let begun = std::time::Instant::now();
    while code(&platform, request(&platform, FIND, good())).await != Ok(Code::Ok) {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "the place is never free again");
        tokio::task::yield_now().await;
    }
    platform.end().await;
}

#[tokio::test]
async fn reflection_needs_no_caller() {
    use tonic_reflection::pb::v1::ServerReflectionRequest;
    use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
    use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
    use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

    let platform = start(settings()).await;
    let channel = Channel::from_shared(format!("http://{}", platform.address)).expect("a URL").connect_lazy();
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let asked = ServerReflectionClient::new(channel).server_reflection_info(tokio_stream::once(list)).await;
    let answer = asked.expect("an answer").into_inner().message().await.expect("a message").expect("one message");
    let Some(MessageResponse::ListServicesResponse(services)) = answer.message_response else { panic!("{answer:?}") };
    assert!(services.service.iter().any(|service| service.name == "kindred.matching.v1.Matching"));
    platform.end().await;
}
