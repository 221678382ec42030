//! How posting's events stand in the log: the one user of the event protos.
//!
//! # Promises
//!
//! * What is written reads back as the same event; every type and version ever released
//!   stays readable.
//! * A record that does not fit its type is told apart from one that this program is too
//!   old for, and neither panics.

mod comment;
mod conversation;
mod message;
pub mod reaction;
mod thread;
mod wire;

#[cfg(test)]
mod tests;
