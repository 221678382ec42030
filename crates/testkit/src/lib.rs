//! A platform per test, on servers that all tests of a run share.
//!
//! # Promises
//!
//! * No test sees another's rows or events: each has databases and streams of its own.
//! * Nothing waits for a fixed time: [`eventually`] waits for a condition, with a bound.
//! * What looks random comes from a seed that a failing test prints.

mod database;
mod eventually;
mod logs;
mod seed;
#[cfg(feature = "jetstream")]
mod streams;

pub use database::TestDatabase;
pub use eventually::eventually;
pub use logs::show_logs;
pub use seed::Seed;
#[cfg(feature = "jetstream")]
pub use streams::TestStreams;
