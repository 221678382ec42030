//! Grouped appends: where each write to the disk is dear, concurrent commits share one.
//!
//! At most one batch of this process is under way for the stream; what comes meanwhile
//! waits for the next. A batch holds at most one commit per subject and never a part of a
//! command. If it is refused or not answered, each of its commands is appended by itself,
//! which tells those that were stored, those that lost and those that can still be stored.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::AppendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::append;
use crate::append::reply::Reply;
use crate::connection::Silence;
use crate::message::Outgoing;
use crate::store::Core;

/// Messages of a batch; the server takes 1,000.
const MOST_MESSAGES: usize = 500;
/// Bytes of a batch.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The longest wait for company: little beside a write to the disk.
const GATHER: Duration = Duration::from_millis(1);

/// One command waiting for its place in a batch.
struct Job {
    messages: Vec<Outgoing>,
    done: oneshot::Sender<Result<Vec<u64>, AppendError>>,
}

/// Where commands are handed to the one who groups them.
#[derive(Clone)]
pub(crate) struct Group {
    jobs: mpsc::UnboundedSender<Job>,
    core: Arc<Core>,
}

impl Group {
    /// Starts grouping; ends when the last handle is gone.
    pub(crate) fn start(core: Arc<Core>) -> Self {
        // Unbounded, since every caller holds one of the store's permits while it waits.
        let (jobs, receiver) = mpsc::unbounded_channel();
        tokio::spawn(run(core.clone(), receiver));
        Self { jobs, core }
    }

    /// Appends one command's messages.
    pub(crate) async fn append(&self, messages: Vec<Outgoing>) -> Result<Vec<u64>, AppendError> {
        let (done, outcome) = oneshot::channel();
        let gone = || self.core.unavailable("the store is closing".into());
        self.jobs.send(Job { messages, done }).map_err(|_| gone())?;
        outcome.await.unwrap_or_else(|_| Err(AppendError::Unknown))
    }
}

async fn run(core: Arc<Core>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let mut waiting = VecDeque::new();
    let mut last = 1;
    loop {
        if waiting.is_empty() {
            let Some(job) = jobs.recv().await else { return };
            waiting.push_back(job);
        }
        gather(&mut jobs, &mut waiting, last).await;
        let batch = take_batch(&mut waiting);
        last = batch.len();
        store(&core, batch).await;
    }
}

/// Takes what is there. Those whose commits the last batch held are deciding on their
/// next ones just now: for as many as they are, a moment is waited.
async fn gather(jobs: &mut mpsc::UnboundedReceiver<Job>, waiting: &mut VecDeque<Job>, last: usize) {
    let until = Instant::now() + GATHER;
    loop {
        while let Ok(job) = jobs.try_recv() {
            waiting.push_back(job);
        }
        if waiting.len() >= last {
            return;
        }
        match tokio::time::timeout_at(until, jobs.recv()).await {
            Ok(Some(job)) => waiting.push_back(job),
            Ok(None) | Err(_) => return,
        }
    }
}

/// Takes as many commands as fit, in order; those on a subject already taken wait.
fn take_batch(waiting: &mut VecDeque<Job>) -> Vec<Job> {
    let mut subjects = HashSet::new();
    let (mut messages, mut bytes) = (0, 0);
    let (mut batch, mut left) = (Vec::new(), VecDeque::new());
    for job in waiting.drain(..) {
        let size: usize = job.messages.iter().map(|message| message.body.len()).sum();
        let fits = messages + job.messages.len() <= MOST_MESSAGES && bytes + size <= MOST_BYTES;
        let free = !job.messages.iter().any(|message| subjects.contains(&message.subject));
        // A subject that waits holds back later commands on it, so that order stays.
        subjects.extend(job.messages.iter().map(|message| message.subject.clone()));
        if batch.is_empty() || (fits && free) {
            messages += job.messages.len();
            bytes += size;
            batch.push(job);
        } else {
            left.push_back(job);
        }
    }
    *waiting = left;
    batch
}

/// One try for all; what it does not settle is settled command by command, beside the
/// next batch.
async fn store(core: &Arc<Core>, batch: Vec<Job>) {
    let messages: Vec<Outgoing> = batch.iter().flat_map(|job| job.messages.iter().cloned()).collect();
    core.record_group(messages.len());
    let outcome = match core.ready().await {
        Ok(()) => core.publish(&messages).await,
        Err(_) => Err(Silence::NoResponders),
    };
    let uncertain = match outcome {
        Ok(Reply::Stored(last)) => return share(batch, last, messages.len()),
        Ok(Reply::Passing(_)) | Err(Silence::Lost(_)) => true,
        // A single message's duplicate, and every other refusal: nothing was stored now.
        Ok(_) | Err(Silence::NoResponders | Silence::TooLarge) => false,
    };
    for job in batch {
        let core = core.clone();
        tokio::spawn(async move {
            let outcome = append::append(&core, &job.messages, uncertain).await;
            // Whoever asked may have stopped waiting.
            let _gone = job.done.send(outcome).is_err();
        });
    }
}

/// Message `i` of the batch stands at `last - count + i`, counted from one.
fn share(batch: Vec<Job>, last: u64, count: usize) {
    let mut next = last + 1 - count as u64;
    for job in batch {
        let end = next + job.messages.len() as u64;
        let _gone = job.done.send(Ok((next..end).collect())).is_err();
        next = end;
    }
}
