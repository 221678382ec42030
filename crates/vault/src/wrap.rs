//! Wrapping one key under another: version, nonce, AES-256-GCM, bound to what the key is.

use kindred_eventsourcing::KeyId;
use kindred_ids::{MemberId, TenantSlug};
use ring::aead::{Aad, Nonce};
use zeroize::Zeroizing;

use crate::data_key::cipher;
use crate::secret::{length_prefixed, random};
use crate::{NoRandomness, Secret};

/// First byte of every wrapped key.
const VERSION: u8 = 1;
const NONCE: usize = 12;

/// What a wrapped key is: authenticated, so that rows cannot be swapped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// Proves the root key.
    Canary,
    /// Wraps the tenant's other keys.
    Tenant(&'a TenantSlug, KeyId),
    /// Digests the tenant's unique values.
    Reservation(&'a TenantSlug, KeyId),
    /// Seals a member's words.
    Data(&'a TenantSlug, KeyId, MemberId),
}

impl Purpose<'_> {
    pub(crate) fn bytes(self) -> Vec<u8> {
        let domain = b"kindred-wrapped-v1";
        match self {
            Self::Canary => length_prefixed(&[domain, b"canary"]),
            Self::Tenant(tenant, key) => {
                length_prefixed(&[domain, b"tenant", tenant.as_str().as_bytes(), key.0.as_bytes()])
            }
            Self::Reservation(tenant, key) => {
                length_prefixed(&[domain, b"reservation", tenant.as_str().as_bytes(), key.0.as_bytes()])
            }
            Self::Data(tenant, key, member) => {
                length_prefixed(&[domain, b"data", tenant.as_str().as_bytes(), key.0.as_bytes(), member.0.as_bytes()])
            }
        }
    }
}

/// Wraps `key` under `with`.
pub(crate) fn wrap(with: &Secret, key: &Secret, aad: &[u8]) -> Result<Vec<u8>, NoRandomness> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let mut body = Zeroizing::new(*key.expose());
    let tag = cipher(with)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body.as_mut_slice())
        .expect("32 bytes are within what AES-GCM seals at once");
    Ok([&[VERSION][..], &nonce, &body[..], tag.as_ref()].concat())
}

/// Unwraps; none if it is not what `with` wrapped for this purpose.
pub(crate) fn unwrap(with: &Secret, wrapped: &[u8], aad: &[u8]) -> Option<Secret> {
    let (&version, rest) = wrapped.split_first()?;
    let (nonce, body) = rest.split_first_chunk::<NONCE>()?;
    if version != VERSION {
        return None;
    }
    let mut body = Zeroizing::new(body.to_vec());
    let key =
        cipher(with).open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), body.as_mut_slice()).ok()?;
    Secret::from_slice(key)
}
