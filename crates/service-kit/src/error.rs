//! The one error model, from a refusal in the domain to a status at the edge and back.
//!
//! # Promises
//!
//! * The set of codes is closed; each has one gRPC status and one HTTP status.
//! * A reason is a stable name in capitals that programs may act on; a message is for
//!   people. Neither ever holds SQL, a stack or personal data.
//! * An internal failure is logged once with its whole chain and leaves as an error id.

mod code;
mod execute;
mod status;

use std::borrow::Cow;
use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

pub use code::ErrorCode;
pub use status::metadata;

/// What a call can end in, seen from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.message)]
pub struct ApiError(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    code: ErrorCode,
    reason: Cow<'static, str>,
    message: String,
    field: Option<Cow<'static, str>>,
    retry_after: Option<Duration>,
    error_id: Option<String>,
}

impl ApiError {
    /// An error with a stable reason (`THREAD_CLOSED`) and a message for people.
    #[must_use]
    pub fn new(code: ErrorCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            reason: Cow::Borrowed(reason),
            message: message.into(),
            field: None,
            retry_after: None,
            error_id: None,
        }))
    }

    /// Input that cannot be taken as it stands; `field` is its name in the request.
    #[must_use]
    pub fn invalid(field: &'static str, reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidArgument, reason, message).with_field(field)
    }

    /// Nobody known sent this.
    #[must_use]
    pub fn unauthenticated(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unauthenticated, reason, message)
    }

    /// Known, but not allowed.
    #[must_use]
    pub fn denied(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::PermissionDenied, reason, message)
    }

    /// Not there, or not for this caller to know of.
    #[must_use]
    pub fn not_found(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, reason, message)
    }

    /// The rules of the domain say no.
    #[must_use]
    pub fn refused(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Refused, reason, message)
    }

    /// Something below does not answer; the same call may work later.
    #[must_use]
    pub fn unavailable(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unavailable, reason, message)
    }

    /// A failure of ours: logged with its chain here, told as an id only.
    #[must_use]
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let id = new_error_id();
        tracing::error!(kindred.error.id = %id, chain = %chain(error), "call failed inside, error `{id}`");
        let mut internal = Self::new(ErrorCode::Internal, "INTERNAL", format!("internal error {id}"));
        internal.0.error_id = Some(id);
        internal
    }

    /// Names the field of the request that is meant.
    #[must_use]
    pub fn with_field(mut self, field: &'static str) -> Self {
        self.0.field = Some(Cow::Borrowed(field));
        self
    }

    /// Says when it is worth trying again.
    #[must_use]
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The stable name of what happened.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.0.reason
    }

    /// The text for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The field of the request that is meant.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// When it is worth trying again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Under which id the failure was logged.
    #[must_use]
    pub fn error_id(&self) -> Option<&str> {
        self.0.error_id.as_deref()
    }
}

/// An error and everything behind it, in one line.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn new_error_id() -> String {
    let mut bytes = [0; 8];
    // Without randomness the id is only less useful; the answer must still leave.
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return "0000000000000000".to_owned();
    }
    format!("{:016x}", u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
