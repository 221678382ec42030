//! Decisions, commits and stores, without a clock, a server or a file.
#![doc = include_str!("../README.md")]

mod canonical;
mod chain;
mod commit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod decider;
mod executor;
mod macros;
mod memory;
mod redaction;
mod reservation;
mod sealed;
mod store;
pub mod testing;
mod timestamp;
mod wire;

pub use canonical::{Canonical, CanonicalWriter, RequestHash};
pub use chain::ChainHash;
pub use commit::{Actor, CommandContext, CommitMeta, DecodeError, NewCommit, Record, RecordedCommit, header};
pub use decider::{Contract, Decider, Decision, DomainEvent, ReservationChange};
pub use executor::{ExecuteError, Executor, Loaded, Position, Receipt};
pub use memory::{MemoryReader, MemoryStore};
pub use redaction::{
    OrderReference, OrderReferenceError, REDACTION_CATEGORY, REDACTION_TYPE, Redact, RedactError, Redaction,
    Redactions, Removable, was_removed,
};
pub use reservation::{RESERVATION_TYPES, ReservationKey, ReservationTail};
pub use sealed::{Fingerprint, KeyId, Sealed};
pub use store::{
    AppendError, BATCH_BYTES, Batch, EventStore, LogDamaged, LogReader, StoreError, Write, history_through_tail,
};
pub use timestamp::Timestamp;
