//! [`ApiError`] as a gRPC status with metadata, and back.

use std::borrow::Cow;
use std::time::Duration;

use tonic::metadata::{AsciiMetadataValue, MetadataMap};
use tonic::{Code, Status};

use super::{ApiError, ErrorCode, Parts};

/// Names of the metadata that an error travels in.
pub mod metadata {
    /// The code, where one gRPC status stands for two.
    pub const CODE: &str = "kindred-error-code";
    /// The stable reason.
    pub const REASON: &str = "kindred-error-reason";
    /// The field of the request.
    pub const FIELD: &str = "kindred-error-field";
    /// Under which id the failure was logged.
    pub const ID: &str = "kindred-error-id";
    /// When it is worth trying again, milliseconds.
    pub const RETRY_AFTER: &str = "kindred-retry-after-millis";
}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let parts = *error.0;
        let mut map = MetadataMap::new();
        let mut put = |name: &'static str, value: &str| {
            if let Ok(value) = value.parse::<AsciiMetadataValue>() {
                map.insert(name, value);
            }
        };
        put(metadata::CODE, parts.code.as_str());
        put(metadata::REASON, &parts.reason);
        if let Some(field) = &parts.field {
            put(metadata::FIELD, field);
        }
        if let Some(id) = &parts.error_id {
            put(metadata::ID, id);
        }
        if let Some(after) = parts.retry_after {
            put(metadata::RETRY_AFTER, &after.as_millis().to_string());
        }
        Self::with_metadata(parts.code.grpc(), parts.message, map)
    }
}

impl From<&Status> for ApiError {
    fn from(status: &Status) -> Self {
        let map = status.metadata();
        let get = |name: &'static str| map.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let code = get(metadata::CODE).and_then(|text| text.parse().ok());
        let ours = code.filter(|code: &ErrorCode| code.grpc() == status.code());
        let code = ours.unwrap_or_else(|| ErrorCode::of_grpc(status.code()));
        Self(Box::new(Parts {
            code,
            reason: get(metadata::REASON).map_or(Cow::Borrowed(foreign_reason(status.code())), Cow::Owned),
            // What another server says of its inside is not for the next one's caller.
            message: if code == ErrorCode::Internal && ours.is_none() {
                "a service behind this one failed".to_owned()
            } else {
                status.message().to_owned()
            },
            field: get(metadata::FIELD).map(Cow::Owned),
            retry_after: get(metadata::RETRY_AFTER).and_then(|text| text.parse().ok()).map(Duration::from_millis),
            error_id: get(metadata::ID),
        }))
    }
}

impl From<Status> for ApiError {
    fn from(status: Status) -> Self {
        Self::from(&status)
    }
}

/// The reason of a status that names none: the transport's own.
const fn foreign_reason(code: Code) -> &'static str {
    match code {
        Code::Unavailable => "SERVICE_UNREACHABLE",
        Code::Cancelled => "DEADLINE_EXCEEDED",
        Code::Unimplemented => "UNKNOWN_METHOD",
        _ => ErrorCode::of_grpc(code).as_str(),
    }
}
