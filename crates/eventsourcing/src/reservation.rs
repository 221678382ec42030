//! Unique names: a claim is an entity of its own, written with the commit that needs it.

use std::fmt;

use kindred_ids::{CommandId, EntityKey, Scope};
use prost::Message;

use crate::{Canonical, CanonicalWriter, DecodeError, Record, RecordedCommit};

/// The event types of a reservation.
pub const RESERVATION_TYPES: [&str; 2] = ["Claimed", "Released"];

/// A unique name as the log knows it: its kind, and 32 hexadecimal digits of the HMAC of
/// kind and normalized value under the tenant's reservation key, never the value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReservationKey {
    /// What must be unique (`email`, `handle`): the category of the reservation's subject.
    pub kind: &'static str,
    /// The digest.
    pub digest: [u8; 16],
}

impl ReservationKey {
    /// Where the reservation lives in the log.
    #[must_use]
    pub fn entity(&self, scope: &Scope) -> EntityKey {
        EntityKey::named(scope.clone(), self.kind, &crate::ChainHash(self.digest).to_string())
    }
}

impl Canonical for ReservationKey {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.bytes(self.kind.as_bytes());
        writer.bytes(&self.digest);
    }
}

#[derive(Clone, PartialEq, Eq, Message)]
struct ClaimBody {
    #[prost(string, tag = "1")]
    holder: String,
    #[prost(bytes = "vec", tag = "2")]
    command: Vec<u8>,
}

impl RecordedCommit {
    /// Whether it is a reservation's: its tail alone says who holds the name.
    #[must_use]
    pub fn is_reservation(&self) -> bool {
        self.records.iter().any(|record| RESERVATION_TYPES.contains(&record.event_type.as_str()))
    }
}

/// Who holds a name: the whole state of a reservation, read from its tail alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReservationTail {
    /// Never used, or given back.
    Free,
    /// Held by the entity with this `<category>:<id>`.
    Held(String),
}

impl ReservationTail {
    /// Reads the tail of a reservation.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if it holds anything but a claim or a release.
    pub fn read(tail: Option<&RecordedCommit>) -> Result<Self, DecodeError> {
        let Some(record) = tail.and_then(|commit| commit.records.last()) else { return Ok(Self::Free) };
        match record.event_type.as_str() {
            "Claimed" => {
                Ok(Self::Held(ClaimBody::decode(record.data.clone()).map_err(|_| DecodeError::bytes(record))?.holder))
            }
            "Released" => Ok(Self::Free),
            _ => Err(DecodeError::unknown(record)),
        }
    }

    /// Whether `entity` holds it.
    #[must_use]
    pub fn is_held_by(&self, entity: &EntityKey) -> bool {
        matches!(self, Self::Held(holder) if *holder == entity.to_string())
    }

    /// The id of the entity of `category` that holds it.
    #[must_use]
    pub fn holder_id(&self, category: &str) -> Option<kindred_ids::EntityId> {
        match self {
            Self::Held(holder) => holder.strip_prefix(category)?.strip_prefix(':')?.parse().ok(),
            Self::Free => None,
        }
    }
}

/// The record of a claim: names holder and command from the start, so that a claim can
/// later be made in two steps across streams.
pub(crate) fn claimed(holder: &EntityKey, command: CommandId) -> Record {
    record("Claimed", holder, command)
}

pub(crate) fn released(holder: &EntityKey, command: CommandId) -> Record {
    record("Released", holder, command)
}

fn record(event_type: &str, holder: &impl fmt::Display, command: CommandId) -> Record {
    let body = ClaimBody { holder: holder.to_string(), command: command.as_uuid().as_bytes().to_vec() };
    Record { event_type: event_type.to_owned(), version: 1, data: body.encode_to_vec().into() }
}
