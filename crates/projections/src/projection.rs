//! What a projection declares: its tables, how commits become rows, and how a person's
//! words leave them.

mod erased;

use std::error::Error;
use std::future::Future;

use futures::future::BoxFuture;
use kindred_eventsourcing::{DecodeError, KeyId, LogDamaged, Record, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_vault::OpenError;
use sqlx::PgConnection;

use crate::{BatchKeys, Person};
pub(crate) use erased::Erased;
pub use erased::{Declaration, DynProjection};

/// A read model over one stream.
///
/// # Promises asked of an implementation
///
/// * `apply` and `redact` touch nothing but the transaction they are given: no I/O
///   elsewhere, no clock, no randomness.
/// * A row is written from one partition, or its write commutes.
/// * `redact` leaves exactly what `apply` would have written had the key been gone.
pub trait Projection: Send + Sync + 'static {
    /// Its name; frozen once released.
    const NAME: &'static str;
    /// Raised when the shape or meaning of its rows changes; a new one builds itself.
    const VERSION: u32;
    /// The context whose stream it reads.
    const CONTEXT: &'static str;
    /// `CREATE TABLE` statements with unqualified names: columns and primary keys.
    const TABLES: &'static str;
    /// `CREATE INDEX` statements, made after a bulk load.
    const INDEXES: &'static str = "";

    /// Whether [`Self::fold`] makes rows; where it does not, nothing is got ready for it.
    const FOLDS: bool = false;

    /// Whether [`Self::ahead`] does anything; where it does not, it is not called.
    const AHEAD: bool = false;

    /// Whether a process is ready only once this has views. Where it is not, queries do
    /// without them while they are built for the first time.
    const AWAITED: bool = true;

    /// Whether a commit matters here; others only move the checkpoint.
    fn wants(&self, commit: &RecordedCommit) -> bool {
        let _all = commit;
        true
    }

    /// The keys that `apply` will need for these commits.
    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        let _nothing_sealed = commits;
        Vec::new()
    }

    /// Gets ready what takes long and needs no row, before a transaction is begun: erasures
    /// wait for transactions. `apply` must give the same without it.
    fn ahead(&self, batch: &Batch<'_>) -> impl Future<Output = ()> + Send {
        let _nothing_takes_long = batch;
        async {}
    }

    /// Writes the rows of a batch, in order.
    fn apply(
        &self,
        transaction: &mut PgConnection,
        batch: &Batch<'_>,
    ) -> impl Future<Output = Result<(), ApplyError>> + Send;

    /// Writes the rows of a batch into tables that nobody reads yet and that have no
    /// secondary index and no row-level security: the place for `COPY`.
    fn bulk(
        &self,
        transaction: &mut PgConnection,
        batch: &Batch<'_>,
    ) -> impl Future<Output = Result<(), ApplyError>> + Send {
        self.apply(transaction, batch)
    }

    /// Makes the rows that [`Self::bulk`] would write, apart from any transaction: so they
    /// are made while Postgres takes in those before. None where `bulk` does all.
    ///
    /// # Errors
    ///
    /// As of `bulk`, which is then asked to say it again.
    fn fold(&self, batch: &Batch<'_>) -> Result<Option<Box<dyn BulkRows>>, ApplyError> {
        let _bulk_does_all = batch;
        Ok(None)
    }

    /// Takes a person's words out of the rows.
    fn redact(
        &self,
        transaction: &mut PgConnection,
        person: &Person,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send {
        let _holds_no_words = (transaction, person);
        async { Ok(()) }
    }
}

/// Rows of one batch, made and not yet written.
pub trait BulkRows: Send + 'static {
    /// Writes them where [`Projection::bulk`] would.
    fn write<'a>(self: Box<Self>, transaction: &'a mut PgConnection) -> BoxFuture<'a, Result<(), sqlx::Error>>;
}

/// Commits in log order, and the keys of their sealed fields.
#[derive(Clone)]
pub struct Batch<'a> {
    /// The commits.
    pub commits: Vec<&'a RecordedCommit>,
    /// The keys.
    pub keys: BatchKeys,
}

impl<'a> Batch<'a> {
    /// Every event with its commit's index in the batch.
    pub fn events(&self) -> impl Iterator<Item = BatchEvent<'a>> + '_ {
        self.commits.iter().enumerate().flat_map(|(commit_index, commit)| {
            let commit: &'a RecordedCommit = commit;
            let events = commit.records.iter().enumerate();
            events.map(move |(index, record)| BatchEvent { commit_index, commit, index, record })
        })
    }
}

/// One event of a batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchEvent<'a> {
    /// Its commit's index in the batch.
    pub commit_index: usize,
    /// Its commit.
    pub commit: &'a RecordedCommit,
    /// Its index in the commit.
    pub index: usize,
    /// The event.
    pub record: &'a Record,
}

impl BatchEvent<'_> {
    /// This event cannot be applied, ever: it is to be parked.
    ///
    /// `reason` is kept in a table: no personal text.
    #[must_use]
    pub fn poison(&self, reason: impl Into<String>) -> ApplyError {
        ApplyError::Poison { commit: self.commit_index, event: self.index, reason: reason.into() }
    }

    /// This event cannot be read by this program.
    #[must_use]
    pub fn undecodable(&self, error: &DecodeError) -> ApplyError {
        self.poison(error.to_string())
    }

    /// A sealed field of this event does not fit its key.
    #[must_use]
    pub fn broken_seal(&self, error: &OpenError) -> ApplyError {
        self.poison(error.to_string())
    }
}

/// Why a batch was not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// A statement failed. The projector tells a database that is away (tried again) from
    /// data that does not fit (parked).
    #[error("write rows")]
    Database(#[from] sqlx::Error),
    /// One event can never be applied: it and all later ones of its entity are parked.
    #[error("event {event} of commit {commit} in the batch cannot be applied: {reason}")]
    Poison {
        /// Index of the commit in the batch.
        commit: usize,
        /// Index of the event in the commit.
        event: usize,
        /// Why; no personal text.
        reason: String,
    },
    /// The log is not what it was: everything stops.
    #[error(transparent)]
    Damaged(#[from] LogDamaged),
    /// Something else that will pass.
    #[error("apply a batch")]
    Transient(#[source] Box<dyn Error + Send + Sync>),
}
