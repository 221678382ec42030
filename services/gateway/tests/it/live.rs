//! The live inbox: it tells at once, tells again when something changes, and ends by itself.

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::{Program, command};
use super::fake::id;
use super::site::Site;

/// Waits for the next event's number; fails if none comes.
async fn next(stream: &mut (impl futures::Stream<Item = reqwest::Result<bytes::Bytes>> + Unpin)) -> Option<u32> {
    loop {
        let chunk =
            tokio::time::timeout(Duration::from_secs(60), stream.next()).await.expect("something comes")?.ok()?;
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        if let Some(data) = text.split("data: ").nth(1) {
            assert!(text.contains("event: unread"), "{text}");
            let value: serde_json::Value = serde_json::from_str(data.trim()).unwrap();
            return value["unread"].as_u64().map(|count| count as u32);
        }
    }
}

#[tokio::test]
async fn the_number_of_unread_items_is_told_as_it_changes() {
    let site = Site::start("127.0.0.1:0").await;
    let patient = Program::of(&site, "patient");
    let response = patient.request(Method::GET, "/inbox/events").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.bytes_stream();
    assert_eq!(next(&mut stream).await, Some(3));
    let read =
        patient.send(Method::POST, &format!("/inbox/{}/read", id(0x1b, 1)), json!({"command_id": command()})).await;
    assert_eq!(read.status, StatusCode::OK);
    assert_eq!(next(&mut stream).await, Some(2));
}

#[tokio::test]
async fn a_stream_ends_by_itself_and_a_session_holds_only_so_many() {
    let settings = [("KINDRED__HTTP__STREAM_LIFETIME_SECS", "1"), ("KINDRED__HTTP__MAX_STREAMS_PER_SESSION", "2")];
    let site = Site::with("127.0.0.1:0", &settings).await;
    let patient = Program::of(&site, "patient");
    let open = || async { patient.request(Method::GET, "/inbox/events").send().await.unwrap() };
    let (first, _second) = (open().await, open().await);
    assert_eq!(open().await.status(), StatusCode::TOO_MANY_REQUESTS);
    let mut stream = first.bytes_stream();
    assert_eq!(next(&mut stream).await, Some(3));
    assert_eq!(next(&mut stream).await, None, "it ends by itself");
}

#[tokio::test]
async fn stopping_ends_streams_and_finishes() {
    let site = Site::start("127.0.0.1:0").await;
    let patient = Program::of(&site, "patient");
    let mut stream = patient.request(Method::GET, "/inbox/events").send().await.unwrap().bytes_stream();
    assert_eq!(next(&mut stream).await, Some(3));
    let never = std::future::pending();
    let outcome = kindred_service_kit::lifecycle::drain(site.tasks, Duration::from_secs(10), || {}, never).await;
    assert_eq!(outcome, kindred_service_kit::lifecycle::Outcome::Drained);
    assert_eq!(next(&mut stream).await, None);
}
