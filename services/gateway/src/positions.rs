//! The positions of the log that a client wants its next reads to show.
//!
//! A program sends them in `kindred-position`; for a browser the gateway keeps the last
//! few in a short-lived cookie, so that people read their own writes.

use axum::http::HeaderMap;
use tonic::metadata::{AsciiMetadataValue, MetadataMap};

/// Header, metadata and cookie name.
pub const NAME: &str = "kindred-position";
/// How many are kept: a page may rest on what several services accepted.
const MOST: usize = 4;
/// Longer ones are not ours.
const LONGEST: usize = 900;

/// Opaque tokens, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Positions(Vec<String>);

impl Positions {
    /// None.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Reads a comma-separated list; what cannot be a token is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let tokens = text.split(',').map(str::trim).filter(|token| could_be_a_token(token));
        Self(tokens.take(MOST).map(str::to_owned).collect())
    }

    /// Those of the request headers.
    #[must_use]
    pub fn of_headers(headers: &HeaderMap) -> Self {
        let all: Vec<&str> = headers.get_all(NAME).iter().filter_map(|value| value.to_str().ok()).collect();
        Self::parse(&all.join(","))
    }

    /// Also `position`, as the newest.
    #[must_use]
    pub fn with(mut self, position: &str) -> Self {
        if could_be_a_token(position) {
            self.0.retain(|token| token != position);
            self.0.insert(0, position.to_owned());
            self.0.truncate(MOST);
        }
        self
    }

    /// As a cookie's value.
    #[must_use]
    pub fn joined(&self) -> String {
        self.0.join(",")
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one value each.
    pub fn put(&self, metadata: &mut MetadataMap) {
        for value in self.0.iter().filter_map(|token| AsciiMetadataValue::try_from(token.as_str()).ok()) {
            metadata.append(NAME, value);
        }
    }
}

fn could_be_a_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b',' | b';' | b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_old_ones_fall_off() {
        let all = ["a", "b", "c", "d", "e", "c"].iter().fold(Positions::none(), |all, one| all.with(one));
        assert_eq!(all.joined(), "c,e,d,b");
        assert_eq!(Positions::parse(&all.joined()), all);
    }

    #[test]
    fn what_is_no_token_is_left_out() {
        for bad in ["", "a b", "a;Path=/", "a\"b", "\u{e4}", &"x".repeat(901)] {
            assert!(Positions::none().with(bad).is_empty(), "{bad:?}");
        }
        assert_eq!(Positions::parse(" , a\r\nSet-Cookie: x=y,,b").joined(), "b");
    }
}
