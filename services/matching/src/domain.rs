//! The rules of introductions, mentoring and weights as pure functions over events.
//!
//! # Invariants
//!
//! * Nothing here performs I/O, reads a clock or draws randomness: moments, ids and sealed
//!   texts are passed in, so a replay always yields the same state.
//! * Nothing that the one who asked is told depends on whether the other declined.
//! * What a rule needs to know of the two people is handed in as part of the command, so
//!   that a resent command is recognized before any rule is asked.

pub mod check_in;
pub mod discretion;
pub mod introduction;
pub mod mentor;
pub mod mentor_wait;
pub mod pairing;
pub mod round;
#[cfg(test)]
pub(crate) mod samples;
pub mod weights;

pub use check_in::CheckIn;
pub use introduction::Introduction;
pub use mentor::Mentor;
pub use mentor_wait::MentorWait;
pub use pairing::Pairing;
pub use round::Round;
pub use weights::Weights;
