//! Reads ahead of a bulk load: the next transaction's commits are decoded while Postgres
//! takes in the last one's.

use std::time::Duration;

use kindred_eventsourcing::{RecordedCommit, StoreError};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::feed::check_order;
use crate::log::{DynReader, Log};

/// Transactions' worth of commits that may wait.
const AHEAD: usize = 2;

/// Commits for one transaction.
pub(super) type Load = Result<Vec<RecordedCommit>, StoreError>;

/// A stretch of the stream, read ahead; the reading ends with it.
pub(super) struct Ahead {
    loads: mpsc::Receiver<Load>,
    _reading: AbortOnDropHandle<()>,
}

impl Ahead {
    /// Reads what is behind `after` up to and with `through`, in loads of about `most`.
    pub(super) fn start(log: Log, after: u64, through: u64, most: usize, wait: Duration) -> Self {
        let (send, loads) = mpsc::channel(AHEAD);
        let reading = tokio::spawn(async move {
            if let Err(error) = read(&log, after, through, most, wait, &send).await {
                let _nobody_loads = send.send(Err(error)).await.is_err();
            }
        });
        Self { loads, _reading: AbortOnDropHandle::new(reading) }
    }

    /// The next load; none when all is read.
    pub(super) async fn next(&mut self) -> Option<Load> {
        self.loads.recv().await
    }
}

async fn read(
    log: &Log,
    after: u64,
    through: u64,
    most: usize,
    wait: Duration,
    send: &mpsc::Sender<Load>,
) -> Result<(), StoreError> {
    let mut reader = log.reader(after, None).await?;
    let mut position = after;
    while position < through {
        let mut commits = Vec::with_capacity(most);
        position = fill(log, reader.as_mut(), position, through, &mut commits, most, wait).await?;
        if send.send(Ok(commits)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Puts what comes together until there is enough for a transaction.
async fn fill(
    log: &Log,
    reader: &mut dyn DynReader,
    mut position: u64,
    through: u64,
    commits: &mut Vec<RecordedCommit>,
    most: usize,
    wait: Duration,
) -> Result<u64, StoreError> {
    while position < through && commits.len() < most {
        let batch = reader.next(most - commits.len(), wait).await?;
        check_order(log.context(), position, &batch)?;
        position = position.max(batch.position);
        commits.extend(batch.commits);
    }
    Ok(position)
}
