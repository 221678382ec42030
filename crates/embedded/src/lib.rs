//! Private servers for the demo and for tests: NATS with JetStream, Postgres, and
//! an SMTP sink, on free loopback ports in a folder of their own.
//!
//! # What it promises
//!
//! * The servers are the pinned, hash-checked ones of `servers.txt`, unpacked into
//!   a cache once; a setting can name others, which must be new enough.
//! * A server ends with the process that started it, also when that process is
//!   killed, and takes its folder along if that was an ephemeral one.
//! * A server of which a start has returned answers; a start that fails carries
//!   the server's last log lines.
//! * Data in a named folder outlives the server; no two servers ever share a folder.
//! * A terminal's Ctrl-C reaches the parent only, so that it can drain first.
//!
//! # Reading order
//!
//! [`Settings`] say where servers come from; [`Nats`], [`NatsCluster`] and
//! [`Postgres`] start them; [`shared`] hands out the servers that all tests of one
//! run share; [`SmtpSink`] takes mail. `guard` and `process` hold the life of a
//! server, the part worth understanding before changing anything here.

mod cache;
mod error;
mod folder;
mod guard;
mod identity;
mod locate;
mod log_file;
mod nats;
mod ports;
mod postgres;
mod process;
mod random;
mod settings;
pub mod shared;
mod smtp;
mod version;

pub use error::Error;
pub use locate::{fetch_all, nats_server, postgres_bin};
pub use nats::{Nats, NatsBuilder, NatsCluster, Sync};
pub use postgres::{Durability, Postgres, PostgresBuilder};
pub use settings::Settings;
pub use smtp::{Mail, SmtpSink};
