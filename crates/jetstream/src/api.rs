//! The JSON API of JetStream, as far as it is used: every field that we rely on is named here.

use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Client;
use crate::connection::Silence;

/// Codes of refusals that have a meaning of their own.
pub(crate) mod code {
    pub const NO_MESSAGE_FOUND: u32 = 10037;
    pub const STORAGE_RESOURCES: u32 = 10047;
    pub const MESSAGE_EXCEEDS_MAXIMUM: u32 = 10054;
    pub const STREAM_NAME_IN_USE: u32 = 10058;
    pub const STREAM_NOT_FOUND: u32 = 10059;
    pub const WRONG_LAST_SEQUENCE: u32 = 10071;
    pub const STORE_FAILED: u32 = 10077;
    pub const HEADER_EXCEEDS_MAXIMUM: u32 = 10097;
    pub const SUBJECT_IN_FLIGHT: u32 = 10164;
    pub const TOO_MANY_REQUESTS: u32 = 10167;
    pub const BATCH_INCOMPLETE: u32 = 10176;
    pub const BATCH_DUPLICATE: u32 = 10201;
    pub const TOO_MANY_BATCHES: u32 = 10210;
}

/// A refusal by JetStream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("jetstream refuses with {err_code}: {description}")]
pub struct ApiError {
    /// Its kind, as in HTTP.
    #[serde(default)]
    pub code: u16,
    /// Its exact reason.
    #[serde(default)]
    pub err_code: u32,
    /// In words.
    #[serde(default)]
    pub description: String,
}

/// Why a call of the API gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] ApiError),
    /// No answer.
    #[error("jetstream does not answer on `{subject}`")]
    Silent {
        /// What was called.
        subject: String,
        /// What the client saw.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An answer that is not one.
    #[error("jetstream's answer on `{subject}` cannot be read")]
    Unreadable {
        /// What was called.
        subject: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

impl CallError {
    pub(crate) fn silent(subject: &str, silence: Silence) -> Self {
        Self::Silent { subject: subject.to_owned(), source: silence.into_source() }
    }

    /// Whether the same call may succeed a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Refused(error) => error.code >= 500 || error.code == 429,
            Self::Silent { .. } => true,
            Self::Unreadable { .. } => false,
        }
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: Option<ApiError>,
}

/// Calls the API once.
pub(crate) async fn call<T: DeserializeOwned>(
    client: &Client,
    subject: &str,
    request: &impl Serialize,
    timeout: Duration,
) -> Result<T, CallError> {
    let unreadable = |source| CallError::Unreadable { subject: subject.to_owned(), source };
    let payload = serde_json::to_vec(request).map_err(unreadable)?;
    let answer = client
        .request(subject.to_owned(), None, Bytes::from(payload), timeout)
        .await
        .map_err(|silence| CallError::silent(subject, silence))?;
    let refusal: Refusal = serde_json::from_slice(&answer.payload).map_err(unreadable)?;
    match refusal.error {
        Some(error) => Err(error.into()),
        None => serde_json::from_slice(&answer.payload).map_err(unreadable),
    }
}

/// What a stream says of itself.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StreamInfo {
    pub config: serde_json::Map<String, serde_json::Value>,
    pub state: StreamState,
}

/// Where a stream stands.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StreamState {
    pub last_seq: u64,
}

/// Asks a stream's leader what it is.
pub(crate) async fn stream_info(client: &Client, stream: &str, timeout: Duration) -> Result<StreamInfo, CallError> {
    call(client, &format!("$JS.API.STREAM.INFO.{stream}"), &serde_json::json!({}), timeout).await
}
