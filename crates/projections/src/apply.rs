//! One generation of a projection: a batch becomes rows, exactly once.
//!
//! Rows, parked events and checkpoints are one transaction, and the checkpoints move only
//! if they still stand where their owner left them, under its epoch.

mod fold;
mod park;
mod records;

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use futures::future::BoxFuture;
use kindred_eventsourcing::{LogDamaged, RecordedCommit};
use kindred_ids::Partition;
use kindred_vault::{KeyRing, Keys};
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use tokio::sync::Mutex;

use crate::checkpoint::{self, ConsumerId, Mark, Owned};
use crate::consumer::{Consumer, ProcessError, Processed, Work, moved};
use crate::projection::{ApplyError, Batch, Erased};
use crate::telemetry::{consumer_label, instruments};
use crate::transaction::{self, describe, is_data_error};
use crate::{BatchKeys, Database};
pub(crate) use fold::{Folded, Folder};
pub(crate) use park::{ParkRow, park};
pub(crate) use records::{Records, person};

/// What is done with an event that cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poison {
    /// Parked, with all later ones of its entity.
    Parks,
    /// The work fails: a rebuild never skips.
    Fails,
}

/// See the module.
pub(crate) struct Generation {
    pub id: ConsumerId,
    pub host: String,
    pub schema: String,
    pub projection: Arc<dyn Erased>,
    pub keys: Arc<dyn KeyRing>,
    pub database: Database,
    pub poison: Poison,
    /// Whether its tables are bare: nobody reads them, no policy, no secondary index.
    pub bare: bool,
    pub records: Arc<Mutex<Records>>,
    /// Entities at which no more are parked.
    pub most_parked: u32,
}

/// Why a batch as a whole did not go in.
enum Failure {
    /// Look at its commits one by one.
    Data,
    Other(ProcessError),
}

impl<E: Into<ProcessError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Other(error.into())
    }
}

impl Consumer for Generation {
    fn id(&self) -> &ConsumerId {
        &self.id
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn process<'a>(&'a self, work: &'a Work<'a>) -> BoxFuture<'a, Result<Processed, ProcessError>> {
        Box::pin(async move {
            let begun = Instant::now();
            let wanted: Vec<&RecordedCommit> =
                work.commits.iter().copied().filter(|commit| self.projection.wants(commit)).collect();
            let keys = self.prefetch(&wanted).await?;
            if !wanted.is_empty() {
                self.projection.prepare().await?;
                self.work_ahead(&wanted, &keys).await;
            }
            let done = match self.together(work, &wanted, &keys).await {
                Ok(()) => Ok(()),
                Err(Failure::Data) => self.one_by_one(work, &wanted, &keys).await,
                Err(Failure::Other(error)) => Err(error),
            };
            match done {
                Err(ProcessError::Damaged(damaged)) => return Err(self.damaged(work, damaged).await),
                done => done?,
            }
            let (instruments, label) = (instruments(), consumer_label(&self.id.name));
            instruments.commits.add(wanted.len() as u64, &label);
            instruments.batch_duration.record(begun.elapsed().as_secs_f64(), &label);
            Ok(Processed { moved: moved(&work.moves), behind: Vec::new() })
        })
    }
}

impl Generation {
    /// Makes rows of this generation ahead.
    pub(crate) fn folder(&self) -> Folder {
        Folder { projection: self.projection.clone(), keys: self.keys.clone(), records: self.records.clone() }
    }

    /// Whether the log is at fault, or Postgres: rows that it lost in a crash, with the
    /// checkpoints that were moved together with them, are missed here as if the log had
    /// never held what they were made of.
    async fn damaged(&self, work: &Work<'_>, damaged: LogDamaged) -> ProcessError {
        let standing = async {
            let mut connection = self.database.projector().acquire().await?;
            checkpoint::load(&mut connection, &self.id).await.map_err(|error| ProcessError::Passing(error.into()))
        };
        let standing: Vec<Owned> = match standing.await {
            Ok(standing) => standing,
            Err(error) => return error,
        };
        let moved = work.moves.iter().map(|(owned, _)| owned).filter(|owned| !standing.contains(owned));
        let lost: Vec<Partition> = moved.map(|owned| owned.partition).collect();
        if lost.is_empty() { damaged.into() } else { ProcessError::Fenced(lost) }
    }

    async fn prefetch(&self, commits: &[&RecordedCommit]) -> Result<Arc<Keys>, ProcessError> {
        let wanted: HashSet<_> = self.projection.keys(commits).into_iter().collect();
        fold::keys(&*self.keys, wanted).await.map_err(|error| ProcessError::Passing(error.into()))
    }

    /// What takes long and needs no row, with the erasures that are known now.
    async fn work_ahead(&self, wanted: &[&RecordedCommit], keys: &Arc<Keys>) {
        if self.projection.works_ahead() {
            let (erased, _) = self.records.lock().await.known();
            let keys = BatchKeys::new(keys.clone(), erased);
            self.projection.ahead(&Batch { commits: wanted.to_vec(), keys }).await;
        }
    }

    async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        transaction::applying(self.database.projector(), &self.schema).await
    }

    /// The usual way: the whole batch at once.
    async fn together(&self, work: &Work<'_>, wanted: &[&RecordedCommit], keys: &Arc<Keys>) -> Result<(), Failure> {
        let mut transaction = self.begin().await?;
        if !wanted.is_empty() {
            let seen = self.records.lock().await.read(&mut transaction, &self.id).await?;
            let (waiting, flowing): (Vec<&RecordedCommit>, Vec<&RecordedCommit>) =
                wanted.iter().partition(|commit| seen.parked.contains(&commit.key.subject(&self.id.context)));
            let folded = work.folded.lock().unwrap_or_else(PoisonError::into_inner).take();
            let fits = |folded: &Folded| waiting.is_empty() && folded.fits(flowing.len(), seen.through);
            if let Some(folded) = folded.filter(fits) {
                folded.write(&mut transaction).await.map_err(|error| into_failure(error.into()))?;
            } else if !flowing.is_empty() {
                let keys = BatchKeys::new(keys.clone(), seen.erased);
                let batch = Batch { commits: flowing, keys };
                self.apply(&mut transaction, &batch).await.map_err(into_failure)?;
            }
            self.park(&mut transaction, waiting.into_iter().map(ParkRow::behind)).await?;
        }
        Ok(self.finish(transaction, &work.moves).await?)
    }

    /// The slow way, to find out which event is at fault.
    async fn one_by_one(
        &self,
        work: &Work<'_>,
        wanted: &[&RecordedCommit],
        keys: &Arc<Keys>,
    ) -> Result<(), ProcessError> {
        let mut transaction = self.begin().await?;
        let mut seen = self.records.lock().await.read(&mut transaction, &self.id).await?;
        let keys = BatchKeys::new(keys.clone(), seen.erased.clone());
        let mut rows = Vec::new();
        for commit in wanted {
            let subject = commit.key.subject(&self.id.context);
            if seen.parked.contains(&subject) {
                rows.push(ParkRow::behind(commit));
                continue;
            }
            let mut savepoint = transaction.begin().await?;
            let batch = Batch { commits: vec![*commit], keys: keys.clone() };
            match self.apply(&mut savepoint, &batch).await {
                Ok(()) => savepoint.commit().await?,
                Err(error) => {
                    savepoint.rollback().await?;
                    rows.push(self.fault(commit, error)?);
                    seen.parked.insert(subject);
                    if seen.parked.len() > self.most_parked as usize {
                        let what = format!("`{}` has {} parked entities already", self.id.name, self.most_parked);
                        return Err(ProcessError::Passing(what.into()));
                    }
                }
            }
        }
        self.park(&mut transaction, rows).await?;
        self.finish(transaction, &work.moves).await
    }

    pub(crate) async fn apply(&self, connection: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        if self.bare {
            self.projection.bulk(connection, batch).await
        } else {
            self.projection.apply(connection, batch).await
        }
    }

    /// What to park of a commit that failed on its own, or why not to park it.
    pub(crate) fn fault(&self, commit: &RecordedCommit, error: ApplyError) -> Result<ParkRow, ProcessError> {
        let (event, reason) = match error {
            ApplyError::Poison { event, reason, .. } => (event, reason),
            ApplyError::Database(error) if is_data_error(&error) => (0, describe(&error)),
            other => return Err(into_process_error(other)),
        };
        if self.poison == Poison::Fails {
            return Err(ProcessError::Failed { sequence: commit.sequence, reason });
        }
        let subject = commit.key.subject(&self.id.context);
        let (consumer, sequence) = (&self.id.name, commit.sequence);
        tracing::error!("`{consumer}` parks `{subject}` from sequence {sequence} on: {reason}");
        Ok(ParkRow::fault(commit, event, reason))
    }

    async fn park(
        &self,
        connection: &mut PgConnection,
        rows: impl IntoIterator<Item = ParkRow>,
    ) -> Result<(), sqlx::Error> {
        park(connection, &self.id, rows.into_iter().collect()).await
    }

    /// Moves the checkpoints and commits, or rolls everything back.
    #[cfg(not(feature = "sabotage-2"))]
    async fn finish(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        moves: &[(Owned, Mark)],
    ) -> Result<(), ProcessError> {
        let reached = checkpoint::compare_and_set(&mut transaction, &self.id, moves).await?;
        let lost: Vec<_> =
            moves.iter().map(|(owned, _)| owned.partition).filter(|partition| !reached.contains(partition)).collect();
        if !lost.is_empty() {
            transaction.rollback().await?;
            return Err(ProcessError::Fenced(lost));
        }
        Ok(transaction.commit().await?)
    }

    /// Breaks promise 2: rows first, then the checkpoints, in another transaction and
    /// without comparing.
    #[cfg(feature = "sabotage-2")]
    async fn finish(
        &self,
        transaction: Transaction<'static, Postgres>,
        moves: &[(Owned, Mark)],
    ) -> Result<(), ProcessError> {
        transaction.commit().await?;
        for (owned, mark) in moves {
            sqlx::query(
                "UPDATE kindred.checkpoints SET sequence = $1, hash = $2 \
                 WHERE consumer = $3 AND generation = $4 AND partition = $5",
            )
            .bind(mark.sequence as i64)
            .bind(mark.hash.0.to_vec())
            .bind(&self.id.name)
            .bind(self.id.generation)
            .bind(i16::from(owned.partition.number()))
            .execute(self.database.projector())
            .await?;
        }
        Ok(())
    }
}

fn into_failure(error: ApplyError) -> Failure {
    match error {
        ApplyError::Poison { .. } => Failure::Data,
        ApplyError::Database(error) if is_data_error(&error) => Failure::Data,
        other => Failure::Other(into_process_error(other)),
    }
}

fn into_process_error(error: ApplyError) -> ProcessError {
    match error {
        ApplyError::Damaged(damaged) => ProcessError::Damaged(damaged),
        ApplyError::Transient(source) => ProcessError::Passing(source),
        other => ProcessError::Passing(other.into()),
    }
}
