//! 32 secret bytes: wiped when the last holder drops them, never printed.

use std::fmt;
use std::sync::Arc;

use ring::hkdf;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("draw random bytes from the system")]
pub struct NoRandomness;

/// A key. Clones share one allocation, so that no copy is left behind.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<[u8; 32]>>);

impl Secret {
    /// A new key.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the system has none.
    pub fn random() -> Result<Self, NoRandomness> {
        Self::filled(random)
    }

    /// Takes key bytes that somebody else keeps or sent; `None` unless they are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let fits = bytes.len() == 32;
        fits.then(|| {
            let mut secret = Zeroizing::new([0; 32]);
            secret.copy_from_slice(bytes);
            Self(Arc::new(secret))
        })
    }

    /// The bytes, for the wire between services and for wrapping.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A subkey for one purpose (HKDF-SHA256).
    pub(crate) fn subkey(&self, purpose: &str) -> Self {
        let pseudo_random_key = hkdf::Salt::new(hkdf::HKDF_SHA256, b"kindred-vault-v1").extract(self.expose());
        Self::filled(|bytes| pseudo_random_key.expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)?.fill(bytes))
            .expect("32 bytes are within what HKDF-SHA256 gives")
    }

    fn filled<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Zeroizing::new([0; 32]);
        fill(secret.as_mut_slice())?;
        Ok(Self(Arc::new(secret)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// Fills `bytes` from the system's generator.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    SystemRandom::new().fill(bytes).map_err(|_| NoRandomness)
}

/// A random UUID, for the id of a key.
pub(crate) fn random_uuid() -> Result<uuid::Uuid, NoRandomness> {
    let mut bytes = [0; 16];
    random(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// Joins parts so that no two different lists give the same bytes.
pub(crate) fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 4).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u32).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}
