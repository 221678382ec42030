//! Sealing and opening one field: pure, but for the random nonce.

use std::fmt;

use kindred_eventsourcing::{KeyId, Sealed};
use ring::aead::{self, Nonce};
use zeroize::Zeroizing;

use crate::secret::random;
use crate::{Aad, DataKey, NoRandomness};

/// The longest text that is sealed, in bytes: room for 20,000 characters of four bytes and
/// what stands in for names among them.
pub const LONGEST_TEXT: usize = 96 * 1024;

/// Bytes that the cipher adds.
const TAG: usize = 16;

/// Why a text was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It is too long.
    #[error("text of {length} bytes in `{field}` is longer than can be sealed ({LONGEST_TEXT})")]
    TooLong {
        /// The field.
        field: String,
        /// Its length in bytes.
        length: usize,
    },
    /// The place names another owner than the key has.
    #[error("key `{0}` is not the key of the owner of the text")]
    OtherOwner(KeyId),
    /// No nonce could be drawn.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Why a sealed text does not open although its key is there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It names another key.
    #[error("text is sealed under key `{sealed}`, not `{given}`")]
    OtherKey {
        /// The key that it names.
        sealed: KeyId,
        /// The key that was given.
        given: KeyId,
    },
    /// The place names another owner than the key has.
    #[error("key `{0}` is not the key of the owner of the text")]
    OtherOwner(KeyId),
    /// It was changed, or is not where it was sealed.
    #[error("text sealed under key `{key}` in `{field}` was changed or moved")]
    Damaged {
        /// The key.
        key: KeyId,
        /// The field.
        field: String,
    },
    /// Its length is none that sealing gives.
    #[error("sealed text of {0} bytes is longer or shorter than sealing gives")]
    Size(usize),
    /// The key was not among those asked for.
    #[error("key `{0}` was not asked for before opening")]
    NotAsked(KeyId),
}

/// A sealed text, opened; or not, as its owner is erased.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// The text.
    Text(Zeroizing<String>),
    /// The key is gone for good.
    Redacted,
}

impl Opened {
    /// The text, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Redacted => None,
        }
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.text().is_some() { "Text(..)" } else { "Redacted" })
    }
}

/// Seals the words of one member.
#[derive(Debug, Clone)]
pub struct Sealer(DataKey);

impl Sealer {
    /// Seals under this key.
    #[must_use]
    pub const fn new(key: DataKey) -> Self {
        Self(key)
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &DataKey {
        &self.0
    }

    /// Seals `text` for the place `aad`.
    ///
    /// The nonce is random; with one key per member the count of texts stays far below
    /// the 2^32 up to which that is sound.
    ///
    /// # Errors
    ///
    /// [`SealError`] if the text is too long, the key another member's, or no nonce is had.
    pub fn seal(&self, text: &str, aad: &Aad<'_>) -> Result<Sealed, SealError> {
        if text.len() > LONGEST_TEXT {
            return Err(SealError::TooLong { field: aad.field.to_owned(), length: text.len() });
        }
        let key = &self.0;
        if !owns(key, aad) {
            return Err(SealError::OtherOwner(key.id()));
        }
        let fingerprint = key.fingerprint(aad.field, text);
        let mut nonce = [0; 12];
        random(&mut nonce)?;
        let mut buffer = Vec::with_capacity(text.len() + TAG);
        buffer.extend_from_slice(text.as_bytes());
        key.cipher()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(aad.bytes(key.id(), fingerprint)),
                &mut buffer,
            )
            .expect("the longest text is far within what AES-GCM seals at once");
        Ok(Sealed::from_parts(key.id(), nonce, buffer, fingerprint))
    }
}

/// Opens the words of one member.
#[derive(Debug, Clone)]
pub struct Opener(DataKey);

impl Opener {
    /// Opens with this key.
    #[must_use]
    pub const fn new(key: DataKey) -> Self {
        Self(key)
    }

    /// Opens what was sealed for the place `aad`.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the key is another one, or the text was changed or moved.
    pub fn open(&self, sealed: &Sealed, aad: &Aad<'_>) -> Result<Zeroizing<String>, OpenError> {
        open(&self.0, sealed, aad)
    }
}

pub(crate) fn open(key: &DataKey, sealed: &Sealed, aad: &Aad<'_>) -> Result<Zeroizing<String>, OpenError> {
    if sealed.key() != key.id() {
        return Err(OpenError::OtherKey { sealed: sealed.key(), given: key.id() });
    }
    if !owns(key, aad) {
        return Err(OpenError::OtherOwner(key.id()));
    }
    check_size(sealed)?;
    let damaged = || OpenError::Damaged { key: key.id(), field: aad.field.to_owned() };
    let mut buffer = Zeroizing::new(sealed.ciphertext().to_vec());
    let length = key
        .cipher()
        .open_in_place(
            Nonce::assume_unique_for_key(*sealed.nonce()),
            aead::Aad::from(aad.bytes(key.id(), sealed.fingerprint())),
            buffer.as_mut_slice(),
        )
        .map_err(|_| damaged())?
        .len();
    buffer.truncate(length);
    String::from_utf8(std::mem::take(&mut *buffer)).map(Zeroizing::new).map_err(|_| damaged())
}

/// Refuses a sealed field of a size that sealing never gives, before it enters the log.
///
/// # Errors
///
/// [`OpenError::Size`] with its size.
pub fn check_size(sealed: &Sealed) -> Result<(), OpenError> {
    let length = sealed.ciphertext().len();
    (TAG..=LONGEST_TEXT + TAG).contains(&length).then_some(()).ok_or(OpenError::Size(length))
}

fn owns(key: &DataKey, aad: &Aad<'_>) -> bool {
    key.tenant() == aad.tenant && key.member() == aad.member
}
