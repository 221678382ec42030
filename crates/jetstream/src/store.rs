//! A stream as the store of one context.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use kindred_eventsourcing::{
    AppendError, EventStore, LogDamaged, RecordedCommit, StoreError, Write, history_through_tail,
};
use kindred_ids::{EntityKey, Partition};
use opentelemetry::KeyValue;
use tokio::sync::{Mutex, Semaphore};

use crate::append;
use crate::group::Group;
use crate::message::Outgoing;
use crate::open::{self, OpenError, StoreOptions};
use crate::read::{Replies, Turns};
use crate::reader::JetStreamReader;
use crate::telemetry::{self, Instruments, attribute, instruments};
use crate::topology::{StreamIdentity, probe_subject, stream_name};
use crate::{CallError, Client};

/// What an acknowledged commit outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The loss of power: the server runs with `sync_interval: always`, and on a stream of
    /// one copy concurrent commits are stored in groups, one write to the disk for all.
    PowerLoss,
    /// A crash of any process.
    ProcessCrash,
}

/// Batches of this process open at the server at once; it takes 50 for a stream.
const OPEN_BATCHES: usize = 16;

/// What every part of a store shares.
pub(crate) struct Core {
    pub client: Client,
    pub context: String,
    pub stream: String,
    pub probe: String,
    pub identity: StreamIdentity,
    /// Whether we own the stream, or may only follow it.
    pub is_ours: bool,
    /// Whether the stream has one copy, so that whoever answers is its leader.
    pub is_one_copy: bool,
    pub options: StoreOptions,
    /// Tells this process's batches from another's.
    pub instance: String,
    pub next_batch: AtomicU64,
    pub batches: Semaphore,
    pub replies: Replies,
    pub tails: Turns<Option<Arc<RecordedCommit>>>,
    in_flight: Semaphore,
    /// Losses of the connection at the last check of the identity.
    checked: AtomicU64,
    checking: Mutex<()>,
    instruments: &'static Instruments,
    labels: [KeyValue; 1],
}

/// The log of one context on JetStream.
#[derive(Clone)]
pub struct JetStreamStore {
    pub(crate) core: Arc<Core>,
    group: Option<Group>,
}

impl JetStreamStore {
    /// Checks the stream of `context` and serves it. `expected` is the identity that this
    /// service knows from before; without one, any is accepted.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the server is too old, or the stream is missing, configured
    /// otherwise, another one than before, or fails the self-test.
    #[tracing::instrument(name = "log.stream.open", skip_all, fields(kindred.context = context))]
    pub async fn open(
        client: &Client,
        context: &str,
        expected: Option<&StreamIdentity>,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let losses = client.losses();
        let checked = open::check(client, context, expected, &options).await?;
        open::self_test(client, context, &options).await?;
        Self::serve(client, context, checked, losses, true, options).await
    }

    /// Checks the stream of another service's `context` and follows it: `reader`, `head`,
    /// `at`, `redactions` and [`Self::verify_position`] work with the permissions of one who reads, all
    /// else is refused.
    ///
    /// # Errors
    ///
    /// As of [`Self::open`]; there is no self-test.
    #[tracing::instrument(name = "log.stream.open", skip_all, fields(kindred.context = context))]
    pub async fn follow(
        client: &Client,
        context: &str,
        expected: Option<&StreamIdentity>,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let losses = client.losses();
        let checked = open::check(client, context, expected, &options).await?;
        Self::serve(client, context, checked, losses, false, options).await
    }

    async fn serve(
        client: &Client,
        context: &str,
        checked: open::Checked,
        losses: u64,
        is_ours: bool,
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let stream = stream_name(context);
        let replies = Replies::listen(client).await.map_err(|silence| OpenError::Call {
            stream: stream.clone(),
            source: CallError::silent("the inbox", silence),
        })?;
        let is_one_copy = checked.replicas == 1;
        let grouped = is_ours && options.durability == Durability::PowerLoss && is_one_copy;
        let core = Arc::new(Core {
            client: client.clone(),
            context: context.to_owned(),
            probe: probe_subject(context),
            stream,
            identity: checked.identity,
            is_ours,
            is_one_copy,
            instance: client.inbox().rsplit('.').next().unwrap_or_default().to_owned(),
            next_batch: AtomicU64::new(0),
            batches: Semaphore::new(OPEN_BATCHES),
            replies,
            tails: Turns::default(),
            in_flight: Semaphore::new(options.in_flight),
            checked: AtomicU64::new(losses),
            checking: Mutex::new(()),
            instruments: instruments(),
            labels: telemetry::context_label(context),
            options,
        });
        let group = grouped.then(|| Group::start(core.clone()));
        Ok(Self { core, group })
    }

    /// The identity of the stream: kept beside every position in it.
    #[must_use]
    pub fn identity(&self) -> &StreamIdentity {
        &self.core.identity
    }

    /// Name of the stream.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.core.stream
    }

    async fn append_outgoing(&self, messages: Vec<Outgoing>) -> Result<Vec<u64>, AppendError> {
        self.core.must_be_ours()?;
        let _permit = self.core.in_flight.acquire().await.map_err(|closed| self.core.unavailable(closed.into()))?;
        match &self.group {
            Some(group) => group.append(messages).await,
            None => append::append(&self.core, &messages, false).await,
        }
    }
}

impl EventStore for JetStreamStore {
    type Reader = JetStreamReader;

    fn context(&self) -> &str {
        &self.core.context
    }

    async fn load(&self, key: &EntityKey, after: u64, through: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.core.load(&key.subject(&self.core.context), after, through).await
    }

    async fn tail(&self, key: &EntityKey) -> Result<Option<RecordedCommit>, StoreError> {
        self.core.tail_of(&key.subject(&self.core.context)).await
    }

    async fn history(&self, key: &EntityKey) -> Result<Vec<RecordedCommit>, StoreError> {
        match self.core.history(&key.subject(&self.core.context)).await? {
            Some(commits) => Ok(commits),
            None => history_through_tail(self, key).await,
        }
    }

    async fn at(&self, sequence: u64) -> Result<Option<RecordedCommit>, StoreError> {
        let message = self.core.message_at(sequence).await?.filter(|message| message.subject != self.core.probe);
        message.map(crate::message::StoredMessage::into_commit).transpose()
    }

    async fn head(&self) -> Result<u64, StoreError> {
        self.core.head().await
    }

    async fn redactions(&self, after: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        self.core.redactions(after).await
    }

    #[tracing::instrument(name = "log.commit.append", skip_all, fields(kindred.context = self.core.context))]
    async fn append(&self, writes: Vec<Write>) -> Result<Vec<u64>, AppendError> {
        let started = Instant::now();
        let limit = self.core.client.max_payload();
        let messages: Result<Vec<Outgoing>, AppendError> =
            writes.iter().map(|write| Outgoing::try_new(&self.core.context, write, limit)).collect();
        let outcome = match messages {
            Ok(messages) => self.append_outgoing(messages).await,
            Err(error) => Err(error),
        };
        self.core.record_append(&outcome, started.elapsed().as_secs_f64());
        outcome
    }

    async fn reader(&self, after: u64, partition: Option<Partition>) -> Result<JetStreamReader, StoreError> {
        JetStreamReader::open(self.core.clone(), after, partition).await
    }
}

impl Core {
    /// Checks, once after each loss of the connection, that the stream behind the name is
    /// still the one that was opened: on another one sequences mean nothing.
    pub(crate) async fn ready(&self) -> Result<(), StoreError> {
        if self.checked.load(Ordering::Acquire) == self.client.losses() {
            return Ok(());
        }
        let _one_at_a_time = self.checking.lock().await;
        let losses = self.client.losses();
        if self.checked.load(Ordering::Acquire) == losses {
            return Ok(());
        }
        self.check_identity().await?;
        self.checked.store(losses, Ordering::Release);
        Ok(())
    }

    /// Refuses what only the owner of a stream may do.
    pub(crate) fn must_be_ours(&self) -> Result<(), StoreError> {
        self.is_ours.then_some(()).ok_or_else(|| self.unavailable("the stream was opened to follow it only".into()))
    }

    pub(crate) fn unavailable(&self, source: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
        StoreError::Unavailable { context: self.context.clone(), source: Some(source) }
    }

    pub(crate) fn damaged(&self, sequence: u64, what: &str) -> LogDamaged {
        LogDamaged { context: self.context.clone(), sequence, what: what.to_owned() }
    }

    pub(crate) fn count_conflict(&self) {
        self.instruments.conflicts.add(1, &self.labels);
    }

    pub(crate) fn count_in_flight(&self) {
        self.instruments.in_flight.add(1, &self.labels);
    }

    pub(crate) fn count_duplicate(&self) {
        self.instruments.duplicates.add(1, &self.labels);
    }

    pub(crate) fn count_resent(&self) {
        self.instruments.resent.add(1, &self.labels);
    }

    pub(crate) fn count_stale_read(&self) {
        self.instruments.stale_reads.add(1, &self.labels);
    }

    pub(crate) fn count_reader_restart(&self) {
        self.instruments.reader_restarts.add(1, &self.labels);
    }

    pub(crate) fn record_group(&self, messages: usize) {
        self.instruments.group_size.record(messages as u64, &self.labels);
    }

    fn record_append(&self, outcome: &Result<Vec<u64>, AppendError>, seconds: f64) {
        let name = match outcome {
            Ok(_) => "stored",
            Err(AppendError::Conflict) => "conflict",
            Err(AppendError::Busy) => "busy",
            Err(AppendError::Full) => "full",
            Err(AppendError::TooLarge { .. }) => "too_large",
            Err(AppendError::Malformed(_)) => "malformed",
            Err(AppendError::Unknown) => "unknown",
            Err(AppendError::Store(_)) => "store",
        };
        let [context] = &self.labels;
        let labels = [context.clone(), KeyValue::new(attribute::OUTCOME, name)];
        self.instruments.append_duration.record(seconds, &labels);
    }
}
