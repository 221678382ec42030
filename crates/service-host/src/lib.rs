//! What the four services share above the kit: one composition of log, database,
//! projector, keys and gRPC server, and the small conversions between wire and core.
//!
//! # Promises
//!
//! * A service is ready only once its views exist and it knows every revocation that was
//!   in the log when it started.
//! * Calls end before what they need ends: first the server drains, then the projector
//!   gives its leases back.

mod admin;
mod config;
mod erasure;
pub mod heads;
mod host;
mod key_service;
mod query;
mod revocations;
mod streams;
pub mod wire;

pub use config::{Empty, Host as HostSection, Log, Part, Projector as ProjectorSection, ServiceConfig};
pub use erasure::{Confirm, ContextErasure, Forget, confirm_by_call};
pub use host::{Host, Running, Wiring};
pub use key_service::KeyServiceSource;
pub use query::{Queries, Snapshot, database_error};
