//! Streams: what each must be, who makes them, and how a service checks one.
//!
//! A stream is made and reconciled under an operator's identity, never by a service. Its
//! identity is a random id in its metadata that no reconciliation changes, so that a
//! stream deleted and made again is told from the one that was there.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use kindred_eventsourcing::REDACTION_CATEGORY;
use kindred_ids::Scope;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::api::{self, StreamInfo, code};
use crate::append::backoff;
use crate::{CallError, Client};

mod config;

pub use config::ConfigMismatch;
pub(crate) use config::{compare, identity, needed, replicas};

/// Stream changes wait for a majority of a cluster.
const CHANGE_TIMEOUT: Duration = Duration::from_secs(20);
/// One call is lost with the leader that it reached: then it is made again.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// Name of the stream of `context`.
#[must_use]
pub fn stream_name(context: &str) -> String {
    format!("EVT_{}", context.to_uppercase())
}

/// The subjects of the stream of `context`.
#[must_use]
pub fn subject_filter(context: &str) -> String {
    format!("es.{context}.>")
}

/// The subject of the self-test; readers skip it.
pub(crate) fn probe_subject(context: &str) -> String {
    format!("es.{context}.00._.probe.probe")
}

/// The subjects of the markers of lawful removals, over all partitions.
pub(crate) fn redaction_filter(context: &str) -> String {
    format!("es.{context}.*.{}.{REDACTION_CATEGORY}.>", Scope::Programme.token())
}

/// Tells a stream from another one of the same name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamIdentity(String);

impl StreamIdentity {
    fn random() -> Result<Self, ApplyError> {
        let mut bytes = [0; 16];
        SystemRandom::new().fill(&mut bytes).map_err(|_| ApplyError::Randomness)?;
        Ok(Self(uuid::Uuid::from_bytes(bytes).simple().to_string()))
    }

    /// As text, for a database column.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for StreamIdentity {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        uuid::Uuid::try_parse(text).map(|uuid| Self(uuid.simple().to_string()))
    }
}

/// What an operator decides about a stream; all else is fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSettings {
    /// Whose stream.
    pub context: String,
    /// Copies: 1 or 3.
    pub replicas: u8,
    /// The most that it may hold.
    pub max_bytes: u64,
    /// Whether no service that uses the stream runs. A store reads a stream of one copy as
    /// such as long as it is open, so that copies may be added only while there is none.
    pub is_idle: bool,
}

impl StreamSettings {
    /// A stream of one copy of at most 8 GiB.
    #[must_use]
    pub fn new(context: &str) -> Self {
        Self { context: context.to_owned(), replicas: 1, max_bytes: 8 << 30, is_idle: false }
    }

    /// With so many copies.
    #[must_use]
    pub const fn replicas(mut self, replicas: u8) -> Self {
        self.replicas = replicas;
        self
    }

    /// While no service uses it, or while some may.
    #[must_use]
    pub const fn idle(mut self, is_idle: bool) -> Self {
        self.is_idle = is_idle;
        self
    }

    /// Of at most so many bytes.
    #[must_use]
    pub const fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

/// Why a stream could not be brought to what it must be.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A setting that no stream can have.
    #[error("`replicas` of stream `{stream}` must be 1 or 3, not {replicas}")]
    Replicas {
        /// Which.
        stream: String,
        /// What was asked for.
        replicas: u8,
    },
    /// Copies would be added under services that read the one copy as the only one.
    #[error(
        "stream `{stream}` has one copy and services may be reading it as the only one: \
         stop them, then apply with `--services-stopped`"
    )]
    InUse {
        /// Which.
        stream: String,
    },
    /// A context that cannot be part of a subject.
    #[error("`{0}` cannot name a context: lower-case letters and digits only")]
    Context(String),
    /// No randomness for an identity.
    #[error("draw an identity for the stream")]
    Randomness,
    /// The server refuses or is silent.
    #[error("apply stream `{stream}`")]
    Call {
        /// Which.
        stream: String,
        /// What the server said.
        #[source]
        source: CallError,
    },
    /// The server did not keep what was set, or what is set cannot be undone.
    #[error(transparent)]
    Config(#[from] ConfigMismatch),
}

/// What applying did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The stream was made.
    Created(StreamIdentity),
    /// It was changed.
    Updated(StreamIdentity),
    /// It was as it must be.
    Unchanged(StreamIdentity),
}

impl Applied {
    /// The stream's identity.
    #[must_use]
    pub const fn identity(&self) -> &StreamIdentity {
        match self {
            Self::Created(identity) | Self::Updated(identity) | Self::Unchanged(identity) => identity,
        }
    }
}

/// Makes a stream, or brings an existing one to what it must be; its identity and its
/// messages stay. Needs an operator's identity on the bus.
///
/// # Errors
///
/// [`ApplyError`]; a stream half-way is never left: the server changes it whole or not.
pub async fn apply_streams(client: &Client, settings: &StreamSettings) -> Result<Applied, ApplyError> {
    let stream = stream_name(&settings.context);
    check(settings, &stream)?;
    let until = Instant::now() + CHANGE_TIMEOUT;
    loop {
        match apply_once(client, settings, &stream).await {
            // Somebody else makes it, or the answer was lost: what is there then is reconciled.
            Err(ApplyError::Call { source, .. }) if may_be_there(&source) && Instant::now() < until => {
                tokio::time::sleep(backoff::jittered(Duration::from_millis(20))).await;
            }
            outcome => return outcome,
        }
    }
}

fn may_be_there(error: &CallError) -> bool {
    error.is_passing() || matches!(error, CallError::Refused(error) if error.err_code == code::STREAM_NAME_IN_USE)
}

async fn apply_once(client: &Client, settings: &StreamSettings, stream: &str) -> Result<Applied, ApplyError> {
    let failed = |source| ApplyError::Call { stream: stream.to_owned(), source };
    if let Some(found) = find(client, stream).await.map_err(failed)? {
        return reconcile(client, settings, stream, found).await;
    }
    let identity = StreamIdentity::random()?;
    let wanted = config::wanted(settings, &identity);
    let made = change(client, "CREATE", stream, &wanted).await.map_err(failed)?;
    compare(stream, &made.config, &wanted)?;
    Ok(Applied::Created(identity))
}

fn check(settings: &StreamSettings, stream: &str) -> Result<(), ApplyError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if settings.context.is_empty() || !settings.context.bytes().all(plain) {
        return Err(ApplyError::Context(settings.context.clone()));
    }
    if !matches!(settings.replicas, 1 | 3) {
        return Err(ApplyError::Replicas { stream: stream.to_owned(), replicas: settings.replicas });
    }
    Ok(())
}

async fn reconcile(
    client: &Client,
    settings: &StreamSettings,
    stream: &str,
    found: StreamInfo,
) -> Result<Applied, ApplyError> {
    let known = config::identity(&found.config);
    let identity = known.clone().map_or_else(StreamIdentity::random, Ok)?;
    let wanted = config::wanted(settings, &identity);
    if known.is_some() && compare(stream, &found.config, &wanted).is_ok() {
        return Ok(Applied::Unchanged(identity));
    }
    if settings.replicas > 1 && replicas(&found.config) == 1 && !settings.is_idle {
        return Err(ApplyError::InUse { stream: stream.to_owned() });
    }
    let merged = config::merge(found.config, &wanted);
    let failed = |source| ApplyError::Call { stream: stream.to_owned(), source };
    let made = change(client, "UPDATE", stream, &merged).await.map_err(failed)?;
    compare(stream, &made.config, &wanted)?;
    Ok(Applied::Updated(identity))
}

async fn find(client: &Client, stream: &str) -> Result<Option<StreamInfo>, CallError> {
    match api::stream_info(client, stream, CALL_TIMEOUT).await {
        Ok(info) => Ok(Some(info)),
        Err(CallError::Refused(error)) if error.err_code == code::STREAM_NOT_FOUND => Ok(None),
        Err(error) => Err(error),
    }
}

async fn change(
    client: &Client,
    verb: &str,
    stream: &str,
    config: &Map<String, Value>,
) -> Result<StreamInfo, CallError> {
    api::call(client, &format!("$JS.API.STREAM.{verb}.{stream}"), config, CALL_TIMEOUT).await
}
