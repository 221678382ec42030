//! A stop finishes what is there and lets nobody wait for ever.

use std::sync::Arc;

use kindred_proto::notification::WatchInboxRequest;
use kindred_proto::notification::notifications_client::NotificationsClient;
use kindred_service_kit::grpc::Credentials;
use tonic::Code;

use crate::support::{ANSWER, WAIT, assert_refused, settings, start};

#[tokio::test]
async fn a_call_in_flight_is_finished() {
    let platform = Arc::new(start(settings()).await);
    let caller = platform.clone();
    let call = tokio::spawn(async move { caller.find(WAIT).await });
    platform.handlers.inside.wait_for(1).await;
    platform.stop.cancel();
    platform.handlers.release.notify_waiters();
    assert!(call.await.expect("no panic").is_ok());
    let platform = Arc::into_inner(platform).expect("the only one left");
    platform.serving.await.expect("no panic").expect("a clean end");
}

#[tokio::test]
async fn an_open_stream_ends_with_unavailable() {
    let platform = start(settings()).await;
    let mut client = NotificationsClient::new(platform.channel(&platform.gateway));
    let request = Credentials::request_as(platform.member(), WatchInboxRequest {});
    let mut stream = client.watch_inbox(request).await.expect("a stream").into_inner();
    assert_eq!(stream.message().await.expect("a first message").map(|message| message.unread), Some(7));
    platform.stop.cancel();
    assert_refused(stream.message().await, Code::Unavailable, "STOPPING");
    platform.serving.await.expect("no panic").expect("a clean end");
}

#[tokio::test]
async fn a_stopped_server_is_unreachable_and_says_so_as_unavailable() {
    let platform = start(settings()).await;
    let mut client = platform.client(&platform.gateway);
    let token = platform.member();
    platform.end().await;
    let request = Credentials::request_as(token, kindred_proto::matching::FindPeopleRequest { limit: ANSWER });
    assert_refused(client.find_people(request).await, Code::Unavailable, "SERVICE_UNREACHABLE");
}
