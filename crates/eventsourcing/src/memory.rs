//! A log in memory, with the same promises but durability: for tests of rules and
//! projections, and the first to pass the conformance suite.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kindred_ids::{EntityKey, Partition};
use tokio::sync::watch;

use crate::{
    AppendError, BATCH_BYTES, Batch, EventStore, LogReader, NewCommit, REDACTION_CATEGORY, RecordedCommit, Removable,
    StoreError, Write, header,
};

/// The largest commit that the log takes, as the stream's limit says.
const LIMIT: usize = 256 * 1024;

struct Message {
    subject: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

#[derive(Default)]
struct Log {
    /// By sequence, from 1; none where one was removed.
    messages: Vec<Option<Message>>,
    tails: HashMap<String, u64>,
}

impl Log {
    fn get(&self, sequence: u64) -> Option<&Message> {
        let index = usize::try_from(sequence.checked_sub(1)?).ok()?;
        self.messages.get(index)?.as_ref()
    }

    /// Sequences of what stands behind `after` up to and with `through`.
    fn standing(&self, after: u64, through: u64) -> impl Iterator<Item = (u64, &Message)> {
        let sequences = after.saturating_add(1)..=through.min(self.messages.len() as u64);
        sequences.filter_map(|sequence| Some((sequence, self.get(sequence)?)))
    }
}

/// See the module.
#[derive(Clone)]
pub struct MemoryStore {
    context: Arc<str>,
    log: Arc<Mutex<Log>>,
    head: Arc<watch::Sender<u64>>,
}

impl MemoryStore {
    /// An empty log of `context`.
    #[must_use]
    pub fn new(context: &str) -> Self {
        Self { context: context.into(), log: Arc::default(), head: Arc::new(watch::Sender::new(0)) }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, log: &Log, sequence: u64) -> Result<Option<RecordedCommit>, StoreError> {
        let Some(message) = log.get(sequence) else { return Ok(None) };
        let get =
            |name: &str| message.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let commit = RecordedCommit::read(sequence, &message.subject, get, message.body.clone());
        commit.map(Some).map_err(|source| StoreError::Unreadable { sequence, source })
    }

    /// Overwrites the body at a sequence, as a damaged disk would; for tests of detection.
    pub fn damage(&self, sequence: u64, body: Bytes) {
        if let Some(index) = sequence.checked_sub(1).and_then(|index| usize::try_from(index).ok())
            && let Some(Some(message)) = self.lock().messages.get_mut(index)
        {
            message.body = body;
        }
    }
}

fn message(subject: String, commit: &NewCommit) -> Message {
    let mut headers = commit.headers().to_vec();
    headers.extend(commit.meta.trace.clone().map(|trace| (header::TRACEPARENT, trace)));
    Message { subject, headers, body: commit.body() }
}

impl EventStore for MemoryStore {
    type Reader = MemoryReader;

    fn context(&self) -> &str {
        &self.context
    }

    async fn load(&self, key: &EntityKey, after: u64, through: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        let subject = key.subject(&self.context);
        let log = self.lock();
        let own = log.standing(after, through).filter(|(_, message)| message.subject == subject);
        own.filter_map(|(sequence, _)| self.read(&log, sequence).transpose()).collect()
    }

    async fn tail(&self, key: &EntityKey) -> Result<Option<RecordedCommit>, StoreError> {
        let log = self.lock();
        let tail = log.tails.get(&key.subject(&self.context)).copied().unwrap_or(0);
        self.read(&log, tail)
    }

    async fn at(&self, sequence: u64) -> Result<Option<RecordedCommit>, StoreError> {
        self.read(&self.lock(), sequence)
    }

    async fn head(&self) -> Result<u64, StoreError> {
        Ok(self.lock().messages.len() as u64)
    }

    async fn redactions(&self, after: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        let log = self.lock();
        let is_marker = |message: &Message| {
            EntityKey::parse(&message.subject).is_ok_and(|(_, key)| key.category() == REDACTION_CATEGORY)
        };
        let markers = log.standing(after, u64::MAX).filter(|(_, message)| is_marker(message));
        markers.filter_map(|(sequence, _)| self.read(&log, sequence).transpose()).collect()
    }

    async fn append(&self, writes: Vec<Write>) -> Result<Vec<u64>, AppendError> {
        let messages: Vec<Message> =
            writes.iter().map(|write| message(write.key.subject(&self.context), &write.commit)).collect();
        if let Some(large) = messages.iter().find(|message| message.body.len() > LIMIT) {
            return Err(AppendError::TooLarge { bytes: large.body.len(), limit: LIMIT });
        }
        if writes.iter().any(|write| write.commit.records.is_empty()) {
            return Err(AppendError::Malformed("it holds no event"));
        }
        let mut log = self.lock();
        let tails: Vec<u64> =
            messages.iter().map(|message| log.tails.get(&message.subject).copied().unwrap_or(0)).collect();
        let mut ours = 0;
        for (write, tail) in writes.iter().zip(&tails) {
            let stored =
                self.read(&log, *tail)?.is_some_and(|commit| commit.meta.command_id == write.commit.meta.command_id);
            ours += usize::from(stored);
        }
        if ours == writes.len() {
            return Ok(tails);
        }
        if writes.iter().zip(&tails).any(|(write, tail)| write.expected != *tail) {
            return Err(AppendError::Conflict);
        }
        let mut sequences = Vec::with_capacity(messages.len());
        for message in messages {
            let sequence = log.messages.len() as u64 + 1;
            log.tails.insert(message.subject.clone(), sequence);
            log.messages.push(Some(message));
            sequences.push(sequence);
        }
        self.head.send_replace(log.messages.len() as u64);
        Ok(sequences)
    }

    async fn reader(&self, after: u64, partition: Option<Partition>) -> Result<MemoryReader, StoreError> {
        Ok(MemoryReader { store: self.clone(), position: after, partition, head: self.head.subscribe() })
    }
}

impl Removable for MemoryStore {
    async fn occupied(&self, sequence: u64) -> Result<bool, StoreError> {
        Ok(self.lock().get(sequence).is_some())
    }

    async fn remove(&self, sequence: u64) -> Result<(), StoreError> {
        let mut log = self.lock();
        let index = sequence.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let Some(message) = index.and_then(|index| log.messages.get_mut(index)).and_then(Option::take) else {
            return Ok(());
        };
        let before = log.standing(0, sequence).filter(|(_, other)| other.subject == message.subject).last();
        let before = before.map(|(sequence, _)| sequence);
        if log.tails.get(&message.subject) == Some(&sequence) {
            log.tails.remove(&message.subject);
            log.tails.extend(before.map(|before| (message.subject, before)));
        }
        Ok(())
    }
}

/// Reads a [`MemoryStore`] in order.
pub struct MemoryReader {
    store: MemoryStore,
    position: u64,
    partition: Option<Partition>,
    head: watch::Receiver<u64>,
}

impl LogReader for MemoryReader {
    async fn next(&mut self, most: usize, wait: Duration) -> Result<Batch, StoreError> {
        let position = self.position;
        let _timed_out = tokio::time::timeout(wait, self.head.wait_for(|head| *head > position)).await.is_err();
        let log = self.store.lock();
        let mut commits = Vec::new();
        let mut bytes = 0;
        while commits.len() < most && bytes < BATCH_BYTES && self.position < log.messages.len() as u64 {
            // Nothing where one was removed.
            let commit = self.store.read(&log, self.position + 1)?;
            self.position += 1;
            let commit = commit.filter(|commit| self.partition.is_none_or(|wanted| wanted == commit.key.partition()));
            bytes += commit.as_ref().map_or(0, RecordedCommit::size);
            commits.extend(commit);
        }
        Ok(Batch { commits, position: self.position })
    }
}
