//! Runs one consumer: holds its share of the partitions and moves them along.
//!
//! # Promises
//!
//! * A partition that this runner holds has had every commit up to the runner's base, and
//!   none behind its own checkpoint.
//! * What is fenced is dropped and the batch redone without it.
//! * Whatever fails is done again from what Postgres says, not from what was remembered.

mod catch_up;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use kindred_eventsourcing::{LogDamaged, StoreError};
use kindred_ids::Partition;
use tokio::sync::{mpsc, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::alarm::Alarm;
use crate::checkpoint::{self, Mark, Owned};
use crate::consumer::{Consumer, ProcessError, Work};
use crate::error::Attempt;
use crate::feed::{Chunk, Feed, check_mark, check_order};
use crate::lease::Leases;
use crate::log::{DynReader, Log};
use crate::marks::Marks;
use crate::pause::Pause;
use crate::telemetry::{consumer_label, instruments};
use crate::{Error, Settings};
use catch_up::CatchUp;

/// A partition further behind than this catches up beside the others.
const FAR: u64 = 5_000;

/// A partition that has caught up; nothing owned if it was taken over.
type Returned = (Partition, Option<Owned>);

/// What every runner of a process shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub settings: Settings,
    pub leases: Leases,
    pub marks: Marks,
    pub alarm: Alarm,
}

/// See the module.
pub(crate) struct Runner {
    pub(crate) consumer: Arc<dyn Consumer>,
    pub(crate) log: Log,
    feed: Feed,
    around: Surroundings,
    stop: CancellationToken,
    joined: BTreeMap<Partition, Owned>,
    away: BTreeSet<Partition>,
    source: Option<mpsc::Receiver<Arc<Chunk>>>,
    /// All of `joined` have had everything up to here.
    base: u64,
    goal: watch::Sender<Mark>,
    returned: (mpsc::Sender<Returned>, mpsc::Receiver<Returned>),
    helpers: TaskTracker,
}

impl Runner {
    pub(crate) fn new(
        consumer: Arc<dyn Consumer>,
        log: Log,
        feed: Feed,
        around: Surroundings,
        stop: CancellationToken,
    ) -> Self {
        Self {
            consumer,
            log,
            feed,
            around,
            stop,
            joined: BTreeMap::new(),
            away: BTreeSet::new(),
            source: None,
            base: 0,
            goal: watch::Sender::new(Mark::default()),
            returned: mpsc::channel(usize::from(kindred_ids::PARTITIONS)),
            helpers: TaskTracker::new(),
        }
    }

    /// Starts with partitions that this process owns already.
    pub(crate) fn holding(mut self, owned: Vec<Owned>) -> Self {
        self.joined = owned.into_iter().map(|owned| (owned.partition, owned)).collect();
        self
    }

    /// Runs until stopped, then lets its partitions go.
    pub(crate) async fn run(mut self) {
        let mut pause = Pause::default();
        let mut balance = ticks(self.around.settings.heartbeat);
        while !self.stop.is_cancelled() {
            match self.turn(&mut balance).await {
                Ok(()) => pause.reset(),
                Err(Error::Damaged(damaged)) => self.around.alarm.damaged(&damaged),
                Err(error) => {
                    self.source = None;
                    let consumer = &self.consumer.id().name;
                    instruments().retries.add(1, &consumer_label(consumer));
                    tracing::warn!(error = chain(&error), "`{consumer}` starts over");
                    self.start_over(&mut pause).await;
                }
            }
        }
        self.close().await;
    }

    /// Rests and takes Postgres's word for how far this is. What was known of it before may
    /// be more than Postgres still has, so nothing goes on until it answers.
    async fn start_over(&mut self, pause: &mut Pause) {
        loop {
            pause.rest(&self.stop).await;
            match self.reload().await {
                Err(error) if !self.stop.is_cancelled() => {
                    let consumer = &self.consumer.id().name;
                    tracing::warn!(error = chain(&error), "`{consumer}` cannot load its checkpoints");
                }
                _ => return,
            }
        }
    }

    async fn turn(&mut self, balance: &mut Interval) -> Result<(), Error> {
        if self.source.is_none() && !self.joined.is_empty() {
            self.attach(balance).await?;
        }
        tokio::select! {
            () = self.stop.cancelled() => Ok(()),
            _ = balance.tick() => self.balance().await,
            Some((partition, owned)) = self.returned.1.recv() => {
                self.away.remove(&partition);
                self.adopt(owned.into_iter().collect());
                Ok(())
            }
            chunk = next(&mut self.source) => match chunk {
                Some(chunk) => self.take(&chunk).await,
                None => {
                    self.source = None;
                    Ok(())
                }
            },
        }
    }

    /// Evens this process's share out with the others'.
    async fn balance(&mut self) -> Result<(), Error> {
        let missing = self.let_surplus_go().await?;
        if missing > 0 {
            let holds = self.joined.keys().chain(&self.away).copied();
            let gained = self.around.leases.acquire(self.consumer.id(), holds, missing).await?;
            self.adopt(gained);
        }
        Ok(())
    }

    /// Takes partitions in. One that is behind the others makes the runner read from
    /// there; one that is far behind catches up beside them.
    fn adopt(&mut self, gained: Vec<Owned>) {
        let alone = self.joined.is_empty();
        for owned in gained {
            if !alone && owned.sequence + FAR < self.base {
                self.send_away(owned);
                continue;
            }
            if alone || owned.sequence < self.base {
                self.source = None;
            }
            self.joined.insert(owned.partition, owned);
        }
    }

    /// A lagging partition catches up by a reader of its own.
    fn send_away(&mut self, owned: Owned) {
        self.away.insert(owned.partition);
        let helper = CatchUp {
            consumer: self.consumer.clone(),
            log: self.log.clone(),
            around: self.around.clone(),
            stop: self.stop.clone(),
            goal: self.goal.subscribe(),
            owned,
        };
        let returned = self.returned.0.clone();
        self.helpers.spawn(async move {
            let partition = owned.partition;
            let owned = helper.run().await;
            let _runner_has_ended = returned.send((partition, owned)).await.is_err();
        });
    }

    /// Follows the shared reader, after reading up to it alone if need be.
    async fn attach(&mut self, balance: &mut Interval) -> Result<(), Error> {
        self.split_off_laggards();
        self.check_marks().await?;
        self.base = self.joined.values().map(|owned| owned.sequence).min().unwrap_or(0);
        let mut reader = None;
        while !self.stop.is_cancelled() && !self.joined.is_empty() {
            match self.feed.attach(self.base).await {
                None => return Ok(()),
                Some(Ok(source)) => {
                    self.source = Some(source);
                    return Ok(());
                }
                Some(Err(ahead)) => {
                    let mut alone = match reader.take() {
                        Some(reader) => reader,
                        None => self.log.reader(self.base, None).await.map_err(|error| self.unread(error))?,
                    };
                    self.read_alone(alone.as_mut(), ahead, balance).await?;
                    reader = Some(alone);
                }
            }
        }
        Ok(())
    }

    async fn read_alone(
        &mut self,
        reader: &mut dyn DynReader,
        ahead: u64,
        balance: &mut Interval,
    ) -> Result<(), Error> {
        let (most, wait) = (self.around.settings.batch, self.around.settings.wait);
        while self.base < ahead && !self.stop.is_cancelled() && !self.joined.is_empty() {
            let batch = reader.next(most, wait).await.map_err(|error| self.unread(error))?;
            check_order(self.log.context(), self.base, &batch)?;
            let position = self.base.max(batch.position);
            self.take(&Chunk { commits: batch.commits, position }).await?;
            if balance.tick().now_or_never().is_some() {
                self.let_surplus_go().await?;
            }
        }
        Ok(())
    }

    /// Lets go of what is more than this process's share; how many more it should have.
    async fn let_surplus_go(&mut self) -> Result<usize, Error> {
        let share = self.around.leases.share(self.consumer.as_ref()).await?;
        let held = self.joined.len() + self.away.len();
        for _ in share..held {
            self.joined.pop_last();
        }
        // Not the surplus alone: one that was let go of when Postgres did not answer, or lost
        // the row, would be this process's for good, and nobody would move it along.
        self.around.leases.keep(self.consumer.id(), self.joined.keys().chain(&self.away).copied()).await?;
        Ok(share.saturating_sub(held))
    }

    fn unread(&self, error: StoreError) -> Error {
        match error {
            StoreError::Unreadable { sequence, .. } => {
                let context = self.log.context().to_owned();
                Error::Damaged(LogDamaged { context, sequence, what: error.to_string() })
            }
            other => other.into(),
        }
    }

    fn split_off_laggards(&mut self) {
        let most = self.joined.values().map(|owned| owned.sequence).max().unwrap_or(0);
        let far: Vec<Owned> = self.joined.values().filter(|owned| owned.sequence + FAR < most).copied().collect();
        for owned in far {
            self.joined.remove(&owned.partition);
            self.send_away(owned);
        }
        let newest = self.joined.values().max_by_key(|owned| owned.sequence);
        self.goal.send_replace(newest.map(Owned::mark).unwrap_or_default());
    }

    /// On every start the stream must still hold what the checkpoints rest on.
    async fn check_marks(&self) -> Result<(), StoreError> {
        let marks: BTreeMap<u64, Mark> = self.joined.values().map(|owned| (owned.sequence, owned.mark())).collect();
        for mark in marks.into_values() {
            check_mark(&self.log, mark).await?;
        }
        Ok(())
    }

    /// Processes what the reader delivers.
    async fn take(&mut self, chunk: &Chunk) -> Result<(), Error> {
        let Some(mark) = chunk.mark() else {
            self.base = self.base.max(chunk.position);
            return Ok(());
        };
        loop {
            let moves: Vec<(Owned, Mark)> = self
                .joined
                .values()
                .filter(|owned| owned.sequence < mark.sequence)
                .map(|owned| (*owned, mark))
                .collect();
            if moves.is_empty() {
                break;
            }
            let ahead = |partition: &Partition| self.joined.get(partition).map_or(u64::MAX, |owned| owned.sequence);
            let commits = chunk.commits.iter().filter(|commit| commit.sequence > ahead(&commit.key.partition()));
            let work = Work::new(commits.collect(), moves);
            match self.consumer.process(&work).await {
                Ok(processed) => {
                    self.settle(processed.moved);
                    for owned in processed.behind {
                        self.joined.remove(&owned.partition);
                        self.send_away(owned);
                    }
                    break;
                }
                Err(ProcessError::Fenced(lost)) => {
                    let consumer = &self.consumer.id().name;
                    instruments().fenced.add(lost.len() as u64, &consumer_label(consumer));
                    tracing::info!(partitions = lost.len(), "`{consumer}` has lost partitions");
                    self.joined.retain(|partition, _| !lost.contains(partition));
                }
                Err(ProcessError::Damaged(damaged)) => return Err(Error::Damaged(damaged)),
                Err(ProcessError::Passing(source)) => return Err(Error::Passing(source)),
                Err(error @ ProcessError::Failed { .. }) => return Err(Error::Passing(error.into())),
            }
        }
        self.base = self.base.max(chunk.position);
        self.goal.send_replace(mark);
        instruments().position.record(self.base, &consumer_label(&self.consumer.id().name));
        Ok(())
    }

    /// Keeps where partitions stand now, and wakes who waits for it.
    fn settle(&mut self, moved: Vec<Owned>) {
        let id = self.consumer.id();
        self.around.marks.set(&id.name, id.generation, &moved);
        self.joined.extend(moved.into_iter().map(|owned| (owned.partition, owned)));
    }

    /// Takes what Postgres says for what is so.
    async fn reload(&mut self) -> Result<(), Error> {
        let pool = self.around.leases.database.projector();
        let mut connection = pool.acquire().await.attempt("load checkpoints")?;
        let rows = checkpoint::load(&mut connection, self.consumer.id()).await?;
        let held: BTreeMap<Partition, Owned> = rows.into_iter().map(|row| (row.partition, row)).collect();
        self.joined.retain(|partition, owned| {
            let row = held.get(partition).filter(|row| row.epoch == owned.epoch);
            row.inspect(|row| *owned = **row).is_some()
        });
        Ok(())
    }

    async fn close(mut self) {
        self.source = None;
        self.helpers.close();
        while !self.helpers.is_empty() {
            tokio::select! {
                () = self.helpers.wait() => break,
                Some((partition, owned)) = self.returned.1.recv() => {
                    self.away.remove(&partition);
                    self.joined.extend(owned.map(|owned| (partition, owned)));
                }
            }
        }
        let id = self.consumer.id();
        self.around.marks.forget(&id.name, id.generation);
        let held: Vec<Owned> = self.joined.into_values().collect();
        if let Err(error) = self.around.leases.release(id, &held).await {
            tracing::warn!(error = chain(&error), "`{}` keeps its leases until they run out", id.name);
        }
    }
}

async fn next(source: &mut Option<mpsc::Receiver<Arc<Chunk>>>) -> Option<Arc<Chunk>> {
    match source {
        Some(source) => source.recv().await,
        None => std::future::pending().await,
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// An error with its causes, for a log line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
