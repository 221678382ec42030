//! Personal text as the log holds it: unreadable without its owner's key.

use std::fmt;

use bytes::Bytes;
use uuid::Uuid;

/// Names a data key in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub Uuid);

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(formatter)
    }
}

/// HMAC of the plaintext under a subkey of the owner's key: tells whether two sealed
/// texts of one person are equal, and dies with the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Fingerprint(..)")
    }
}

/// A field sealed under one member's data key. Deciders pass it on and compare it; only
/// the vault makes and opens it.
#[derive(Clone)]
pub struct Sealed {
    key: KeyId,
    nonce: [u8; 12],
    ciphertext: Bytes,
    fingerprint: Fingerprint,
}

impl Sealed {
    /// Puts together what the vault or the log gives.
    #[must_use]
    pub fn from_parts(key: KeyId, nonce: [u8; 12], ciphertext: impl Into<Bytes>, fingerprint: Fingerprint) -> Self {
        Self { key, nonce, ciphertext: ciphertext.into(), fingerprint }
    }

    /// The data key that opens it.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The nonce of the AES-256-GCM seal.
    #[must_use]
    pub const fn nonce(&self) -> &[u8; 12] {
        &self.nonce
    }

    /// Ciphertext and tag.
    #[must_use]
    pub const fn ciphertext(&self) -> &Bytes {
        &self.ciphertext
    }

    /// Tells equal texts of one person apart from different ones.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

/// Two sealed fields are equal when they hold the same text of the same person.
impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.fingerprint == other.fingerprint
    }
}

impl Eq for Sealed {}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({})", self.key)
    }
}
