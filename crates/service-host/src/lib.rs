//! A service, put together.
#![doc = include_str!("../README.md")]

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
