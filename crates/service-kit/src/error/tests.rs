//! Errors keep their code over the wire and their cause at home.

use kindred_eventsourcing::{AppendError, ExecuteError, LogDamaged, StoreError};
use tonic::{Code, Status};

use super::*;

#[test]
fn every_code_survives_the_wire() {
    for &code in ErrorCode::ALL {
        let error = ApiError::new(code, "SOME_REASON", "what happened")
            .with_field("title")
            .with_retry_after(Duration::from_millis(250));
        let status = Status::from(error.clone());
        assert_eq!(status.code(), code.grpc());
        assert_eq!(ApiError::from(&status), error);
        assert_eq!(code.as_str().parse::<ErrorCode>(), Ok(code));
    }
}

#[test]
fn only_codes_that_say_so_share_a_status() {
    let shared: Vec<_> = ErrorCode::ALL.iter().filter(|code| ErrorCode::of_grpc(code.grpc()) != **code).collect();
    assert_eq!(shared, [&ErrorCode::Stale]);
}

#[test]
fn an_internal_error_leaves_without_its_cause() {
    let damaged = LogDamaged { context: "posting".into(), sequence: 7, what: "relation \"x\" gone".into() };
    let error = ApiError::from(StoreError::from(damaged));
    assert_eq!(error.code(), ErrorCode::Internal);
    let id = error.error_id().expect("internal errors have an id").to_owned();
    assert_eq!(id.len(), 16);
    assert_eq!(error.message(), format!("internal error {id}"));
}

#[test]
fn what_a_foreign_server_says_of_its_inside_stays_there() {
    for status in [Status::internal("SELECT secret"), Status::unknown("stack"), Status::data_loss("disk")] {
        let error = ApiError::from(status);
        assert_eq!(error.code(), ErrorCode::Internal);
        assert_eq!(error.message(), "a service behind this one failed");
    }
}

#[test]
fn a_foreign_code_claim_is_ignored_where_the_status_differs() {
    let mut status = Status::not_found("gone");
    status.metadata_mut().insert(metadata::CODE, "STALE".parse().expect("ascii"));
    assert_eq!(ApiError::from(&status).code(), ErrorCode::NotFound);
}

#[test]
fn every_outcome_of_a_command_has_its_row() {
    let gone = || StoreError::Unavailable { context: "posting".into(), source: None };
    let id = "0123456789abcdef0123456789abcdef".parse().expect("a command id");
    let rows: [(ExecuteError<ApiError>, Code, &str); 8] = [
        (ExecuteError::Refused(ApiError::refused("BLOCKED", "no")), Code::FailedPrecondition, "BLOCKED"),
        (ExecuteError::CommandReused(id), Code::InvalidArgument, "COMMAND_ID_REUSED"),
        (ExecuteError::Conflict, Code::Aborted, "CONFLICT"),
        (ExecuteError::Append(AppendError::Busy), Code::Unavailable, "LOG_BUSY"),
        (ExecuteError::Append(AppendError::Full), Code::ResourceExhausted, "LOG_FULL"),
        (
            ExecuteError::Append(AppendError::TooLarge { bytes: 9, limit: 8 }),
            Code::InvalidArgument,
            "COMMAND_TOO_LARGE",
        ),
        (ExecuteError::Append(AppendError::Unknown), Code::Unavailable, "OUTCOME_UNKNOWN"),
        (ExecuteError::Load(gone()), Code::Unavailable, "LOG_UNAVAILABLE"),
    ];
    for (outcome, code, reason) in rows {
        let error = ApiError::from(outcome);
        assert_eq!((error.code().grpc(), error.reason()), (code, reason));
    }
}
