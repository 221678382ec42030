//! The rules of introductions and of weights as pure functions over events.
//!
//! # Invariants
//!
//! * Nothing here performs I/O, reads a clock or draws randomness: moments, ids and sealed
//!   texts are passed in, so a replay always yields the same state.
//! * Nothing that the one who asked is told depends on whether the other declined.
//! * What a rule needs to know of the two people is handed in as part of the command, so
//!   that a resent command is recognized before any rule is asked.

pub mod introduction;
#[cfg(test)]
pub(crate) mod samples;
pub mod weights;

pub use introduction::Introduction;
pub use weights::Weights;
