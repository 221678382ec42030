//! Traces, metrics and logs: one guard per process, one name per thing.
//!
//! # Promises
//!
//! * Names are the constants of [`attribute`] and [`metric`], after the semantic
//!   conventions where those have one.
//! * No personal data, token or body goes into any of them; tenants are no label.
//! * The lines of a [`target`] are logged under every filter.
//! * Trace ids exist, and stand in logs and commits, also where nothing is exported; spans of
//!   steps within a call are made only where they are.
//! * What was recorded is flushed when the guard goes.

pub mod attribute;
mod guard;
pub mod metric;
mod metrics_server;
pub mod target;
pub mod trace;

pub use guard::{Guard, TelemetryError, install};
pub use metrics_server::MetricsServer;

#[cfg(test)]
mod tests;
