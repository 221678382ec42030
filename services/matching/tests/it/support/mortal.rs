//! A log whose process is killed after so many commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kindred_eventsourcing::{AppendError, EventStore, MemoryStore, RecordedCommit, StoreError, Write};
use kindred_ids::{EntityKey, Partition};

/// Stores as many commits as it was given lives; of the last one nobody hears.
#[derive(Clone)]
pub struct Mortal {
    log: MemoryStore,
    lives: Arc<AtomicU64>,
}

impl Mortal {
    pub fn new(log: MemoryStore, lives: u64) -> Self {
        Self { log, lives: Arc::new(AtomicU64::new(lives)) }
    }
}

impl EventStore for Mortal {
    type Reader = <MemoryStore as EventStore>::Reader;

    fn context(&self) -> &str {
        self.log.context()
    }

    async fn load(&self, key: &EntityKey, after: u64, through: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.log.load(key, after, through).await
    }

    async fn tail(&self, key: &EntityKey) -> Result<Option<RecordedCommit>, StoreError> {
        self.log.tail(key).await
    }

    async fn at(&self, sequence: u64) -> Result<Option<RecordedCommit>, StoreError> {
        self.log.at(sequence).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        EventStore::head(&self.log).await
    }

    async fn redactions(&self, after: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.log.redactions(after).await
    }

    async fn append(&self, writes: Vec<Write>) -> Result<Vec<u64>, AppendError> {
        let lives = self.lives.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |lives| lives.checked_sub(1));
        match lives {
            Err(_dead) => Err(AppendError::Busy),
            Ok(1) => self.log.append(writes).await.and(Err(AppendError::Unknown)),
            Ok(_) => self.log.append(writes).await,
        }
    }

    async fn reader(&self, after: u64, partition: Option<Partition>) -> Result<Self::Reader, StoreError> {
        self.log.reader(after, partition).await
    }
}
