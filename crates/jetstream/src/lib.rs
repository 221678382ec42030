//! The log of commits on NATS JetStream: the only crate that speaks to the bus.
//!
//! # Promises
//!
//! * A commit lands only on the tail that its decision saw: the expected sequence on the
//!   exact subject is always sent, 0 for a new entity.
//! * Every answer of the server, and every silence, has a decided outcome: stored, not
//!   stored, or [`Unknown`](kindred_eventsourcing::AppendError::Unknown), never a guess.
//! * Several writes are stored as one atomic batch or not at all.
//! * `tail`, `at` and `head` answer as the stream's leader knows it; `load` is complete
//!   through the sequence asked for, whichever replica answers first.
//! * A reader delivers in order, without holes, over restarts of the server; it never
//!   stalls in silence.
//! * A stream whose configuration or identity is not the expected one is refused, also
//!   when it changed behind a lost connection.
//!
//! # Reading order
//!
//! [`connect`] gives a [`Client`]; [`apply_streams`] makes the streams (an operator's
//! identity); [`JetStreamStore::open`] checks one and serves it. `append` holds the table
//! of replies, `group` the durable batches, `read` loading, `reader` the ordered reading.

mod api;
mod append;
mod connection;
mod group;
mod message;
mod open;
mod permissions;
mod read;
mod reader;
mod store;
pub mod telemetry;
mod topology;

pub use api::{ApiError, CallError};
pub use connection::{Client, ConnectError, ConnectSettings, Credentials, connect};
pub use open::{OpenError, StoreOptions, Version};
pub use permissions::permissions;
pub use reader::JetStreamReader;
pub use store::{Durability, JetStreamStore};
pub use topology::{
    Applied, ApplyError, ConfigMismatch, StreamIdentity, StreamSettings, apply_streams, stream_name, subject_filter,
};
