//! Snapshots of the index in Postgres: written now and then by the replicas, one at a time,
//! each of the tenants that it holds, and read by a start.
//!
//! # Promises
//!
//! * A snapshot that does not fit is not used and a log line says why; the log's first
//!   event is always there to begin with.
//! * Who withdrew, blocked or was suspended after a snapshot is so before the service is
//!   ready: the log behind its position is read like any other.
//! * Whoever is erased is in no snapshot once their erasure is on record, nor in one that is
//!   being written meanwhile, nor in what a start makes of one that it had begun to read.
//! * What people who do not consent wrote stands in a snapshot sealed under their own key.

mod load;
mod redact;
mod rounds;
mod rows;
mod write;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kindred_eventsourcing::{Contract as _, EventStore, StoreError};
use kindred_ids::TenantSlug;
use kindred_projections::Database;
use kindred_vault::{KeyError, KeyRing};
use sqlx::migrate::Migrator;
use xxhash_rust::xxh3::Xxh3Default;

pub use load::Loaded;
pub use redact::redact;
pub use write::{Round, Written};

use crate::domain::Weights;
use crate::domain::weights::{Event, Part, weights_key};
use crate::index::snapshot::{Refused, Stream};
use crate::index::{Index, LogName, LogPositions};

/// The tables of snapshots, for every database that `kindred migrate` prepares: it is not
/// told whose one is.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A log with a name of its own.
#[derive(Clone)]
pub struct Log<S> {
    /// Reads it.
    pub store: S,
    /// Tells it from another one, such as one that was restored.
    pub identity: String,
}

impl<S: EventStore> Log<S> {
    /// The log as far as it goes now.
    async fn now(&self) -> Result<Stream, StoreError> {
        Ok(Stream { identity: self.identity.clone(), position: self.store.head().await? })
    }
}

/// See the module.
#[derive(Clone)]
pub struct Snapshots<S> {
    index: Index,
    database: Database,
    /// In the order of [`LogName::ALL`].
    logs: [Log<S>; 3],
    keys: Arc<dyn KeyRing>,
    /// Tenants whose snapshots were of no use to the start: they are written anew.
    refused: Arc<Mutex<HashSet<TenantSlug>>>,
}

/// The weights that were fixed for a tenant up to a position.
struct Weighed {
    /// Differs when they do.
    sum: Vec<u8>,
    parts: Vec<Part>,
}

/// Why a snapshot was not written, or not read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Postgres does not answer.
    #[error("reach the snapshots of the index")]
    Database(#[from] sqlx::Error),
    /// A log does not answer.
    #[error("compare a snapshot with the log")]
    Log(#[from] StoreError),
    /// The keys of those who consent no more are not to be had.
    #[error("seal for a snapshot what people who do not consent said")]
    Keys(#[from] KeyError),
    /// It does not fit.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The thread that made or read it ended.
    #[error("work on a snapshot ended before its time")]
    Ended,
}

impl<S: EventStore> Snapshots<S> {
    /// Snapshots of `index` in `database`, made from the logs of membership, posting and
    /// matching.
    pub fn new(index: Index, database: Database, logs: [Log<S>; 3], keys: Arc<dyn KeyRing>) -> Self {
        Self { index, database, logs, keys, refused: Arc::default() }
    }

    fn refused(&self) -> MutexGuard<'_, HashSet<TenantSlug>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The logs as far as they go now.
    async fn now(&self) -> Result<[Stream; 3], StoreError> {
        let [membership, posting, matching] = &self.logs;
        Ok([membership.now().await?, posting.now().await?, matching.now().await?])
    }

    /// These positions of the logs.
    fn streams(&self, positions: LogPositions) -> [Stream; 3] {
        std::array::from_fn(|log| Stream { identity: self.logs[log].identity.clone(), position: positions[log] })
    }

    /// The weights that the log had fixed for a tenant up to a position.
    async fn weights(&self, tenant: &TenantSlug, through: u64) -> Result<Weighed, StoreError> {
        let (mut sum, mut parts) = (Xxh3Default::new(), Vec::new());
        let history = self.logs[LogName::Matching as usize].store.history(&weights_key(tenant)).await?;
        for commit in history.iter().filter(|commit| commit.sequence <= through) {
            for record in &commit.records {
                let unreadable = |source| StoreError::Unreadable { sequence: commit.sequence, source };
                let Event::WeightsFixed { part, .. } = Weights::decode(record).map_err(unreadable)?;
                sum.update(&commit.sequence.to_be_bytes());
                for (feature, weight) in part.features.iter().zip(&part.weights) {
                    sum.update(feature.as_bytes());
                    sum.update(&weight.to_be_bytes());
                }
                parts.push(part);
            }
        }
        Ok(Weighed { sum: sum.digest128().to_be_bytes().to_vec(), parts })
    }
}
