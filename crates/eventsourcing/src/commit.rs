//! A commit: one accepted command on one entity, one message in the log.

use bytes::Bytes;
use kindred_ids::{CommandId, EntityKey, SubjectError};
use prost::Message;
use uuid::Uuid;

use crate::{ChainHash, RequestHash, Timestamp, wire};

/// Names of our headers, in the order in which they are hashed.
pub mod header {
    /// Command id, 32 hexadecimal digits.
    pub const COMMAND_ID: &str = "es-command-id";
    /// The entity's version after this commit: 1 for the first.
    pub const VERSION: &str = "es-version";
    /// Hash of the entity's previous commit, 32 hexadecimal digits.
    pub const PREVIOUS: &str = "es-prev";
    /// Event types with their versions: `MemberSuspended/1,…`.
    pub const TYPES: &str = "es-types";
    /// Who acted: a member's id or a service's name.
    pub const ACTOR: &str = "es-actor";
    /// The event that caused the command, if one did.
    pub const CAUSATION: &str = "es-causation";
    /// What the command belongs to.
    pub const CORRELATION: &str = "es-correlation";
    /// Hash of the command.
    pub const REQUEST_HASH: &str = "es-request-hash";
    /// When the command was accepted for decision, milliseconds since the epoch.
    pub const AT: &str = "es-at";
    /// All of them, in hashing order.
    pub const ORDER: [&str; 9] =
        [COMMAND_ID, VERSION, PREVIOUS, TYPES, ACTOR, CAUSATION, CORRELATION, REQUEST_HASH, AT];
    /// W3C trace context; carried, not hashed.
    pub const TRACEPARENT: &str = "traceparent";
}

/// Who acts: a member's id, a service's name, or `anonymous`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor(pub String);

impl Actor {
    /// Somebody not yet known.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("anonymous".to_owned())
    }
}

/// What accompanies a command.
#[derive(Debug, Clone)]
pub struct CommandContext {
    /// Client-made; the same id again returns the first receipt.
    pub command_id: CommandId,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// The event that caused it.
    pub causation: Option<Uuid>,
    /// What it belongs to; the command id if nothing else.
    pub correlation: Uuid,
    /// W3C `traceparent`.
    pub trace: Option<String>,
}

impl CommandContext {
    /// A command that a caller sends now.
    #[must_use]
    pub fn new(command_id: CommandId, actor: Actor, at: Timestamp) -> Self {
        Self { command_id, actor, at, causation: None, correlation: command_id.as_uuid(), trace: None }
    }

    /// A command that a reaction makes of an event.
    #[must_use]
    pub fn caused_by(mut self, event: Uuid, correlation: Uuid) -> Self {
        self.causation = Some(event);
        self.correlation = correlation;
        self
    }
}

/// One event as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub event_type: String,
    /// Version of its shape, from 1.
    pub version: u32,
    /// Its protobuf bytes.
    pub data: Bytes,
}

/// Why an event cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// This program is older than the event, or the event is not of this entity.
    #[error("event `{event_type}` version {version} is not known here")]
    Unknown {
        /// Its name.
        event_type: String,
        /// Its version.
        version: u32,
    },
    /// The bytes are not what the type says.
    #[error("event `{event_type}` version {version} has malformed bytes")]
    Malformed {
        /// Its name.
        event_type: String,
        /// Its version.
        version: u32,
    },
    /// A message that is not a commit of this platform.
    #[error("message is not a commit: {0}")]
    NotACommit(&'static str),
    /// A subject that is not an entity's.
    #[error(transparent)]
    Subject(#[from] SubjectError),
}

impl DecodeError {
    /// The type or version of `record` is unknown.
    #[must_use]
    pub fn unknown(record: &Record) -> Self {
        Self::Unknown { event_type: record.event_type.clone(), version: record.version }
    }

    /// The bytes of `record` do not fit its type.
    #[must_use]
    pub fn bytes(record: &Record) -> Self {
        Self::Malformed { event_type: record.event_type.clone(), version: record.version }
    }
}

/// The headers of a commit, parsed.
#[derive(Debug, Clone)]
pub struct CommitMeta {
    /// The command that made it.
    pub command_id: CommandId,
    /// The entity's version after it.
    pub version: u64,
    /// Hash of the entity's previous commit.
    pub previous: ChainHash,
    /// Who acted.
    pub actor: Actor,
    /// The event that caused it.
    pub causation: Option<Uuid>,
    /// What it belongs to.
    pub correlation: Uuid,
    /// Hash of the command.
    pub request_hash: RequestHash,
    /// When.
    pub at: Timestamp,
    /// W3C `traceparent`.
    pub trace: Option<String>,
}

/// A commit about to be appended.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// Its headers.
    pub meta: CommitMeta,
    /// Its events; at least one.
    pub records: Vec<Record>,
}

impl NewCommit {
    /// Our headers in hashing order.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, String); 9] {
        let meta = &self.meta;
        let types: Vec<String> =
            self.records.iter().map(|record| format!("{}/{}", record.event_type, record.version)).collect();
        [
            (header::COMMAND_ID, meta.command_id.to_string()),
            (header::VERSION, meta.version.to_string()),
            (header::PREVIOUS, meta.previous.to_string()),
            (header::TYPES, types.join(",")),
            (header::ACTOR, meta.actor.0.clone()),
            (header::CAUSATION, meta.causation.map(|id| id.simple().to_string()).unwrap_or_default()),
            (header::CORRELATION, meta.correlation.simple().to_string()),
            (header::REQUEST_HASH, meta.request_hash.to_string()),
            (header::AT, meta.at.to_string()),
        ]
    }

    /// The body; never empty.
    #[must_use]
    pub fn body(&self) -> Bytes {
        let records = self.records.iter().map(|record| wire::WireRecord {
            event_type: record.event_type.clone(),
            version: record.version,
            data: record.data.clone(),
        });
        wire::Commit { schema: 1, records: records.collect() }.encode_to_vec().into()
    }

    /// What de-duplicates it at the server: `<command id>:<category>:<entity id>`.
    #[must_use]
    pub fn message_id(&self, key: &EntityKey) -> String {
        format!("{}:{}:{}", self.meta.command_id, key.category(), key.name())
    }
}

/// A commit as it stands in the log.
#[derive(Debug, Clone)]
pub struct RecordedCommit {
    /// Its place in the stream, from 1.
    pub sequence: u64,
    /// Whose it is.
    pub key: EntityKey,
    /// Its headers.
    pub meta: CommitMeta,
    /// Its own hash: the next commit of the entity names it.
    pub hash: ChainHash,
    /// Its events.
    pub records: Vec<Record>,
}

impl RecordedCommit {
    /// Reads a message; `get` looks a header up.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if a header is missing or malformed, or the body is not a commit.
    pub fn read<'a>(
        sequence: u64,
        subject: &str,
        get: impl Fn(&str) -> Option<&'a str>,
        body: Bytes,
    ) -> Result<Self, DecodeError> {
        let (_, key) = EntityKey::parse(subject)?;
        let headers = header::ORDER.iter().filter_map(|name| get(name).map(|value| (*name, value)));
        let hash = ChainHash::of(subject, headers, &body);
        let meta = read_meta(&get)?;
        let commit = wire::Commit::decode(body).map_err(|_| DecodeError::NotACommit("body"))?;
        if commit.schema != 1 || commit.records.is_empty() {
            return Err(DecodeError::NotACommit("schema"));
        }
        let records = commit.records.into_iter().map(|record| Record {
            event_type: record.event_type,
            version: record.version,
            data: record.data,
        });
        Ok(Self { sequence, key, meta, hash, records: records.collect() })
    }

    /// Bytes of its events.
    #[must_use]
    pub fn size(&self) -> usize {
        self.records.iter().map(|record| record.data.len()).sum()
    }

    /// The id of its event at `index`.
    #[must_use]
    pub fn event_id(&self, index: usize) -> Uuid {
        kindred_ids::event_id(self.meta.command_id, &self.key.to_string(), index as u32)
    }
}

fn read_meta<'a>(get: &impl Fn(&str) -> Option<&'a str>) -> Result<CommitMeta, DecodeError> {
    let parse_uuid = |name| match get(name) {
        None | Some("") => Ok(None),
        Some(text) => Uuid::try_parse(text).map(Some).map_err(|_| DecodeError::NotACommit(name)),
    };
    let command_id: CommandId = required(get, header::COMMAND_ID)?;
    Ok(CommitMeta {
        command_id,
        version: required(get, header::VERSION)?,
        previous: required(get, header::PREVIOUS)?,
        actor: Actor(get(header::ACTOR).ok_or(DecodeError::NotACommit(header::ACTOR))?.to_owned()),
        causation: parse_uuid(header::CAUSATION)?,
        correlation: parse_uuid(header::CORRELATION)?.unwrap_or(command_id.as_uuid()),
        request_hash: required(get, header::REQUEST_HASH)?,
        at: Timestamp::from_millis(required(get, header::AT)?),
        trace: get(header::TRACEPARENT).map(str::to_owned),
    })
}

fn required<'a, T: std::str::FromStr>(
    get: &impl Fn(&str) -> Option<&'a str>,
    name: &'static str,
) -> Result<T, DecodeError> {
    get(name).and_then(|text| text.parse().ok()).ok_or(DecodeError::NotACommit(name))
}
