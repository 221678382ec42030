//! Private servers for the demo and for tests, which end with whoever started them.
#![doc = ""]
#![doc = include_str!("../README.md")]

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
