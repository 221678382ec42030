//! The 128-bit ids of entities and commands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Partition;

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a UUID in its 32-digit or hyphenated form.
    #[error("not a UUID")]
    Malformed,
    /// A UUID, but not one of this platform's entities (version 8, variant 1).
    #[error("not an entity id (UUID version 8)")]
    NotAnEntity,
    /// All bits zero.
    #[error("the nil UUID is not an id")]
    Nil,
}

/// A UUID of version 8 whose first six bits are the entity's partition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Uuid", into = "Uuid")]
pub struct EntityId(Uuid);

impl EntityId {
    /// Puts partition, version and variant over 16 derived bytes.
    pub(crate) fn from_derived(mut bytes: [u8; 16], partition: Partition) -> Self {
        bytes[0] = (bytes[0] & 0b0000_0011) | (partition.number() << 2);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The partition that the id carries.
    #[must_use]
    pub fn partition(self) -> Partition {
        Partition::new(self.0.as_bytes()[0] >> 2).expect("six bits are below 64")
    }

    /// The 16 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// As a plain UUID, for a database column.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }

    /// 32 lower-case hexadecimal digits: the form in subjects.
    #[must_use]
    pub fn hex(self) -> String {
        self.0.simple().to_string()
    }
}

impl TryFrom<Uuid> for EntityId {
    type Error = IdError;
    fn try_from(uuid: Uuid) -> Result<Self, IdError> {
        let fits = uuid.get_version_num() == 8 && uuid.get_variant() == uuid::Variant::RFC4122;
        fits.then_some(Self(uuid)).ok_or(IdError::NotAnEntity)
    }
}

impl From<EntityId> for Uuid {
    fn from(id: EntityId) -> Self {
        id.0
    }
}

impl FromStr for EntityId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let uuid = parse_uuid(text)?;
        Self::try_from(uuid)
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(formatter)
    }
}

impl fmt::Debug for EntityId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(formatter)
    }
}

/// The client-made id of one command: any UUID but nil.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(Uuid);

impl CommandId {
    /// Takes a UUID that the client made.
    ///
    /// # Errors
    ///
    /// [`IdError::Nil`] for the nil UUID.
    pub fn new(uuid: Uuid) -> Result<Self, IdError> {
        (!uuid.is_nil()).then_some(Self(uuid)).ok_or(IdError::Nil)
    }

    /// The command id of a reaction: derived, so that a redelivered event changes nothing.
    #[must_use]
    pub fn derived(parts: &[&[u8]]) -> Self {
        let bytes = crate::derive::digest("command", parts);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// As a plain UUID.
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl FromStr for CommandId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::new(parse_uuid(text)?)
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(formatter)
    }
}

impl fmt::Debug for CommandId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(formatter)
    }
}

/// Only the two usual forms; braces and URNs are refused so that one id has few spellings.
fn parse_uuid(text: &str) -> Result<Uuid, IdError> {
    let usual = matches!(text.len(), 32 | 36);
    if !usual {
        return Err(IdError::Malformed);
    }
    Uuid::try_parse(text).map_err(|_| IdError::Malformed)
}
