//! Opening a stream: nothing is served before version, configuration, identity and the
//! check of expected sequences are what they must be.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use async_nats::HeaderMap;
use bytes::Bytes;

use crate::api::{self, StreamInfo, code};
use crate::append::reply::{PubAck, read_ack};
use crate::connection::Silence;
use crate::topology::{self, ConfigMismatch, StreamIdentity, probe_subject, stream_name};
use crate::{CallError, Client, Durability};

/// A version of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u16, pub u16, pub u16);

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl FromStr for Version {
    type Err = ();
    /// Takes `2.15.1` and `2.15.1-rc.1`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let release = text.split(['-', '+']).next().unwrap_or_default();
        let parts: Vec<u16> =
            release.split('.').map(str::parse).collect::<Result<_, _>>().map_err(|_: std::num::ParseIntError| ())?;
        let [major, minor, patch] = parts[..] else { return Err(()) };
        Ok(Self(major, minor, patch))
    }
}

/// The oldest server that the conformance suite runs against.
const FLOOR: Version = Version(2, 15, 0);

/// How a service uses its stream.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// What an acknowledged commit outlives.
    pub durability: Durability,
    /// The oldest server accepted; lower only for one that the conformance suite ran against.
    pub compat: Version,
    /// How long one request waits for its answer before it is sent again.
    pub attempt: Duration,
    /// How long an append or a read keeps trying in all.
    pub deadline: Duration,
    /// How many appends may be under way at once; more of them wait.
    pub in_flight: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            durability: Durability::PowerLoss,
            compat: FLOOR,
            attempt: Duration::from_secs(2),
            deadline: Duration::from_secs(8),
            in_flight: 4096,
        }
    }
}

impl StoreOptions {
    /// With a durability.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }
}

/// Why a stream is not served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The server is too old.
    #[error("nats-server at version {found} is too old, at least {needed} is needed")]
    ServerTooOld {
        /// What it says it is.
        found: String,
        /// What is needed.
        needed: Version,
    },
    /// Nobody has made it.
    #[error("stream `{0}` does not exist; `kindred streams apply` makes it")]
    Missing(String),
    /// It is not as it must be.
    #[error(transparent)]
    Config(#[from] ConfigMismatch),
    /// It carries no identity.
    #[error("stream `{0}` has no identity in its metadata; `kindred streams apply` gives it one")]
    NoIdentity(String),
    /// It is another one than before: sequences and positions do not mean the same.
    #[error(
        "stream `{stream}` has identity {found}, expected {expected}: it was made anew; \
         `kindred streams adopt` accepts it after a deliberate restore"
    )]
    StreamRecreated {
        /// Which.
        stream: String,
        /// What we knew.
        expected: StreamIdentity,
        /// What is there.
        found: StreamIdentity,
    },
    /// The server took a commit on a tail that was not the newest.
    #[error("stream `{0}` accepted a stale expected sequence in the self-test")]
    StaleAccepted(String),
    /// The self-test found no end.
    #[error("the self-test of stream `{stream}` was refused")]
    SelfTest {
        /// Which.
        stream: String,
        /// The last refusal.
        #[source]
        source: CallError,
    },
    /// The server refuses or is silent.
    #[error("open stream `{stream}`")]
    Call {
        /// Which.
        stream: String,
        /// What the server said.
        #[source]
        source: CallError,
    },
}

/// What opening found out.
pub(crate) struct Checked {
    pub identity: StreamIdentity,
    pub replicas: u64,
}

/// Checks version, configuration and identity of the stream of `context`.
pub(crate) async fn check(
    client: &Client,
    context: &str,
    expected: Option<&StreamIdentity>,
    options: &StoreOptions,
) -> Result<Checked, OpenError> {
    check_version(client, options)?;
    let stream = stream_name(context);
    let info = info(client, &stream, options).await?;
    topology::compare(&stream, &info.config, &topology::needed(context))?;
    let identity = topology::identity(&info.config).ok_or_else(|| OpenError::NoIdentity(stream.clone()))?;
    if let Some(expected) = expected.filter(|expected| **expected != identity) {
        return Err(OpenError::StreamRecreated { stream, expected: expected.clone(), found: identity });
    }
    Ok(Checked { identity, replicas: topology::replicas(&info.config) })
}

fn check_version(client: &Client, options: &StoreOptions) -> Result<(), OpenError> {
    let found = client.server_version();
    let enough = found.parse::<Version>().is_ok_and(|version| version >= options.compat);
    enough.then_some(()).ok_or(OpenError::ServerTooOld { found, needed: options.compat })
}

/// How long a stream just made may be unknown to the member of a cluster that is asked.
const UNKNOWN: Duration = Duration::from_secs(1);

/// Reads the configuration back; a cluster may need a moment for its leader.
async fn info(client: &Client, stream: &str, options: &StoreOptions) -> Result<StreamInfo, OpenError> {
    let begun = tokio::time::Instant::now();
    let until = begun + options.deadline;
    loop {
        match api::stream_info(client, stream, options.attempt).await {
            Ok(info) => return Ok(info),
            Err(CallError::Refused(error)) if error.err_code == code::STREAM_NOT_FOUND => {
                if begun.elapsed() >= UNKNOWN {
                    return Err(OpenError::Missing(stream.to_owned()));
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) if error.is_passing() && tokio::time::Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(source) => return Err(OpenError::Call { stream: stream.to_owned(), source }),
        }
    }
}

/// Publishes with an expectation that a probe on record has overtaken, which must fail.
/// Only the first start on a stream leaves that probe: a later one would stand behind the
/// last commit, where no projection ever comes to. Another replica's may win in between;
/// then once more.
pub(crate) async fn self_test(client: &Client, context: &str, options: &StoreOptions) -> Result<(), OpenError> {
    let stream = stream_name(context);
    let until = tokio::time::Instant::now() + options.deadline;
    loop {
        let outcome = match probe(client, context, &stream, options).await {
            Ok(first) => match publish_probe(client, context, &stream, first, options).await {
                Err(CallError::Refused(error)) if is_stale(&error) => return Ok(()),
                Ok(_) => return Err(OpenError::StaleAccepted(stream)),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let again = outcome.is_passing() || matches!(&outcome, CallError::Refused(error) if is_stale(error));
        if !again || tokio::time::Instant::now() >= until {
            return Err(OpenError::SelfTest { stream, source: outcome });
        }
        tokio::time::sleep(crate::append::backoff::jittered(Duration::from_millis(10))).await;
    }
}

fn is_stale(error: &crate::ApiError) -> bool {
    matches!(error.err_code, code::WRONG_LAST_SEQUENCE | code::SUBJECT_IN_FLIGHT)
}

/// Makes sure that a probe is on record; an expectation that it has overtaken.
async fn probe(client: &Client, context: &str, stream: &str, options: &StoreOptions) -> Result<u64, CallError> {
    #[derive(serde::Deserialize)]
    struct Answer {
        message: Tail,
    }
    #[derive(serde::Deserialize)]
    struct Tail {
        seq: u64,
    }
    let subject = format!("$JS.API.STREAM.MSG.GET.{stream}");
    let request = serde_json::json!({ "last_by_subj": probe_subject(context) });
    match api::call::<Answer>(client, &subject, &request, options.attempt).await {
        Ok(answer) => debug_assert!(answer.message.seq > 0, "sequences begin at 1"),
        Err(CallError::Refused(error)) if error.err_code == code::NO_MESSAGE_FOUND => {
            publish_probe(client, context, stream, 0, options).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(0)
}

async fn publish_probe(
    client: &Client,
    context: &str,
    stream: &str,
    expected: u64,
    options: &StoreOptions,
) -> Result<PubAck, CallError> {
    let mut headers = HeaderMap::new();
    headers.insert(async_nats::header::NATS_EXPECTED_STREAM, stream);
    headers.insert(async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
    let subject = probe_subject(context);
    let answer = client
        .request(subject.clone(), Some(headers), Bytes::from_static(b"probe"), options.attempt)
        .await
        .map_err(|silence: Silence| CallError::silent(&subject, silence))?;
    let ack = read_ack(&answer.payload).map_err(|source| CallError::Unreadable { subject, source })?;
    match ack.error {
        Some(error) => Err(error.into()),
        None => Ok(ack),
    }
}
