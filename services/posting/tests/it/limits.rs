//! Bad input over gRPC: a precise error that names the field, and nothing changes.

use kindred_eventsourcing::EventStore as _;
use kindred_proto::common;
use kindred_proto::posting as wire;
use kindred_proto::posting::threads_server::Threads as _;
use kindred_service_kit::error::ApiError;

use crate::support::Town;
use crate::support::database::Library;

#[tokio::test]
async fn every_field_is_read_precisely() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let good = || wire::StartThreadRequest {
        command_id: town.command().to_string(),
        community_id: diabetes.to_string(),
        title: "Hello there".to_owned(),
        text: "words".to_owned(),
    };
    let rows: [(wire::StartThreadRequest, &str, &str); 11] = [
        (wire::StartThreadRequest { command_id: String::new(), ..good() }, "command_id", "COMMAND_ID_MISSING"),
        (wire::StartThreadRequest { command_id: "x".into(), ..good() }, "command_id", "COMMAND_ID_MALFORMED"),
        (wire::StartThreadRequest { community_id: String::new(), ..good() }, "community_id", "ID_MISSING"),
        (wire::StartThreadRequest { community_id: "{}".into(), ..good() }, "community_id", "ID_MALFORMED"),
        (wire::StartThreadRequest { title: "Hi".into(), ..good() }, "title", "TEXT_TOO_SHORT"),
        (wire::StartThreadRequest { title: "a".repeat(161), ..good() }, "title", "TEXT_TOO_LONG"),
        (wire::StartThreadRequest { title: "one\ntwo".into(), ..good() }, "title", "TEXT_NOT_ONE_LINE"),
        (wire::StartThreadRequest { title: "bell\u{7}".into(), ..good() }, "title", "TEXT_CONTROL_CHARACTER"),
        (wire::StartThreadRequest { text: String::new(), ..good() }, "text", "TEXT_EMPTY"),
        (wire::StartThreadRequest { text: "a".repeat(20_001), ..good() }, "text", "TEXT_TOO_LONG"),
        (wire::StartThreadRequest { text: "nul \0".into(), ..good() }, "text", "TEXT_CONTROL_CHARACTER"),
    ];
    for (message, field, reason) in rows {
        let status = library.service.start_thread(library.request(&ann, None, message)).await.expect_err(reason);
        let error = ApiError::from(status);
        assert_eq!((error.code().as_str(), error.field(), error.reason()), ("INVALID_ARGUMENT", Some(field), reason));
    }
    assert_eq!(town.store.head().await.unwrap(), 0);
    let largest = wire::StartThreadRequest { title: "ä".repeat(160), text: "\u{1F600}".repeat(20_000), ..good() };
    library.service.start_thread(library.request(&ann, None, largest)).await.expect("within the limits");
}

#[tokio::test]
async fn pages_and_reactions_are_read_precisely() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let list = |size, cursor: &str| wire::ListThreadsRequest {
        community_id: diabetes.to_string(),
        page: Some(common::Page { cursor: cursor.to_owned(), size }),
    };
    for (message, field, reason) in
        [(list(101, ""), "page.size", "PAGE_TOO_LARGE"), (list(1, "nonsense"), "page.cursor", "CURSOR_MALFORMED")]
    {
        let status = library.service.list_threads(library.request(&ann, None, message)).await.expect_err(reason);
        let error = ApiError::from(status);
        assert_eq!((error.field(), error.reason()), (Some(field), reason));
    }
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let command_id = town.command().to_string();
    let react = wire::ReactRequest { command_id, post_id: thread.to_string(), reaction: 9 };
    let error = ApiError::from(library.service.react(library.request(&ann, None, react)).await.expect_err("unknown"));
    assert_eq!((error.field(), error.reason()), (Some("reaction"), "REACTION_UNKNOWN"));
    let mut forged = library.request(&ann, None, list(0, ""));
    forged.metadata_mut().insert("kindred-position", "kpt1.AAAA.AAAA".parse().unwrap());
    let error = ApiError::from(library.service.list_threads(forged).await.expect_err("forged"));
    assert_eq!((error.field(), error.reason()), (Some("kindred-position"), "POSITION_BAD_SIGNATURE"));
}

#[tokio::test]
async fn a_call_without_a_verified_caller_is_nobodys() {
    let town = Town::new();
    let library = Library::open(&town).await;
    let status = library.service.get_thread(tonic::Request::new(wire::GetThreadRequest::default())).await;
    assert_eq!(status.expect_err("nobody").code(), tonic::Code::Unauthenticated);
}
