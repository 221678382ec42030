//! Ed25519 keys, each in a file of its own; the private one is never printed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("read signing key file `{}`", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The text is not a key.
    #[error("not an Ed25519 private key (PKCS #8, PEM or base64)")]
    NotAPrivateKey,
    /// The text is not a public key.
    #[error("not an Ed25519 public key (32 bytes in base64)")]
    NotAPublicKey,
    /// The system gives no randomness.
    #[error("draw randomness for a signing key")]
    NoRandomness,
}

/// A process's own key.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Makes a new key, as the PEM text to keep in a file.
    ///
    /// # Errors
    ///
    /// [`KeyError::NoRandomness`].
    pub fn generate() -> Result<(Self, String), KeyError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::NoRandomness)?;
        let text = STANDARD.encode(document.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64 is ASCII")).collect();
        let pem = format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"));
        Ok((pem.parse()?, pem))
    }

    /// Reads a key from a file: PKCS #8 as PEM or bare base64.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the file cannot be read or holds no such key.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map_err(|source| KeyError::Read { path: path.to_owned(), source })?;
        text.parse()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let bytes = self.0.public_key().as_ref();
        PublicKey(bytes.try_into().expect("an Ed25519 public key has 32 bytes"))
    }

    pub(super) fn sign(&self, message: &[u8]) -> impl AsRef<[u8]> + use<> {
        self.0.sign(message)
    }

    /// Signs a statement of a kind; base64. A signature of one kind never counts for
    /// another, nor for a token.
    #[must_use]
    pub fn sign_statement(&self, kind: &str, statement: &[u8]) -> String {
        STANDARD.encode(self.sign(&of_kind(kind, statement)))
    }
}

impl FromStr for SigningKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let body = text.strip_prefix(BEGIN).and_then(|text| text.strip_suffix(END)).unwrap_or(text);
        let compact: String = body.split_whitespace().collect();
        let document = STANDARD.decode(compact).map_err(|_| KeyError::NotAPrivateKey)?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&document).map(Self).map_err(|_| KeyError::NotAPrivateKey)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey(public {})", self.public())
    }
}

/// The half of a key that verifies; base64 in settings.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }

    /// Whether this is the signature of [`SigningKey::sign_statement`] under this key.
    #[must_use]
    pub fn verifies_statement(&self, kind: &str, statement: &[u8], signature: &str) -> bool {
        let signature = STANDARD.decode(signature);
        signature.is_ok_and(|signature| self.verifies(&of_kind(kind, statement), &signature))
    }
}

/// What is signed: a token never holds the byte that ends the kind.
fn of_kind(kind: &str, statement: &[u8]) -> Vec<u8> {
    [kind.as_bytes(), b"\0", statement].concat()
}

impl FromStr for PublicKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| KeyError::NotAPublicKey)?;
        bytes.try_into().map(Self).map_err(|_| KeyError::NotAPublicKey)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
