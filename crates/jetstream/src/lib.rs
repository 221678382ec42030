//! A context's log on the bus.
#![doc = include_str!("../README.md")]

mod api;
mod append;
mod connection;
mod group;
mod message;
mod open;
mod permissions;
mod read;
mod reader;
mod removal;
mod store;
pub mod telemetry;
mod topology;

pub use api::{ApiError, CallError};
pub use connection::{Client, ConnectError, ConnectSettings, Credentials, connect};
pub use open::{OpenError, StoreOptions, Version};
pub use permissions::{permissions, removal_permissions};
pub use reader::JetStreamReader;
pub use store::{Durability, JetStreamStore};
pub use topology::{
    Applied, ApplyError, ConfigMismatch, StreamIdentity, StreamSettings, apply_streams, stream_name, subject_filter,
};
