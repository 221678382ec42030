//! Lawful removals: what a commit was, named on its own entity before it is taken out.
//!
//! # Promises
//!
//! * A hole in an entity's versions is accepted only where a later commit of the same
//!   entity names exactly its version, place and hash, and the chain goes on over it.
//! * What a removed commit decided counts no longer from the moment it is named, removed
//!   yet or not; its command id still gives the first receipt.
//! * The naming stands twice in one atomic batch: on the entity, and on a marker in the
//!   same partition, so that one filtered read finds all of a stream.

mod act;
mod index;

use std::fmt;
use std::str::FromStr;

use kindred_ids::{CommandId, EntityId, EntityKey, Scope};
use prost::Message as _;

use crate::{Actor, Canonical, CanonicalWriter, ChainHash, DecodeError, Record, RecordedCommit, RequestHash, wire};
pub use act::{Redact, RedactError, Removable};
pub use index::{Redactions, was_removed};

/// The event type of a redaction: of every entity of every context, read by the core alone.
pub const REDACTION_TYPE: &str = "Redacted";
/// The category of the markers; they belong to no tenant.
pub const REDACTION_CATEGORY: &str = "redaction";

/// The reference of an order: 1 to 200 characters on one line, and nobody's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReference(String);

/// Why a text is not the reference of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reference of an order has 1 to 200 characters on one line, none of them a space at an end")]
pub struct OrderReferenceError;

impl FromStr for OrderReference {
    type Err = OrderReferenceError;
    fn from_str(text: &str) -> Result<Self, OrderReferenceError> {
        let fits = (1..=200).contains(&text.chars().count()) && text.trim() == text && !text.contains(char::is_control);
        fits.then(|| Self(text.to_owned())).ok_or(OrderReferenceError)
    }
}

impl fmt::Display for OrderReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Canonical for OrderReference {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.0.canonical(writer);
    }
}

/// What a removed commit was, and on which order it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Whose it was.
    pub key: EntityKey,
    /// Its place in the stream.
    pub sequence: u64,
    /// The entity's version after it.
    pub version: u64,
    /// Its hash, which the entity's next commit names.
    pub hash: ChainHash,
    /// Hash of the entity's commit before it.
    pub previous: ChainHash,
    /// The command that made it; still answered with its receipt.
    pub command_id: CommandId,
    /// Hash of that command.
    pub request_hash: RequestHash,
    /// Who acted.
    pub actor: Actor,
    /// The reference of the order.
    pub order: String,
}

impl Redaction {
    /// What is to be named of a commit.
    #[must_use]
    pub fn of(commit: &RecordedCommit, order: &OrderReference) -> Self {
        Self {
            key: commit.key.clone(),
            sequence: commit.sequence,
            version: commit.meta.version,
            hash: commit.hash,
            previous: commit.meta.previous,
            command_id: commit.meta.command_id,
            request_hash: commit.meta.request_hash,
            actor: commit.meta.actor.clone(),
            order: order.to_string(),
        }
    }

    /// Reads the record of one.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if it is another record, of a later version, or malformed.
    pub fn read(record: &Record) -> Result<Self, DecodeError> {
        if record.event_type != REDACTION_TYPE || record.version != 1 {
            return Err(DecodeError::unknown(record));
        }
        let body = wire::Redacted::decode(record.data.clone()).map_err(|_| DecodeError::bytes(record))?;
        let (_, key) = EntityKey::parse(&body.subject)?;
        let hash = |bytes: Vec<u8>| <[u8; 16]>::try_from(bytes).map_err(|_| DecodeError::bytes(record));
        Ok(Self {
            key,
            sequence: body.sequence,
            version: body.version,
            hash: ChainHash(hash(body.commit_hash)?),
            previous: ChainHash(hash(body.previous_hash)?),
            command_id: body.command_id.parse().map_err(|_| DecodeError::bytes(record))?,
            request_hash: RequestHash(hash(body.request_hash)?),
            actor: Actor(body.actor_id),
            order: body.order,
        })
    }

    /// Writes it for the log of `context`.
    #[must_use]
    pub fn record(&self, context: &str) -> Record {
        let body = wire::Redacted {
            subject: self.key.subject(context),
            sequence: self.sequence,
            version: self.version,
            commit_hash: self.hash.0.to_vec(),
            previous_hash: self.previous.0.to_vec(),
            command_id: self.command_id.to_string(),
            request_hash: self.request_hash.0.to_vec(),
            actor_id: self.actor.0.clone(),
            order: self.order.clone(),
        };
        Record { event_type: REDACTION_TYPE.to_owned(), version: 1, data: body.encode_to_vec().into() }
    }

    /// Where its marker stands: one for each version of an entity, in the entity's partition.
    #[must_use]
    pub fn marker(&self) -> EntityKey {
        let (entity, version) = (self.key.to_string(), self.version.to_be_bytes());
        let parts = [entity.as_bytes(), &version];
        let id = EntityId::placed(self.key.scope().token(), REDACTION_CATEGORY, &parts, self.key.partition());
        EntityKey::new(Scope::Programme, REDACTION_CATEGORY, id)
    }

    /// Whether this is what it says of `commit`.
    #[must_use]
    pub fn names(&self, commit: &RecordedCommit) -> bool {
        (&self.key, self.sequence, self.version) == (&commit.key, commit.sequence, commit.meta.version)
            && (self.hash, self.previous) == (commit.hash, commit.meta.previous)
    }
}

impl RecordedCommit {
    /// Whether it names a removed commit: nothing that its entity or a read model decides on.
    #[must_use]
    pub fn is_redaction(&self) -> bool {
        self.records.iter().any(|record| record.event_type == REDACTION_TYPE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_of_an_order_is_short_and_on_one_line() {
        for bad in ["", " ", " a", "a ", "a\nb", "a\tb", "a\u{7f}", &"é".repeat(201)] {
            assert_eq!(bad.parse::<OrderReference>(), Err(OrderReferenceError), "{bad:?}");
        }
        for good in ["7", "AG Köln, 12 C 7/26", &"é".repeat(200)] {
            assert_eq!(good.parse::<OrderReference>().map(|order| order.to_string()).as_deref(), Ok(good));
        }
    }

    fn redaction(name: &str) -> Redaction {
        Redaction {
            key: EntityKey::named(Scope::Programme, "tenant", name),
            sequence: 7,
            version: 3,
            hash: ChainHash([1; 16]),
            previous: ChainHash([2; 16]),
            command_id: CommandId::derived(&[b"removed"]),
            request_hash: RequestHash([3; 16]),
            actor: Actor("operator:ann".to_owned()),
            order: "7".to_owned(),
        }
    }

    #[test]
    fn a_record_reads_back_and_no_other_does() {
        let record = redaction("riverside").record("membership");
        assert_eq!(Redaction::read(&record), Ok(redaction("riverside")));
        let newer = Record { version: 2, ..record.clone() };
        assert_eq!(Redaction::read(&newer), Err(DecodeError::unknown(&newer)));
        let cut = Record { data: record.data.slice(..record.data.len() - 1), ..record.clone() };
        assert_eq!(Redaction::read(&cut), Err(DecodeError::bytes(&cut)));
        let empty = Record { data: Vec::new().into(), ..record };
        assert!(Redaction::read(&empty).is_err());
    }

    #[test]
    fn a_marker_is_of_one_version_of_one_entity_and_in_its_partition() {
        let one = redaction("riverside");
        let later = Redaction { version: 4, ..one.clone() };
        assert!(one.marker() != later.marker() && one.marker() != redaction("lakeside").marker());
        assert_eq!(one.marker().partition(), one.key.partition());
        assert_eq!(Redaction { order: "8".to_owned(), ..one.clone() }.marker(), one.marker());
    }
}
