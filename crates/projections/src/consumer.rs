//! What follows a stream: a generation of a projection, or a reaction.

use std::error::Error;
use std::sync::Mutex;

use futures::future::BoxFuture;
use kindred_eventsourcing::{LogDamaged, RecordedCommit, StoreError};
use kindred_ids::Partition;

use crate::apply::Folded;
use crate::checkpoint::{ConsumerId, Mark, Owned};

/// Commits of owned partitions, and where each partition stands after them.
pub(crate) struct Work<'a> {
    pub commits: Vec<&'a RecordedCommit>,
    pub moves: Vec<(Owned, Mark)>,
    /// The rows of the commits, if they were made ahead.
    pub folded: Mutex<Option<Folded>>,
}

impl<'a> Work<'a> {
    /// With nothing made ahead.
    pub fn new(commits: Vec<&'a RecordedCommit>, moves: Vec<(Owned, Mark)>) -> Self {
        Self { commits, moves, folded: Mutex::new(None) }
    }

    /// With what was made ahead of just these commits.
    pub fn folded(self, folded: Option<Folded>) -> Self {
        Self { folded: Mutex::new(folded), ..self }
    }
}

/// Partitions as they stand after a piece of work.
#[derive(Default)]
pub(crate) struct Processed {
    pub moved: Vec<Owned>,
    /// Partitions that did not get as far as asked.
    pub behind: Vec<Owned>,
}

/// Why a piece of work did not take effect; none of it has.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    /// These partitions have another owner now.
    #[error("partitions were taken over")]
    Fenced(Vec<Partition>),
    /// It will pass.
    #[error("apply a batch")]
    Passing(#[source] Box<dyn Error + Send + Sync>),
    /// The log is not what it was.
    #[error(transparent)]
    Damaged(#[from] LogDamaged),
    /// An event cannot be applied, and may not be parked here.
    #[error("event at sequence {sequence} cannot be applied: {reason}")]
    Failed { sequence: u64, reason: String },
}

impl From<StoreError> for ProcessError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(damaged) => Self::Damaged(damaged),
            other => Self::Passing(other.into()),
        }
    }
}

impl From<sqlx::Error> for ProcessError {
    fn from(error: sqlx::Error) -> Self {
        Self::Passing(error.into())
    }
}

pub(crate) trait Consumer: Send + Sync {
    fn id(&self) -> &ConsumerId;
    /// What processes that share its partitions have in common.
    fn host(&self) -> &str;
    fn process<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Processed, ProcessError>>;
}

/// Where partitions stand once all their moves are made.
pub(crate) fn moved(moves: &[(Owned, Mark)]) -> Vec<Owned> {
    moves.iter().map(|(owned, mark)| Owned { sequence: mark.sequence, hash: mark.hash, ..*owned }).collect()
}
