//! One byte form per command, so that a resent command is told from a reused id.

use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA256};
use uuid::Uuid;

use crate::{ChainHash, Sealed, Timestamp, chain::decode_hex};

/// First 16 bytes of SHA-256 over a command, each sealed field standing as its fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestHash(pub [u8; 16]);

impl RequestHash {
    /// Hashes a command.
    #[must_use]
    pub fn of(command: &impl Canonical) -> Self {
        let mut writer = CanonicalWriter(Context::new(&SHA256));
        command.canonical(&mut writer);
        let mut hash = [0; 16];
        hash.copy_from_slice(&writer.0.finish().as_ref()[..16]);
        Self(hash)
    }
}

impl fmt::Display for RequestHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        ChainHash(self.0).fmt(formatter)
    }
}

impl fmt::Debug for RequestHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for RequestHash {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        decode_hex(text).map(Self).ok_or(())
    }
}

/// A value with one byte form. Times are left out of commands: a resent command is made later.
pub trait Canonical {
    /// Writes that form.
    fn canonical(&self, writer: &mut CanonicalWriter);
}

/// Takes the parts of a command, each with its length, so that no two commands run together.
pub struct CanonicalWriter(Context);

impl CanonicalWriter {
    /// Writes bytes with their length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// Writes a named field.
    pub fn field(&mut self, name: &str, value: &(impl Canonical + ?Sized)) {
        self.bytes(name.as_bytes());
        value.canonical(self);
    }
}

/// Implements [`Canonical`] for a command struct, field by field; a field that is
/// neither listed nor left out by name does not compile.
#[macro_export]
macro_rules! canonical {
    ($name:ident { $($field:ident),* $(,)? } $(without { $($skipped:ident),* $(,)? })?) => {
        impl $crate::Canonical for $name {
            fn canonical(&self, writer: &mut $crate::CanonicalWriter) {
                let Self { $($field,)* $($($skipped: _,)*)? } = self;
                writer.bytes(stringify!($name).as_bytes());
                $(writer.field(stringify!($field), $field);)*
            }
        }
    };
}

/// Implements [`Canonical`] for an enum of commands that each implement it.
#[macro_export]
macro_rules! canonical_enum {
    ($name:ident { $($variant:ident),* $(,)? }) => {
        impl $crate::Canonical for $name {
            fn canonical(&self, writer: &mut $crate::CanonicalWriter) {
                match self {
                    $(Self::$variant(command) => $crate::Canonical::canonical(command, writer),)*
                }
            }
        }
    };
}

impl Canonical for str {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.bytes(self.as_bytes());
    }
}

impl Canonical for Sealed {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.bytes(self.key().0.as_bytes());
        writer.bytes(&self.fingerprint().0);
    }
}

impl<T: Canonical + ?Sized> Canonical for &T {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        (**self).canonical(writer);
    }
}

impl<T: Canonical> Canonical for Option<T> {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.bytes(&[u8::from(self.is_some())]);
        if let Some(value) = self {
            value.canonical(writer);
        }
    }
}

impl<T: Canonical> Canonical for Vec<T> {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.bytes(&(self.len() as u64).to_be_bytes());
        for value in self {
            value.canonical(writer);
        }
    }
}

macro_rules! canonical_by {
    ($($type:ty: |$value:ident| $bytes:expr;)*) => {$(
        impl Canonical for $type {
            fn canonical(&self, writer: &mut CanonicalWriter) {
                let $value = self;
                writer.bytes($bytes.as_ref());
            }
        }
    )*};
}

canonical_by! {
    String: |value| value.as_bytes();
    bool: |value| [u8::from(*value)];
    u8: |value| [*value];
    u16: |value| value.to_be_bytes();
    u32: |value| value.to_be_bytes();
    u64: |value| value.to_be_bytes();
    i32: |value| value.to_be_bytes();
    i64: |value| value.to_be_bytes();
    [u8; 16]: |value| value;
    [u8; 32]: |value| value;
    Uuid: |value| value.as_bytes();
    Timestamp: |value| value.millis().to_be_bytes();
    kindred_ids::EntityId: |value| value.as_bytes();
    kindred_ids::CommandId: |value| value.as_uuid().as_bytes();
    kindred_ids::TenantSlug: |value| value.as_str();
    kindred_ids::ProgrammeSlug: |value| value.as_str();
    kindred_ids::CommunityId: |value| value.0.as_bytes();
    kindred_ids::MemberId: |value| value.0.as_bytes();
    kindred_ids::MembershipId: |value| value.0.as_bytes();
    kindred_ids::SessionId: |value| value.0.as_bytes();
    kindred_ids::SignInLinkId: |value| value.0.as_bytes();
    kindred_ids::InvitationId: |value| value.0.as_bytes();
    kindred_ids::ThreadId: |value| value.0.as_bytes();
    kindred_ids::CommentId: |value| value.0.as_bytes();
    kindred_ids::IntroductionId: |value| value.0.as_bytes();
    kindred_ids::PairingId: |value| value.0.as_bytes();
    kindred_ids::RoundId: |value| value.0.as_bytes();
    kindred_ids::InboxItemId: |value| value.0.as_bytes();
    kindred_ids::DeliveryId: |value| value.0.as_bytes();
    kindred_ids::ConversationId: |value| value.0.as_bytes();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;

    struct Rename {
        name: String,
        nick: Option<String>,
        at: Timestamp,
    }
    canonical!(Rename { name, nick } without { at });

    fn rename(name: &str, nick: Option<&str>, at: i64) -> RequestHash {
        RequestHash::of(&Rename {
            name: name.to_owned(),
            nick: nick.map(str::to_owned),
            at: Timestamp::from_millis(at),
        })
    }

    #[test]
    fn the_time_of_a_command_does_not_change_its_hash_and_its_content_does() {
        assert_eq!(rename("a", None, 1), rename("a", None, 2));
        let command = Rename { name: String::new(), nick: None, at: Timestamp::from_millis(9) };
        assert_eq!(command.at.millis(), 9);
        assert_ne!(rename("a", None, 1), rename("b", None, 1));
        assert_ne!(rename("a", None, 1), rename("a", Some(""), 1));
        assert_ne!(rename("ab", Some("c"), 1), rename("a", Some("bc"), 1));
    }
}
