//! Reads ahead of a bulk load: the next transaction's commits are decoded, and their rows
//! made, while Postgres takes in the last one's.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{BATCH_BYTES, RecordedCommit, StoreError};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::apply::{Folded, Folder};
use crate::feed::check_order;
use crate::log::{DynReader, Log};

/// Transactions' worth of commits that may wait.
const AHEAD: usize = 2;

/// Commits for one transaction, with their rows if those can be made ahead.
pub(super) struct Load {
    pub commits: Arc<Vec<RecordedCommit>>,
    pub folded: Option<Folded>,
}

/// A stretch of the stream, read ahead; the reading ends with it.
pub(super) struct Ahead {
    loads: mpsc::Receiver<Result<Load, StoreError>>,
    _reading: AbortOnDropHandle<()>,
    _folding: AbortOnDropHandle<()>,
}

impl Ahead {
    /// Reads what is behind `after` up to and with `through`, in loads of about
    /// `most`, or of as many as come to [`BATCH_BYTES`].
    pub(super) fn start(log: Log, folder: Folder, after: u64, through: u64, most: usize, wait: Duration) -> Self {
        let (send, mut read_ahead) = mpsc::channel(AHEAD);
        let reading = tokio::spawn(async move {
            if let Err(error) = read(&log, after, through, most, wait, &send).await {
                let _nobody_loads = send.send(Err(error)).await.is_err();
            }
        });
        let (send, loads) = mpsc::channel(1);
        let folding = tokio::spawn(async move {
            while let Some(commits) = read_ahead.recv().await {
                let load = match commits {
                    Ok(commits) => {
                        let commits = Arc::new(commits);
                        let folded = folder.fold(&commits).await;
                        Ok(Load { commits, folded })
                    }
                    Err(error) => Err(error),
                };
                if send.send(load).await.is_err() {
                    return;
                }
            }
        });
        Self { loads, _reading: AbortOnDropHandle::new(reading), _folding: AbortOnDropHandle::new(folding) }
    }

    /// The next load; none when all is read.
    pub(super) async fn next(&mut self) -> Option<Result<Load, StoreError>> {
        self.loads.recv().await
    }
}

async fn read(
    log: &Log,
    after: u64,
    through: u64,
    most: usize,
    wait: Duration,
    send: &mpsc::Sender<Result<Vec<RecordedCommit>, StoreError>>,
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
    let mut bytes = 0;
    while position < through && commits.len() < most && bytes < BATCH_BYTES {
        let batch = reader.next(most - commits.len(), wait).await?;
        check_order(log.context(), position, &batch)?;
        position = position.max(batch.position);
        bytes += batch.commits.iter().map(RecordedCommit::size).sum::<usize>();
        commits.extend(batch.commits);
    }
    Ok(position)
}
