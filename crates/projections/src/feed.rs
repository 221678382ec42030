//! One reader of a stream for all that follow it in this process.
//!
//! # Promises
//!
//! * Whoever attaches at a position gets every commit behind it, once and in order.
//! * A follower that does not keep up is let go, so that it does not hold the others up;
//!   it reads on by itself and attaches again.
//! * Under load commits come in batches: each costs every follower a transaction, however
//!   few it holds. A commit after a silence is delivered at once.
//! * Sequences that do not ascend, and a stream that no longer holds what was read from
//!   it, are reported as damage.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{Batch, LogDamaged, RecordedCommit, StoreError};
use opentelemetry::KeyValue;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Settings;
use crate::alarm::Alarm;
use crate::checkpoint::Mark;
use crate::log::{DynReader, Log};
use crate::pause::Pause;
use crate::telemetry::{attribute, instruments};

/// Chunks that may wait for one follower.
const AHEAD: usize = 3;
/// How long a follower may hold the reader up.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the first follower is held back for others that start with it.
const GATHER: Duration = Duration::from_millis(20);

/// Commits of a batch for which one wait is enough.
const FEW: usize = 8;
/// Waits in a row under load.
const MOST_WAITS: u32 = 4;

/// Commits behind `from` up to and with `position`.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub commits: Vec<RecordedCommit>,
    pub position: u64,
}

impl Chunk {
    /// The last commit; none if the chunk only moves the position.
    pub(crate) fn mark(&self) -> Option<Mark> {
        self.commits.last().map(|commit| Mark { sequence: commit.sequence, hash: commit.hash })
    }
}

struct Attach {
    position: u64,
    answer: oneshot::Sender<Result<mpsc::Receiver<Arc<Chunk>>, u64>>,
}

/// Attaches followers to a stream's reader.
#[derive(Clone)]
pub(crate) struct Feed(mpsc::Sender<Attach>);

impl Feed {
    /// Chunks behind `position`, or how far the reader is already.
    pub(crate) async fn attach(&self, position: u64) -> Option<Result<mpsc::Receiver<Arc<Chunk>>, u64>> {
        let (answer, asked) = oneshot::channel();
        self.0.send(Attach { position, answer }).await.ok()?;
        asked.await.ok()
    }
}

/// Starts the reader of a stream; it reads as long as somebody is attached.
pub(crate) fn start(log: Log, settings: &Settings, alarm: Alarm, stop: CancellationToken) -> (Feed, Actor) {
    let (send, requests) = mpsc::channel(64);
    let actor = Actor {
        log,
        most: settings.batch,
        wait: settings.wait,
        alarm,
        stop,
        requests,
        followers: Vec::new(),
        position: 0,
        last: Mark::default(),
        reader: None,
        due: Instant::now(),
    };
    (Feed(send), actor)
}

/// The task behind a [`Feed`].
pub(crate) struct Actor {
    log: Log,
    most: usize,
    wait: Duration,
    alarm: Alarm,
    stop: CancellationToken,
    requests: mpsc::Receiver<Attach>,
    followers: Vec<mpsc::Sender<Arc<Chunk>>>,
    position: u64,
    last: Mark,
    reader: Option<Box<dyn DynReader>>,
    /// When the next batch may come.
    due: Instant,
}

impl Actor {
    pub(crate) async fn run(mut self) {
        let mut pause = Pause::default();
        while !self.stop.is_cancelled() {
            if self.followers.is_empty() {
                self.reader = None;
                let request = tokio::select! {
                    () = self.stop.cancelled() => return,
                    request = self.requests.recv() => request,
                };
                let Some(request) = request else { return };
                self.begin(request).await;
            }
            while let Ok(request) = self.requests.try_recv() {
                self.admit(request);
            }
            match self.step().await {
                Ok(()) => pause.reset(),
                Err(StoreError::Damaged(damaged)) => return self.alarm.damaged(&damaged),
                Err(error @ StoreError::Unreadable { sequence, .. }) => {
                    let context = self.log.context().to_owned();
                    return self.alarm.damaged(&LogDamaged { context, sequence, what: error.to_string() });
                }
                Err(StoreError::Unavailable { source, .. }) => {
                    self.reader = None;
                    let context = self.log.context();
                    tracing::warn!(error = source.as_deref().map(tracing::field::display), "read `{context}` again");
                    pause.rest(&self.stop).await;
                }
            }
        }
    }

    /// Starts where the furthest behind of those starts who come at the same moment.
    async fn begin(&mut self, first: Attach) {
        tokio::time::sleep(GATHER).await;
        let mut together = vec![first];
        while let Ok(request) = self.requests.try_recv() {
            together.push(request);
        }
        self.position = together.iter().map(|request| request.position).min().unwrap_or(0);
        self.last = Mark::default();
        together.into_iter().for_each(|request| self.admit(request));
    }

    fn admit(&mut self, request: Attach) {
        if request.position < self.position {
            drop(request.answer.send(Err(self.position)));
            return;
        }
        let (send, chunks) = mpsc::channel(AHEAD);
        if request.answer.send(Ok(chunks)).is_ok() {
            self.followers.push(send);
        }
    }

    async fn step(&mut self) -> Result<(), StoreError> {
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => {
                // On every connect the stream must still hold what was read from it last.
                check_mark(&self.log, self.last).await?;
                self.log.reader(self.position, None).await?
            }
        };
        self.rest().await;
        let batch = self.next(reader.as_mut()).await?;
        self.reader = Some(reader);
        self.due = Instant::now() + pace(self.wait, self.most, batch.commits.len());
        check_order(self.log.context(), self.position, &batch)?;
        if batch.position > self.position {
            self.position = batch.position;
            let chunk = Arc::new(Chunk { commits: batch.commits, position: batch.position });
            self.last = chunk.mark().unwrap_or(self.last);
            let label = [KeyValue::new(attribute::CONTEXT, self.log.context().to_owned())];
            instruments().stream_position.record(self.position, &label);
            self.deliver(&chunk).await;
        } else {
            self.followers.retain(|follower| !follower.is_closed());
        }
        Ok(())
    }

    /// Lets commits gather, and followers in meanwhile.
    async fn rest(&mut self) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep_until(self.due) => return,
                Some(request) = self.requests.recv() => self.admit(request),
            }
        }
    }

    /// Reads on, and lets followers in while nothing comes. A read is never given up
    /// half-way: what it has taken from the stream would be lost.
    async fn next(&mut self, reader: &mut dyn DynReader) -> Result<Batch, StoreError> {
        let (most, wait) = (self.most, self.wait);
        let mut reading = reader.next(most, wait);
        loop {
            tokio::select! {
                batch = &mut reading => return batch,
                Some(request) = self.requests.recv() => self.admit(request),
            }
        }
    }

    async fn deliver(&mut self, chunk: &Arc<Chunk>) {
        let mut kept = Vec::with_capacity(self.followers.len());
        for follower in self.followers.drain(..) {
            if follower.send_timeout(chunk.clone(), PATIENCE).await.is_ok() {
                kept.push(follower);
            }
        }
        self.followers = kept;
    }
}

/// How long to let commits gather after so many: the more come, the longer, so that what a
/// transaction costs is shared by more of them. What is full is followed by the next at
/// once: somebody is catching up.
fn pace(wait: Duration, most: usize, commits: usize) -> Duration {
    match u32::try_from(commits / FEW) {
        _ if commits >= most => Duration::ZERO,
        Ok(times) => wait * times.clamp(1, MOST_WAITS),
        Err(_) => wait,
    }
}

/// Whether the stream still holds the commit that a checkpoint rests on, or had it
/// lawfully removed.
pub(crate) async fn check_mark(log: &Log, mark: Mark) -> Result<(), StoreError> {
    if mark.sequence == 0 {
        return Ok(());
    }
    let holds = match log.at(mark.sequence).await? {
        Some(commit) => commit.hash == mark.hash,
        None => log.was_removed(mark.sequence, mark.hash).await?,
    };
    if holds {
        return Ok(());
    }
    let what = "the commit that a checkpoint rests on is gone or changed".to_owned();
    Err(LogDamaged { context: log.context().to_owned(), sequence: mark.sequence, what }.into())
}

/// Every reader delivers ascending sequences behind its position.
pub(crate) fn check_order(context: &str, position: u64, batch: &Batch) -> Result<(), StoreError> {
    let mut last = position;
    for commit in &batch.commits {
        if commit.sequence <= last {
            let what = format!("it came behind sequence {last}");
            return Err(LogDamaged { context: context.to_owned(), sequence: commit.sequence, what }.into());
        }
        last = commit.sequence;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_gather_longer_the_more_come_and_not_at_all_while_somebody_catches_up() {
        let wait = Duration::from_millis(10);
        let after = |commits| pace(wait, 500, commits).as_millis();
        assert_eq!([0, 1, 15, 16, 31, 32, 400, 500].map(after), [10, 10, 10, 20, 30, 40, 40, 0]);
    }
}
