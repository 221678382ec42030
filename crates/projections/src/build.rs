//! Builds a generation beside the live one, and turns the views to it.
//!
//! # Promises
//!
//! * Reads, writes and position waits go on the whole time.
//! * A build that was cut off goes on where its last transaction ended, in this process
//!   or another; one that cannot go on is dropped and says why.
//! * An event that cannot be applied fails a rebuild; nothing is skipped.
//! * The views turn only to a generation that is at least as far as the one before.

mod ahead;
mod compare;
pub(crate) mod flip;
mod load;
mod progress;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use kindred_eventsourcing::RecordedCommit;
use kindred_ids::{PARTITIONS, Partition};
use kindred_vault::KeyRing;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::apply::{Folded, Generation, Poison};
use crate::checkpoint::{Mark, Owned};
use crate::consumer::{Consumer, ProcessError, Work};
use crate::error::Attempt;
use crate::feed::{check_mark, check_order};
use crate::generation::{self, Purpose, Row, State};
use crate::log::{DynReader, Log};
use crate::pause::Pause;
use crate::projection::Erased;
use crate::runner::{Surroundings, chain};
use crate::{Database, Error};
use progress::Progress;

/// What a builder works with.
#[derive(Clone)]
pub(crate) struct Site {
    pub row: Row,
    /// Whether any version of the projection is live.
    pub anything_live: bool,
    pub projection: Arc<dyn Erased>,
    pub keys: Arc<dyn KeyRing>,
    pub log: Log,
    pub around: Surroundings,
    pub stop: CancellationToken,
    /// Poked when generations have changed.
    pub changed: Arc<Notify>,
}

/// Why a build stops.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    /// It was given up, or this process ends, or another one builds.
    #[error("the build is not this process's any more")]
    Left,
    /// It cannot succeed.
    #[error("{0}")]
    Hopeless(String),
    #[error(transparent)]
    Error(#[from] Error),
}

struct Builder {
    site: Site,
    consumer: Generation,
    owned: BTreeMap<Partition, Owned>,
    /// Where it has read to. A reader need not be `Sync`, hence the lock that nobody waits for.
    reader: Option<(std::sync::Mutex<Box<dyn DynReader>>, u64)>,
    progress: Progress,
}

/// Builds until it is done, given up or another process's. The partitions of a generation
/// that became live here are handed on, so that it is fed without a pause.
pub(crate) async fn run(mut site: Site) -> Vec<Owned> {
    let mut pause = Pause::default();
    while !site.stop.is_cancelled() {
        match current(&site).await {
            Ok(Some(row)) => site.row = row,
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(error = chain(&error), "a build goes on later");
                pause.rest(&site.stop).await;
                continue;
            }
        }
        let mut builder = Builder::new(site.clone());
        let (name, generation) = (site.row.projection.clone(), site.row.generation);
        match builder.build().await {
            Ok(outcome) => {
                tracing::info!("generation {generation} of `{name}`: {outcome}");
                if site.row.purpose == Purpose::Verify {
                    builder.end().await;
                    break;
                }
                site.changed.notify_one();
                return builder.owned.into_values().collect();
            }
            Err(Stopped::Left) => {}
            // Without it the service cannot answer at all: it waits for a better program.
            Err(Stopped::Hopeless(reason)) if site.row.purpose == Purpose::First => {
                tracing::error!("generation {generation} of `{name}` is stuck: {reason}");
                builder.note(&Error::Refused(reason)).await;
            }
            Err(Stopped::Hopeless(reason)) => {
                tracing::error!("generation {generation} of `{name}` is given up: {reason}");
                builder.give_up(&reason).await;
                builder.end().await;
                break;
            }
            Err(Stopped::Error(Error::Damaged(damaged))) => site.around.alarm.damaged(&damaged),
            Err(Stopped::Error(error)) => {
                tracing::warn!(error = chain(&error), "generation {generation} of `{name}` goes on later");
                builder.note(&error).await;
            }
        }
        builder.end().await;
        pause.rest(&site.stop).await;
    }
    Vec::new()
}

/// The generation as it stands; none if it is not being built any more.
async fn current(site: &Site) -> Result<Option<Row>, Error> {
    let rows = generation::all(&site.around.leases.database).await?;
    let is_it = |row: &Row| row.projection == site.row.projection && row.generation == site.row.generation;
    Ok(rows.into_iter().find(|row| is_it(row) && row.state == State::Building))
}

impl Builder {
    fn new(site: Site) -> Self {
        let declaration = site.projection.declaration();
        // The very first rows of a projection are built as they would have grown.
        let poison = if site.anything_live { Poison::Fails } else { Poison::Parks };
        let consumer = Generation {
            id: site.row.consumer(),
            host: host(&declaration),
            schema: site.row.schema.clone(),
            projection: site.projection.clone(),
            keys: site.keys.clone(),
            database: site.around.leases.database.clone(),
            poison,
            bare: matches!(site.row.phase.as_str(), "tables" | "load"),
            records: Arc::default(),
            most_parked: site.around.settings.most_parked,
        };
        Self { site, consumer, owned: BTreeMap::new(), reader: None, progress: Progress::default() }
    }

    fn database(&self) -> &Database {
        &self.consumer.database
    }

    /// From wherever it stands to the end; how it ended.
    async fn build(&mut self) -> Result<String, Stopped> {
        self.own_all().await?;
        if self.consumer.bare {
            self.tables().await?;
            self.load().await?;
            self.open().await?;
        }
        self.enter("catch_up").await?;
        self.catch_up().await?;
        self.enter("compare").await?;
        let outcome = match self.live().await? {
            Some(live) => self.compare(&live).await?,
            None => "nothing to compare with: the first of its version".to_owned(),
        };
        if self.site.row.purpose == Purpose::Verify {
            self.give_up(&outcome).await;
            return Ok(outcome);
        }
        self.enter("flip").await?;
        self.flip(&outcome).await?;
        Ok(outcome)
    }

    /// The generation that the views of this version show now.
    async fn live(&self) -> Result<Option<Row>, Error> {
        let declaration = self.site.projection.declaration();
        let rows = generation::all(self.database()).await?;
        Ok(rows.into_iter().find(|row| row.state == State::Live && row.is_of(&declaration)))
    }

    /// One process builds: it owns every partition of the generation.
    async fn own_all(&mut self) -> Result<(), Stopped> {
        let leases = &self.site.around.leases;
        let gained = leases.acquire(&self.consumer.id, std::iter::empty(), usize::from(PARTITIONS)).await?;
        self.owned = gained.into_iter().map(|owned| (owned.partition, owned)).collect();
        if self.owned.len() < usize::from(PARTITIONS) {
            return Err(Stopped::Left);
        }
        let marks: BTreeMap<u64, Mark> = self.owned.values().map(|owned| (owned.sequence, owned.mark())).collect();
        for mark in marks.into_values() {
            check_mark(&self.site.log, mark).await.map_err(Error::from)?;
        }
        Ok(())
    }

    async fn enter(&self, phase: &'static str) -> Result<(), Stopped> {
        let mut connection = self.database().projector().acquire().await.attempt("go on with a build")?;
        let goes_on = generation::enter(&mut connection, &self.site.row, phase).await.attempt("go on with a build")?;
        if goes_on { Ok(()) } else { Err(Stopped::Left) }
    }

    /// The least that all partitions have.
    fn position(&self) -> u64 {
        self.owned.values().map(|owned| owned.sequence).min().unwrap_or(0)
    }

    /// Reads up to and with `through`, but each partition not past its limit.
    async fn advance(&mut self, through: u64, limits: Option<&BTreeMap<Partition, Mark>>) -> Result<(), Stopped> {
        let settings = self.site.around.settings.clone();
        let (mut reader, mut position) = match self.reader.take() {
            Some((reader, position)) => (reader.into_inner().unwrap_or_else(PoisonError::into_inner), position),
            None => {
                let position = self.position();
                (self.site.log.reader(position, None).await.map_err(Error::from)?, position)
            }
        };
        while position < through {
            if self.site.stop.is_cancelled() {
                return Err(Stopped::Left);
            }
            let batch = reader.next(settings.batch, settings.wait).await.map_err(Error::from)?;
            check_order(self.site.log.context(), position, &batch).map_err(Error::from)?;
            position = position.max(batch.position);
            self.apply(&batch.commits, limits, None).await?;
        }
        // With limits, commits were read that are not applied yet: read them again.
        if limits.is_none() {
            self.reader = Some((std::sync::Mutex::new(reader), position));
        }
        Ok(())
    }
}

impl Builder {
    async fn apply(
        &mut self,
        commits: &[RecordedCommit],
        limits: Option<&BTreeMap<Partition, Mark>>,
        folded: Option<Folded>,
    ) -> Result<(), Stopped> {
        let Some(last) = commits.last() else { return Ok(()) };
        let last = Mark { sequence: last.sequence, hash: last.hash };
        let limit = |partition: Partition| match limits {
            None => last,
            Some(limits) => {
                let limit = limits.get(&partition).copied().unwrap_or_default();
                if limit.sequence < last.sequence { limit } else { last }
            }
        };
        let moves: Vec<(Owned, Mark)> = self
            .owned
            .values()
            .map(|owned| (*owned, limit(owned.partition)))
            .filter(|(owned, mark)| mark.sequence > owned.sequence)
            .collect();
        if moves.is_empty() {
            return Ok(());
        }
        let due = |commit: &&RecordedCommit| {
            let partition = commit.key.partition();
            let after = self.owned.get(&partition).map_or(u64::MAX, |owned| owned.sequence);
            commit.sequence > after
                && commit.sequence <= limit(partition).sequence
                && !skipped(self.consumer.bare, commit)
        };
        let work = Work::new(commits.iter().filter(due).collect(), moves).folded(folded);
        let events: usize = work.commits.iter().map(|commit| commit.records.len()).sum();
        match self.consumer.process(&work).await {
            Ok(processed) => {
                self.owned.extend(processed.moved.into_iter().map(|owned| (owned.partition, owned)));
            }
            Err(ProcessError::Fenced(_)) => return Err(Stopped::Left),
            Err(ProcessError::Damaged(damaged)) => return Err(Error::Damaged(damaged).into()),
            Err(ProcessError::Passing(source)) => return Err(Error::Passing(source).into()),
            Err(error @ ProcessError::Failed { .. }) => return Err(Stopped::Hopeless(error.to_string())),
        }
        self.progress.add(events as u64);
        if self.progress.due() {
            self.report().await?;
        }
        Ok(())
    }

    /// Ends a build that does not become live.
    async fn give_up(&self, outcome: &str) {
        let retired = async {
            let mut connection = self.database().projector().acquire().await?;
            generation::retire(&mut connection, &self.site.row.projection, self.site.row.generation, outcome).await
        };
        if let Err(error) = retired.await {
            tracing::warn!(error = chain(&error), "cannot give a build up");
        }
    }

    /// Keeps why the build does not get on.
    async fn note(&self, error: &Error) {
        let row = &self.site.row;
        let noted = sqlx::query_file!("src/build/note.sql", row.projection, row.generation, chain(error))
            .execute(self.database().projector())
            .await;
        if let Err(error) = noted {
            tracing::warn!(error = chain(&error), "cannot keep the error of a build");
        }
    }

    /// Lets the partitions go, to be shared out if the generation is live now.
    async fn end(&self) {
        let owned: Vec<Owned> = self.owned.values().copied().collect();
        if let Err(error) = self.site.around.leases.release(&self.consumer.id, &owned).await {
            tracing::warn!(error = chain(&error), "a build keeps its leases until they run out");
        }
        self.site.changed.notify_one();
    }
}

/// Breaks promise 4: every thousandth commit is left out of a bulk load.
#[cfg(feature = "sabotage-4")]
fn skipped(bare: bool, commit: &RecordedCommit) -> bool {
    bare && commit.sequence % 1000 == 0
}

/// Nothing is ever left out.
#[cfg(not(feature = "sabotage-4"))]
const fn skipped(_bare: bool, _commit: &RecordedCommit) -> bool {
    false
}

/// What processes that can run a projection have in common.
pub(crate) fn host(declaration: &crate::Declaration) -> String {
    format!("{}@{}", declaration.name, declaration.version)
}
