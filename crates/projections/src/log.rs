//! Any event store behind one object-safe face.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{Batch, ChainHash, EventStore, LogReader, RecordedCommit, StoreError, was_removed};
use kindred_ids::Partition;

/// See the module.
pub(crate) type Log = Arc<dyn DynStore>;

pub(crate) trait DynStore: Send + Sync {
    fn context(&self) -> &str;
    fn at(&self, sequence: u64) -> BoxFuture<'_, Result<Option<RecordedCommit>, StoreError>>;
    fn head(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
    fn redactions(&self, after: u64) -> BoxFuture<'_, Result<Vec<RecordedCommit>, StoreError>>;
    fn was_removed(&self, sequence: u64, hash: ChainHash) -> BoxFuture<'_, Result<bool, StoreError>>;
    fn reader(&self, after: u64, partition: Option<Partition>)
    -> BoxFuture<'_, Result<Box<dyn DynReader>, StoreError>>;
}

pub(crate) trait DynReader: Send {
    fn next(&mut self, most: usize, wait: Duration) -> BoxFuture<'_, Result<Batch, StoreError>>;
}

impl<S: EventStore> DynStore for S {
    fn context(&self) -> &str {
        EventStore::context(self)
    }

    fn at(&self, sequence: u64) -> BoxFuture<'_, Result<Option<RecordedCommit>, StoreError>> {
        Box::pin(EventStore::at(self, sequence))
    }

    fn head(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(EventStore::head(self))
    }

    fn redactions(&self, after: u64) -> BoxFuture<'_, Result<Vec<RecordedCommit>, StoreError>> {
        Box::pin(EventStore::redactions(self, after))
    }

    fn was_removed(&self, sequence: u64, hash: ChainHash) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(was_removed(self, sequence, hash))
    }

    fn reader(
        &self,
        after: u64,
        partition: Option<Partition>,
    ) -> BoxFuture<'_, Result<Box<dyn DynReader>, StoreError>> {
        Box::pin(async move {
            let reader = EventStore::reader(self, after, partition).await?;
            Ok(Box::new(reader) as Box<dyn DynReader>)
        })
    }
}

impl<R: LogReader> DynReader for R {
    fn next(&mut self, most: usize, wait: Duration) -> BoxFuture<'_, Result<Batch, StoreError>> {
        Box::pin(LogReader::next(self, most, wait))
    }
}
