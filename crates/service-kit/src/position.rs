//! Signed position tokens: how far a read must have come to show a write.
//!
//! A token holds one sequence per (stream, partition). It is signed with a key that every
//! process shares, so that nobody can make a query wait for a position that never was.
//! It travels as `kindred-position` metadata; several tokens are merged into the furthest.

mod set;
mod token;

pub use set::Positions;
pub use token::{MAX_POSITIONS, MAX_TOKEN_BYTES, PositionError, PositionKey};

/// Metadata name of a position token, on requests and answers.
pub const METADATA: &str = "kindred-position";

#[cfg(test)]
mod tests;
