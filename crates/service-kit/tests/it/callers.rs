//! Who passes, and as whom a handler sees them.

use std::collections::BTreeSet;
use std::time::Duration;

use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::matching::{FindPeopleRequest, RequestIntroductionRequest};
use kindred_service_kit::caller::{Issuer, Role, SigningKey};
use kindred_service_kit::clock::SystemClock;
use kindred_service_kit::grpc::Credentials;
use tonic::transport::Channel;
use tonic::{Code, Request};

use crate::support::{ANSWER, OTHER_TENANT, assert_refused, claims, now, settings, start};

#[tokio::test]
async fn a_handler_sees_the_end_caller_and_who_acts_for_them() {
    let platform = start(settings()).await;
    let answer = platform.find(ANSWER).await.expect("a member may");
    assert_eq!(answer.advice, ["0123456789ab8def8123456789abcdef", "gateway", "riverside"]);
    let request = Credentials::request_as(platform.member(), FindPeopleRequest { limit: ANSWER });
    let answer = platform.client(&platform.posting).find_people(request).await.expect("passed on by posting");
    assert_eq!(answer.into_inner().advice[1], "posting");
    platform.end().await;
}

#[tokio::test]
async fn a_service_on_its_own_behalf_may_not_do_what_members_do() {
    let platform = start(settings()).await;
    let own = platform.client(&platform.posting).find_people(FindPeopleRequest { limit: ANSWER }).await;
    assert_refused(own, Code::PermissionDenied, "NOT_PERMITTED");
    platform.end().await;
}

#[tokio::test]
async fn a_stranger_may_not_do_what_members_do() {
    let platform = start(settings()).await;
    let request = Credentials::request_as(platform.gateway.anonymous(None), FindPeopleRequest { limit: ANSWER });
    let refused = platform.client(&platform.gateway).find_people(request).await;
    assert_refused(refused, Code::PermissionDenied, "NOT_PERMITTED");
    platform.end().await;
}

#[tokio::test]
async fn a_caller_whom_nobody_vouches_for_is_refused() {
    let platform = start(settings()).await;
    let forged =
        |role| std::sync::Arc::new(Issuer::new(role, SigningKey::generate().expect("a key").0, SystemClock::shared()));
    let gateway = forged(Role::Gateway);
    let token = gateway.member(&claims("riverside"), &BTreeSet::new(), Duration::from_secs(60));
    let request = Credentials::request_as(token, FindPeopleRequest { limit: ANSWER });
    let refused = platform.client(&platform.gateway).find_people(request).await;
    assert_refused(refused, Code::Unauthenticated, "CALLER_BAD_SIGNATURE");
    let request = Credentials::request_as(platform.member(), FindPeopleRequest { limit: ANSWER });
    let refused = platform.client(&forged(Role::Posting)).find_people(request).await;
    assert_refused(refused, Code::Unauthenticated, "CALLER_BAD_SIGNATURE");
    let notification = forged(Role::Notification);
    let refused = platform.client(&notification).find_people(FindPeopleRequest { limit: ANSWER }).await;
    assert_refused(refused, Code::Unauthenticated, "CALLER_UNKNOWN_ISSUER");
    platform.end().await;
}

#[tokio::test]
async fn a_call_without_a_caller_is_refused() {
    let platform = start(settings()).await;
    let bare = Channel::from_shared(format!("http://{}", platform.address)).expect("a URL").connect_lazy();
    let mut client = MatchingClient::new(bare);
    assert_refused(client.find_people(FindPeopleRequest::default()).await, Code::Unauthenticated, "CALLER_MISSING");
    let mut twice = Request::new(FindPeopleRequest::default());
    for _ in 0..2 {
        twice.metadata_mut().append("kindred-caller", platform.member().as_str().parse().expect("ASCII"));
    }
    assert_refused(client.find_people(twice).await, Code::Unauthenticated, "CALLER_REPEATED");
    let mut large = Request::new(FindPeopleRequest::default());
    large.metadata_mut().insert("kindred-caller", "A".repeat(10_000).parse().expect("ASCII"));
    assert_refused(client.find_people(large).await, Code::Unauthenticated, "CALLER_TOO_LARGE");
    platform.end().await;
}

#[tokio::test]
async fn a_revocation_counts_on_the_next_call() {
    let platform = start(settings()).await;
    let member = claims("riverside");
    assert!(platform.find(ANSWER).await.is_ok());
    platform.revocations.end_session(&member.tenant, member.session, now());
    assert_refused(platform.find(ANSWER).await, Code::Unauthenticated, "SESSION_ENDED");
    platform.revocations.bar_tenant(&member.tenant);
    assert_refused(platform.find(ANSWER).await, Code::Unauthenticated, "TENANT_SUSPENDED");
    platform.end().await;
}

#[tokio::test]
async fn bad_input_names_its_field_across_the_wire() {
    let platform = start(settings()).await;
    let long = "x".repeat(501);
    let good = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
    let rows = [
        ("", "hello", "command_id", "COMMAND_ID_MISSING"),
        ("seven", "hello", "command_id", "COMMAND_ID_MALFORMED"),
        (good, "", "note", "TEXT_EMPTY"),
        (good, long.as_str(), "note", "TEXT_TOO_LONG"),
        (good, "nul\0", "note", "TEXT_CONTROL_CHARACTER"),
    ];
    for (command_id, note, field, reason) in rows {
        let message =
            RequestIntroductionRequest { command_id: command_id.into(), note: note.into(), member_id: String::new() };
        let request = Credentials::request_as(platform.member(), message);
        let refused = platform.client(&platform.gateway).request_introduction(request).await;
        let status = refused.expect_err("bad input passed");
        let error = kindred_service_kit::error::ApiError::from(&status);
        assert_eq!((status.code(), error.field(), error.reason()), (Code::InvalidArgument, Some(field), reason));
    }
    platform.end().await;
}

#[tokio::test]
async fn a_member_who_names_another_tenant_finds_nothing() {
    let platform = start(settings()).await;
    assert_refused(platform.find(OTHER_TENANT).await, Code::NotFound, "TENANT_UNKNOWN");
    platform.end().await;
}
