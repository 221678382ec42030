//! The closed set of codes and what each is over gRPC and HTTP.

use std::fmt;
use std::str::FromStr;

use http::StatusCode;
use tonic::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $grpc:ident, $http:ident;)*) => {
        /// How a call ended, for programs. Nothing else leaves a service.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $name,)* }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Its gRPC status.
            #[must_use]
            pub const fn grpc(self) -> Code {
                match self { $(Self::$name => Code::$grpc,)* }
            }

            /// Its HTTP status.
            #[must_use]
            pub const fn http(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$http,)* }
            }
        }

        impl FromStr for ErrorCode {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text { $($text => Ok(Self::$name),)* _ => Err(UnknownCode) }
            }
        }
    };
}

codes! {
    /// The input cannot be taken, whatever the state.
    InvalidArgument = "INVALID_ARGUMENT", InvalidArgument, BAD_REQUEST;
    /// Nobody known sent this.
    Unauthenticated = "UNAUTHENTICATED", Unauthenticated, UNAUTHORIZED;
    /// Known, but not allowed.
    PermissionDenied = "PERMISSION_DENIED", PermissionDenied, FORBIDDEN;
    /// Not there, or not for this caller to know of.
    NotFound = "NOT_FOUND", NotFound, NOT_FOUND;
    /// The name is taken.
    AlreadyExists = "ALREADY_EXISTS", AlreadyExists, CONFLICT;
    /// The rules of the domain say no.
    Refused = "FAILED_PRECONDITION", FailedPrecondition, UNPROCESSABLE_ENTITY;
    /// It kept changing while the command ran; send it again.
    Conflict = "ABORTED", Aborted, CONFLICT;
    /// A limit is reached.
    ResourceExhausted = "RESOURCE_EXHAUSTED", ResourceExhausted, TOO_MANY_REQUESTS;
    /// Something below does not answer.
    Unavailable = "UNAVAILABLE", Unavailable, SERVICE_UNAVAILABLE;
    /// Time is over.
    DeadlineExceeded = "DEADLINE_EXCEEDED", DeadlineExceeded, GATEWAY_TIMEOUT;
    /// A failure of ours.
    Internal = "INTERNAL", Internal, INTERNAL_SERVER_ERROR;
    /// The read model has not reached the position that was asked for.
    Stale = "STALE", Unavailable, SERVICE_UNAVAILABLE;
}

/// A text that names no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an error code")]
pub struct UnknownCode;

impl ErrorCode {
    /// The code nearest to a status that another server or the transport made.
    #[must_use]
    pub const fn of_grpc(code: Code) -> Self {
        match code {
            Code::InvalidArgument | Code::OutOfRange => Self::InvalidArgument,
            Code::Unauthenticated => Self::Unauthenticated,
            Code::PermissionDenied => Self::PermissionDenied,
            Code::NotFound => Self::NotFound,
            Code::AlreadyExists => Self::AlreadyExists,
            Code::FailedPrecondition => Self::Refused,
            Code::Aborted => Self::Conflict,
            Code::ResourceExhausted => Self::ResourceExhausted,
            Code::Unavailable => Self::Unavailable,
            // The transport's own timeouts come as `Cancelled`.
            Code::DeadlineExceeded | Code::Cancelled => Self::DeadlineExceeded,
            Code::Ok | Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => Self::Internal,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
