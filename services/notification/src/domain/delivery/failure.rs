//! How an attempt failed, in words that hold nothing of the address or the server.

use std::fmt;
use std::str::FromStr;

use kindred_eventsourcing::{Canonical, CanonicalWriter, canonical};

/// A text that is no failure code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a failure code has 1 to 40 lower-case letters, digits and underscores")]
pub struct FailureCodeError;

/// Such as `smtp_451` or `connection`: never an address, never a server's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCode(String);

impl FailureCode {
    /// The server's reply code.
    #[must_use]
    pub fn smtp(code: u16) -> Self {
        Self(format!("smtp_{code}"))
    }

    /// One of the platform's own words.
    ///
    /// # Panics
    ///
    /// If `word` is not the form of a code; words are literals.
    #[must_use]
    pub fn word(word: &'static str) -> Self {
        word.parse().expect("a literal in the form of a code")
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FailureCode {
    type Err = FailureCodeError;
    fn from_str(text: &str) -> Result<Self, FailureCodeError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned())).ok_or(FailureCodeError)
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Canonical for FailureCode {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.0.canonical(writer);
    }
}

/// A failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How it failed.
    pub code: FailureCode,
    /// Whether another attempt cannot help, as with an address that does not exist.
    pub permanent: bool,
}
canonical!(Failure { code, permanent });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_words_and_addresses_are_no_codes() {
        for text in ["", "550 no such user", "ann@riverside.example", "Smtp_451", &"a".repeat(41)] {
            assert!(text.parse::<FailureCode>().is_err(), "{text:?} was taken");
        }
        assert_eq!("smtp_451".parse(), Ok(FailureCode::smtp(451)));
    }
}
