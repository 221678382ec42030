//! Which model a vector is of.

use std::fmt;

use ring::digest::{Context, SHA256};

/// How vectors are made of what a model says; raised when that changes.
const SCHEME: &[u8] = b"mean, length one, 512 to one";

/// A hash of the model's files and of how vectors are made of them: only vectors of one
/// version may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelVersion(u64);

impl ModelVersion {
    /// The version of a model of these files.
    pub(crate) fn of(files: &[&[u8]]) -> Self {
        let mut hash = Context::new(&SHA256);
        for part in std::iter::once(&SCHEME).chain(files) {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest = hash.finish();
        let first = digest.as_ref().iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte));
        Self(first)
    }

    /// As a whole number, for a column of a database.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0.cast_signed()
    }
}

impl fmt::Display for ModelVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_every_file_counts_where_it_stands() {
        let version = ModelVersion::of(&[b"ab", b"c"]);
        assert_eq!(version, ModelVersion::of(&[b"ab", b"c"]));
        assert_ne!(version, ModelVersion::of(&[b"a", b"bc"]));
        assert_ne!(version, ModelVersion::of(&[b"ab", b"d"]));
        assert_eq!(version.to_string().len(), 16);
    }
}
