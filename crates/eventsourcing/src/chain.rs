//! The hash that chains an entity's commits.

use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA256};

/// First 16 bytes of SHA-256 over subject, our headers in fixed order, and body.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainHash(pub [u8; 16]);

impl ChainHash {
    /// What stands before an entity's first commit.
    pub const START: Self = Self([0; 16]);

    /// Hashes one message as it stands in the log.
    #[must_use]
    pub fn of<'a>(subject: &str, headers: impl Iterator<Item = (&'static str, &'a str)>, body: &[u8]) -> Self {
        // Gathered first: the digest is much slower over forty pieces of a few bytes.
        let mut head = Vec::with_capacity(1024);
        let mut part = |bytes: &[u8]| {
            head.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            head.extend_from_slice(bytes);
        };
        part(subject.as_bytes());
        for (name, value) in headers {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        head.extend_from_slice(&(body.len() as u32).to_be_bytes());
        let mut context = Context::new(&SHA256);
        context.update(&head);
        context.update(body);
        let mut hash = [0; 16];
        hash.copy_from_slice(&context.finish().as_ref()[..16]);
        Self(hash)
    }
}

impl fmt::Display for ChainHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ChainHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for ChainHash {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        decode_hex(text).map(Self).ok_or(())
    }
}

/// Reads exactly `N` bytes of lower-case hexadecimal.
pub(crate) fn decode_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (index, pair) in text.as_bytes().chunks_exact(2).enumerate() {
        bytes[index] = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}
