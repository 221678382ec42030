//! What the executor and the projector ask of a log.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use kindred_ids::{EntityKey, Partition};

use crate::{DecodeError, NewCommit, RecordedCommit};

/// The log is not what it was: stop, alert, serve nothing from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("log of context `{context}` is damaged at sequence {sequence}: {what}")]
pub struct LogDamaged {
    /// Whose stream.
    pub context: String,
    /// Where.
    pub sequence: u64,
    /// What does not hold.
    pub what: String,
}

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The server cannot be reached or did not answer in time; try again.
    #[error("log of context `{context}` does not answer")]
    Unavailable {
        /// Whose stream.
        context: String,
        /// What the client saw.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The log is damaged.
    #[error(transparent)]
    Damaged(#[from] LogDamaged),
    /// A message cannot be read as a commit.
    #[error("read sequence {sequence} of the log")]
    Unreadable {
        /// Where.
        sequence: u64,
        /// Why.
        #[source]
        source: DecodeError,
    },
}

/// Why a commit was not stored, or may not have been.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// An entity in the batch has moved past its expected tail; nothing was stored.
    #[error("an entity has moved since it was read")]
    Conflict,
    /// The server sheds load; nothing was stored.
    #[error("the log sheds load")]
    Busy,
    /// The stream has reached its size limit; nothing was stored.
    #[error("the log is full")]
    Full,
    /// The commit is larger than the log takes; nothing was stored.
    #[error("commit of {bytes} bytes is larger than the log takes ({limit})")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The commit can never be stored as it is; nothing was sent.
    #[error("the commit cannot be stored: {0}")]
    Malformed(&'static str),
    /// No answer within the bound: the commit may or may not be stored. The same command
    /// id tells, sent again.
    #[error("the log did not say whether the commit was stored")]
    Unknown,
    /// The log could not be reached or is damaged.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One commit on its way to the log, with the tail that it rests on.
#[derive(Debug, Clone)]
pub struct Write {
    /// Whose it is.
    pub key: EntityKey,
    /// Sequence of the entity's tail that the decision saw; 0 for none.
    pub expected: u64,
    /// What to store.
    pub commit: NewCommit,
}

/// A log of commits of one context.
///
/// `append` is atomic over its writes (each on another entity) and idempotent: a write
/// whose command id already stands at the entity's tail counts as stored.
pub trait EventStore: Clone + Send + Sync + 'static {
    /// Reads a log from a position on.
    type Reader: LogReader;

    /// The context whose stream this is.
    fn context(&self) -> &str;

    /// An entity's commits behind sequence `after` up to and with `through`, oldest first:
    /// all of them, also where the replica that answers first lags behind the leader.
    fn load(
        &self,
        key: &EntityKey,
        after: u64,
        through: u64,
    ) -> impl Future<Output = Result<Vec<RecordedCommit>, StoreError>> + Send;

    /// An entity's newest commit, as the leader knows it.
    fn tail(&self, key: &EntityKey) -> impl Future<Output = Result<Option<RecordedCommit>, StoreError>> + Send;

    /// All commits of an entity through its newest, as the leader knows it, oldest first.
    fn history(&self, key: &EntityKey) -> impl Future<Output = Result<Vec<RecordedCommit>, StoreError>> + Send {
        history_through_tail(self, key)
    }

    /// The commit at a sequence, as the leader knows it.
    fn at(&self, sequence: u64) -> impl Future<Output = Result<Option<RecordedCommit>, StoreError>> + Send;

    /// The last sequence of the stream, as the leader knows it.
    fn head(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The markers of lawful removals behind sequence `after`, oldest first: all that were
    /// acknowledged before the call.
    fn redactions(&self, after: u64) -> impl Future<Output = Result<Vec<RecordedCommit>, StoreError>> + Send;

    /// Stores all writes or none; their sequences in order.
    fn append(&self, writes: Vec<Write>) -> impl Future<Output = Result<Vec<u64>, AppendError>> + Send;

    /// Opens a reader behind `after`, over the whole stream or one partition.
    fn reader(
        &self,
        after: u64,
        partition: Option<Partition>,
    ) -> impl Future<Output = Result<Self::Reader, StoreError>> + Send;
}

/// An entity's tail and what is before it: its history from any store.
///
/// # Errors
///
/// [`StoreError`] if the log does not answer or is damaged.
pub async fn history_through_tail<S: EventStore>(
    store: &S,
    key: &EntityKey,
) -> Result<Vec<RecordedCommit>, StoreError> {
    match store.tail(key).await? {
        None => Ok(Vec::new()),
        Some(tail) if tail.meta.version == 1 => Ok(vec![tail]),
        Some(tail) => store.load(key, 0, tail.sequence).await,
    }
}

/// What a reader delivers at once.
#[derive(Debug, Default)]
pub struct Batch {
    /// Commits in log order.
    pub commits: Vec<RecordedCommit>,
    /// Everything up to here (of what this reader reads) has been delivered.
    pub position: u64,
}

/// Bytes of events at which a batch is full, however few its commits: what readers hold in
/// memory is bounded by this and one commit more.
pub const BATCH_BYTES: usize = 8 << 20;

/// Reads commits in order, without acknowledgements: the caller keeps its position.
pub trait LogReader: Send + 'static {
    /// The next commits, waiting at most `wait` for the first: at most `most`, and none
    /// behind the one with which they come to [`BATCH_BYTES`].
    /// An empty batch means that nothing came.
    fn next(&mut self, most: usize, wait: Duration) -> impl Future<Output = Result<Batch, StoreError>> + Send;
}
