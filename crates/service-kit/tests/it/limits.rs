//! What is too much is turned away precisely, and the rest goes on.

use std::time::{Duration, Instant};

use kindred_proto::matching::{FindPeopleRequest, RequestIntroductionRequest};
use kindred_service_kit::config::{Bounded, Millis, Server};
use kindred_service_kit::error::ErrorCode;
use kindred_service_kit::grpc::Credentials;
use tonic::Code;

use crate::support::{ANSWER, PANIC, Platform, WAIT, assert_refused, settings, start};

async fn introduce(platform: &Platform, bytes: usize) -> Result<(), tonic::Status> {
    let message = RequestIntroductionRequest { note: "x".repeat(bytes), ..Default::default() };
    let request = Credentials::request_as(platform.member(), message);
    platform.client(&platform.gateway).request_introduction(request).await.map(|_| ())
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_and_one_under_it_read() {
    let platform = start(settings()).await;
    // Tag and length of the one field take four bytes.
    assert_refused(introduce(&platform, 1_048_576 - 4).await, Code::InvalidArgument, "COMMAND_ID_MISSING");
    assert_refused(introduce(&platform, 1_048_576 - 3).await, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    assert_refused(introduce(&platform, 20_000_000).await, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    assert!(platform.find(ANSWER).await.is_ok());
    platform.end().await;
}

#[tokio::test]
async fn one_call_too_many_is_turned_away_at_once() {
    let platform = start(Server { max_concurrent_requests: Bounded::new(2), ..settings() }).await;
    let platform = std::sync::Arc::new(platform);
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let platform = platform.clone();
            tokio::spawn(async move { platform.find(WAIT).await })
        })
        .collect();
    platform.handlers.inside.wait_for(2).await;
    let status = platform.find(ANSWER).await.expect_err("a third call passed");
    let error = kindred_service_kit::error::ApiError::from(&status);
    assert_eq!((status.code(), error.reason()), (Code::ResourceExhausted, "OVERLOADED"));
    assert!(error.retry_after().is_some());
    platform.handlers.release.notify_waiters();
    for call in waiting {
        assert!(call.await.expect("no panic").is_ok());
    }
    assert!(platform.find(ANSWER).await.is_ok(), "places come back");
}

#[tokio::test]
async fn a_call_ends_at_the_servers_limit() {
    let platform = start(Server { request_timeout_millis: Millis::new(80), ..settings() }).await;
    let begun = Instant::now();
    assert_refused(platform.find(WAIT).await, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    assert!(begun.elapsed() >= Duration::from_millis(80));
    assert!(platform.find(ANSWER).await.is_ok());
    platform.end().await;
}

#[tokio::test]
async fn a_shorter_deadline_of_the_caller_holds() {
    let platform = start(settings()).await;
    for millis in [1, 2, 50] {
        let mut request = Credentials::request_as(platform.member(), FindPeopleRequest { limit: WAIT });
        request.metadata_mut().insert("grpc-timeout", format!("{millis}m").parse().expect("ASCII"));
        let begun = Instant::now();
        // Client and server both keep the time; whoever is first, it is one code to a service.
        let refused = platform.client(&platform.gateway).find_people(request).await.expect_err("no time was left");
        let error = kindred_service_kit::error::ApiError::from(&refused);
        assert_eq!((error.code(), error.reason()), (ErrorCode::DeadlineExceeded, "DEADLINE_EXCEEDED"));
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    platform.end().await;
}

#[tokio::test]
async fn a_panic_is_one_answer_without_its_text() {
    let platform = start(settings()).await;
    let status = platform.find(PANIC).await.expect_err("a panic passed");
    assert_eq!(status.code(), Code::Internal);
    let error = kindred_service_kit::error::ApiError::from(&status);
    let id = error.error_id().expect("an id to look for");
    assert_eq!(status.message(), format!("internal error {id}"));
    assert!(platform.find(ANSWER).await.is_ok(), "the process goes on");
    platform.end().await;
}
