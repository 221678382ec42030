//! How the outcome of a command leaves: every row is decided, none is "other".

use std::time::Duration;

use kindred_eventsourcing::{AppendError, ExecuteError, StoreError};

use super::{ApiError, ErrorCode};

/// When a full or loaded log is worth another try.
const LATER: Duration = Duration::from_secs(1);

impl<R: Into<Self>> From<ExecuteError<R>> for ApiError {
    fn from(error: ExecuteError<R>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::CommandReused(id) => Self::invalid(
                "command_id",
                "COMMAND_ID_REUSED",
                format!("command id `{id}` was already used with other content"),
            ),
            ExecuteError::Conflict => conflict(),
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Load(error) => error.into(),
        }
    }
}

impl From<AppendError> for ApiError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict => conflict(),
            AppendError::Busy => {
                Self::unavailable("LOG_BUSY", "the log sheds load; nothing was stored").with_retry_after(LATER)
            }
            AppendError::Full => {
                Self::new(ErrorCode::ResourceExhausted, "LOG_FULL", "the log is full; nothing was stored")
            }
            AppendError::TooLarge { bytes, limit } => Self::new(
                ErrorCode::InvalidArgument,
                "COMMAND_TOO_LARGE",
                format!("the command makes {bytes} bytes of events, the log takes {limit}"),
            ),
            malformed @ AppendError::Malformed(_) => Self::internal(&malformed),
            AppendError::Unknown => Self::unavailable(
                "OUTCOME_UNKNOWN",
                "the log did not say whether the command was stored; send it again with the same command id",
            ),
            AppendError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unavailable { .. } => {
                tracing::warn!(chain = %super::chain(&error), "log does not answer");
                Self::unavailable("LOG_UNAVAILABLE", "the log does not answer").with_retry_after(LATER)
            }
            StoreError::Damaged(_) | StoreError::Unreadable { .. } => Self::internal(&error),
        }
    }
}

fn conflict() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "CONFLICT", "it kept changing while the command ran; send it again")
}
