//! Commits of other services, what stands in this one's log, and a log that breaks.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kindred_eventsourcing::{
    Actor, AppendError, ChainHash, CommitMeta, Contract, EventStore, LogReader, MemoryReader, MemoryStore, Record,
    RecordedCommit, RequestHash, StoreError, Write,
};
use kindred_ids::{CommandId, EntityKey, MemberId, Partition};
use prost::Message;

use super::at;
use crate::domain::delivery::{self, Delivery};
use crate::domain::inbox_item::{self, InboxItem};
use crate::domain::notice::Kind;

/// A commit of another service with one event; `seed` makes it another command.
pub fn commit(key: EntityKey, seed: u8, event_type: &str, message: &impl Message) -> RecordedCommit {
    let command_id = CommandId::derived(&[b"test", &[seed]]);
    RecordedCommit {
        sequence: u64::from(seed),
        key,
        meta: CommitMeta {
            command_id,
            version: 1,
            previous: ChainHash::START,
            actor: Actor("somebody".to_owned()),
            causation: None,
            correlation: command_id.as_uuid(),
            request_hash: RequestHash([0; 16]),
            at: at(1_000),
            trace: None,
        },
        hash: ChainHash([seed; 16]),
        records: vec![Record { event_type: event_type.to_owned(), version: 1, data: message.encode_to_vec().into() }],
    }
}

/// What stands in the log, as far as tests speak of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    Inbox(MemberId, Kind),
    InboxNot(MemberId),
    Mail(MemberId, Kind),
    MailNot(MemberId, &'static str),
    Sent(MemberId, u32),
    Failed(MemberId, u32, String),
    Dead(MemberId),
}

/// Everything that members were told, in the order of the log.
pub async fn told(store: &MemoryStore) -> Vec<Told> {
    let mut reader = store.reader(0, None).await.expect("a reader");
    let batch = reader.next(10_000, Duration::ZERO).await.expect("a batch");
    batch.commits.iter().flat_map(|commit| commit.records.iter().filter_map(|record| tell(commit, record))).collect()
}

fn tell(commit: &RecordedCommit, record: &Record) -> Option<Told> {
    match commit.key.category() {
        "inbox_item" => match InboxItem::decode(record).expect("an event") {
            inbox_item::Event::Added { notice, .. } => Some(Told::Inbox(notice.member, notice.kind)),
            inbox_item::Event::Suppressed { member, .. } => Some(Told::InboxNot(member)),
            inbox_item::Event::Read { .. } => None,
        },
        "delivery" => Some(match Delivery::decode(record).expect("an event") {
            delivery::Event::Queued { member, kind, .. } => Told::Mail(member, kind),
            delivery::Event::Cancelled { member, reason, .. } => Told::MailNot(member, reason.as_str()),
            delivery::Event::Sent { member, attempt, .. } => Told::Sent(member, attempt),
            delivery::Event::Failed { member, retry_at: None, .. } => Told::Dead(member),
            delivery::Event::Failed { member, attempt, code, .. } => Told::Failed(member, attempt, code.to_string()),
        }),
        _ => None,
    }
}

/// What happens to the next append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not stored, and says so.
    Away,
    /// It never answers: the process dies waiting.
    Hangs,
    /// It is stored.
    Passes,
}

/// A log whose appends go wrong in a given order, then all right.
#[derive(Clone)]
pub struct BrokenStore {
    pub log: MemoryStore,
    faults: Arc<Mutex<Vec<Fault>>>,
}

impl BrokenStore {
    pub fn new(log: MemoryStore, faults: impl IntoIterator<Item = Fault>) -> Self {
        let mut faults: Vec<Fault> = faults.into_iter().collect();
        faults.reverse();
        Self { log, faults: Arc::new(Mutex::new(faults)) }
    }
}

impl EventStore for BrokenStore {
    type Reader = MemoryReader;

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
        self.log.head().await
    }

    async fn redactions(&self, after: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.log.redactions(after).await
    }

    async fn append(&self, writes: Vec<Write>) -> Result<Vec<u64>, AppendError> {
        let fault = self.faults.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or(Fault::Passes);
        match fault {
            Fault::Away => Err(StoreError::Unavailable { context: self.context().to_owned(), source: None }.into()),
            Fault::Hangs => std::future::pending().await,
            Fault::Passes => self.log.append(writes).await,
        }
    }

    async fn reader(&self, after: u64, partition: Option<Partition>) -> Result<MemoryReader, StoreError> {
        self.log.reader(after, partition).await
    }
}
