//! The Postgres side of event sourcing: read models that follow the log.
//!
//! # Promises
//!
//! * An event takes effect exactly once in each projection, whatever is killed: rows and
//!   checkpoint commit together, and only the owner of a partition can move it.
//! * A read model can be dropped, rebuilt, verified and rolled back while it is read and
//!   written; readers never see an empty or a mixed one.
//! * Nothing is silently skipped: an event that cannot be applied is parked with all later
//!   ones of its entity.
//! * After an erasure no generation yields the person's words.

mod alarm;
mod apply;
mod build;
mod checkpoint;
mod consumer;
mod copy;
mod database;
mod drop_generation;
mod erasure;
mod error;
mod feed;
mod generation;
mod heads;
mod keys;
mod lease;
mod log;
mod marks;
mod operations;
mod pause;
mod person;
mod projection;
mod projector;
mod react;
mod reaction;
mod redactor;
mod runner;
mod settings;
mod supervisor;
mod tables;
pub mod telemetry;
mod transaction;
mod wait;

pub use copy::CopyRows;
pub use database::{Database, migrate};
pub use erasure::{Erasure, StepError};
pub use error::Error;
pub use heads::PartitionHead;
pub use keys::{BatchKeys, NoKeys};
pub use kindred_vault::{Aad, KeyRing, Opened};
pub use operations::{GenerationStatus, Operations, ParkedEvent, ReactionStatus};
pub use person::{ErasedPeople, Person};
pub use projection::{ApplyError, Batch, BatchEvent, BulkRows, Declaration, DynProjection, Projection};
pub use projector::{Health, Projector, ProjectorBuilder};
pub use reaction::{DynReaction, ReactError, Reaction, reaction_command_id};
pub use settings::Settings;
pub use wait::{LONGEST_WAIT, Waited, Waiter};
