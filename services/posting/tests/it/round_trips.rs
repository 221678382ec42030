//! How often the log is asked: a reply costs one look at each entity that it rests on, and
//! one append.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kindred_eventsourcing::{AppendError, EventStore, MemoryReader, MemoryStore, RecordedCommit, StoreError, Write};
use kindred_ids::{EntityKey, Partition};
use kindred_posting::application::NewReply;

use crate::support::Town;

/// A log that counts what is asked of it.
#[derive(Clone)]
struct Counted {
    log: MemoryStore,
    counts: Arc<[AtomicUsize; 3]>,
}

impl Counted {
    fn count(&self, kind: usize) {
        self.counts[kind].fetch_add(1, Ordering::SeqCst);
    }

    /// Loads, tails and appends since the last time.
    fn taken(&self) -> [usize; 3] {
        [0, 1, 2].map(|kind| self.counts[kind].swap(0, Ordering::SeqCst))
    }
}

impl EventStore for Counted {
    type Reader = MemoryReader;

    fn context(&self) -> &str {
        self.log.context()
    }

    async fn load(&self, key: &EntityKey, after: u64, through: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.count(0);
        self.log.load(key, after, through).await
    }

    async fn tail(&self, key: &EntityKey) -> Result<Option<RecordedCommit>, StoreError> {
        self.count(1);
        self.log.tail(key).await
    }

    async fn at(&self, sequence: u64) -> Result<Option<RecordedCommit>, StoreError> {
        self.log.at(sequence).await
    }

    async fn head(&self) -> Result<u64, StoreError> {
        self.log.head().await
    }

    async fn redactions(&self, after: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.log.redactions(after).await
    }

    async fn append(&self, writes: Vec<Write>) -> Result<Vec<u64>, AppendError> {
        self.count(2);
        self.log.append(writes).await
    }

    async fn reader(&self, after: u64, partition: Option<Partition>) -> Result<MemoryReader, StoreError> {
        self.log.reader(after, partition).await
    }
}

#[tokio::test]
async fn a_reply_looks_once_at_each_entity_and_appends_once() {
    let town = Town::new();
    let diabetes = town.community("riverside", "diabetes");
    let ann = town.member(diabetes, "ann").await;
    let (_, thread) = town.start(&ann, diabetes, "Hello there", "words").await;
    let log = Counted { log: town.store.clone(), counts: Arc::default() };
    let posting = town.over(log.clone());
    let mut parent = None;
    for expected in [[0, 3, 1], [0, 3, 1], [0, 3, 1]] {
        let new = NewReply::read(town.command(), thread, parent, "words").unwrap();
        let (_, comment) = posting.reply(&ann.caller, &new).await.unwrap();
        // First: the thread to learn its community, again beside standing, the new reply.
        // Later: the thread, the reply that is answered, the new reply.
        assert_eq!(log.taken(), expected);
        parent = Some(comment);
    }
    let new = NewReply::read(town.command(), thread, None, "words").unwrap();
    posting.reply(&ann.caller, &new).await.unwrap();
    assert_eq!(log.taken(), [0, 2, 1], "the thread and the new reply");
}
