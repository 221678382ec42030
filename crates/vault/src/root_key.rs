//! The key above all others: in a file, or in a key management service.

mod file;

use std::error::Error;

use futures::future::BoxFuture;

use crate::{NoRandomness, Secret};
pub use file::{FileRootKey, FileRootKeyError};

/// Why the root key did not wrap or unwrap.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// It did not wrap these bytes, or they were changed.
    #[error("unwrap a key that this root key did not wrap")]
    Refused,
    /// The key management service did not answer; try again.
    #[error("reach the key management service")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// No nonce could be drawn.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Wraps and unwraps tenant keys. `aad` says what the key is and must be authenticated.
pub trait RootKey: Send + Sync + 'static {
    /// Names the key in messages; says nothing about its bytes.
    fn name(&self) -> String;

    /// Wraps a key.
    fn wrap<'a>(&'a self, key: &'a Secret, aad: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, RootKeyError>>;

    /// Unwraps a key; [`RootKeyError::Refused`] if it is not its own.
    fn unwrap<'a>(&'a self, wrapped: &'a [u8], aad: &'a [u8]) -> BoxFuture<'a, Result<Secret, RootKeyError>>;
}
