//! The pure core of Kindred's event sourcing: what a decision, a commit and a store are.
//!
//! # Promises
//!
//! * A command is accepted if and only if the store acknowledged its commit.
//! * A decision sees the entity's state at a tail that the store's leader confirmed, and
//!   its commit lands only on that tail: two decisions never rest on the same version.
//! * The same command id gives the first receipt again, however late; with other content
//!   or another actor it is refused.
//! * A gap in an entity's versions or a break in its chain of hashes is reported as
//!   [`LogDamaged`], never skipped.
//! * Nothing here knows NATS, Postgres, a clock or a source of randomness.

mod canonical;
mod chain;
mod commit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod decider;
mod executor;
mod macros;
mod memory;
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
pub use reservation::{RESERVATION_TYPES, ReservationKey, ReservationTail};
pub use sealed::{Fingerprint, KeyId, Sealed};
pub use store::{AppendError, Batch, EventStore, LogDamaged, LogReader, StoreError, Write};
pub use timestamp::Timestamp;
