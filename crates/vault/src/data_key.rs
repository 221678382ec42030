//! A member's data key in memory, and what there may be in its stead.

use std::fmt;

use kindred_eventsourcing::{Fingerprint, KeyId};
use kindred_ids::{MemberId, TenantSlug};
use ring::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use ring::hmac;

use crate::Secret;

/// The key that seals one member's words. Cheap to clone; keep it for one request or one
/// batch only, so that an erasure takes effect in time.
#[derive(Clone)]
pub struct DataKey {
    id: KeyId,
    tenant: TenantSlug,
    member: MemberId,
    secret: Secret,
    cipher: Secret,
    fingerprint: Secret,
}

impl DataKey {
    /// A key from the vault or the wire. The cipher and the fingerprint each get a subkey.
    #[must_use]
    pub fn new(id: KeyId, tenant: TenantSlug, member: MemberId, secret: Secret) -> Self {
        let (cipher, fingerprint) = (secret.subkey("sealed field"), secret.subkey("fingerprint"));
        Self { id, tenant, member, secret, cipher, fingerprint }
    }

    /// Its name in the log.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The owner's tenant.
    #[must_use]
    pub const fn tenant(&self) -> &TenantSlug {
        &self.tenant
    }

    /// The owner.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// The material, for the answer of the key service alone.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Made per call: the expanded key must not outlive the wiped one in a cache.
    pub(crate) fn cipher(&self) -> LessSafeKey {
        cipher(&self.cipher)
    }

    /// First 16 bytes of HMAC-SHA256 over field name and text. The field's name keeps
    /// equal texts of two fields apart; the subkey keeps those of two members apart.
    pub(crate) fn fingerprint(&self, field: &str, text: &str) -> Fingerprint {
        Fingerprint(mac(&self.fingerprint, &[field.as_bytes(), text.as_bytes()]))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DataKey({})", self.id)
    }
}

/// What the vault says of a key id.
#[derive(Debug, Clone)]
pub enum KeyState {
    /// Here it is.
    Live(DataKey),
    /// It was destroyed: its owner is erased.
    Destroyed,
    /// The vault never had it, or had it under another tenant.
    Unknown,
}

impl KeyState {
    /// The key, if it is there.
    #[must_use]
    pub const fn live(&self) -> Option<&DataKey> {
        match self {
            Self::Live(key) => Some(key),
            Self::Destroyed | Self::Unknown => None,
        }
    }
}

/// AES-256-GCM under `secret`.
pub(crate) fn cipher(secret: &Secret) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, secret.expose()).expect("32 bytes are a key of AES-256"))
}

/// First 16 bytes of HMAC-SHA256 over length-prefixed parts.
pub(crate) fn mac(secret: &Secret, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret.expose()));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut first = [0; 16];
    first.copy_from_slice(&context.sign().as_ref()[..16]);
    first
}
