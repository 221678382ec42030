//! One lagging partition catches up by a reader of its own, beside the others.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Surroundings, chain};
use crate::Error;
use crate::checkpoint::{self, Mark, Owned};
use crate::consumer::{Consumer, ProcessError, Work};
use crate::error::Attempt;
use crate::feed::{check_mark, check_order};
use crate::log::Log;
use crate::pause::Pause;

/// Near enough for the runner to take the rest along.
const NEAR: u64 = 1_000;

/// See the module.
pub(super) struct CatchUp {
    pub consumer: Arc<dyn Consumer>,
    pub log: Log,
    pub around: Surroundings,
    pub stop: CancellationToken,
    /// Where the runner is.
    pub goal: watch::Receiver<Mark>,
    pub owned: Owned,
}

impl CatchUp {
    /// Returns the partition once it is near; none if it was taken over.
    pub(super) async fn run(mut self) -> Option<Owned> {
        let mut pause = Pause::default();
        while !self.stop.is_cancelled() {
            match self.approach().await {
                Ok(Some(Arrived)) => return Some(self.owned),
                Ok(None) => pause.rest(&self.stop).await,
                Err(Error::Damaged(damaged)) => {
                    self.around.alarm.damaged(&damaged);
                    return None;
                }
                Err(error) => {
                    let (consumer, partition) = (&self.consumer.id().name, self.owned.partition);
                    tracing::warn!(error = chain(&error), "partition {partition} of `{consumer}` tries again");
                    pause.rest(&self.stop).await;
                }
            }
            match self.reload().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => tracing::warn!(error = chain(&error), "cannot load a checkpoint"),
            }
        }
        Some(self.owned)
    }

    /// Reads on until near; none if an event has to be waited for.
    async fn approach(&mut self) -> Result<Option<Arrived>, Error> {
        check_mark(&self.log, self.owned.mark()).await?;
        let mut reader = self.log.reader(self.owned.sequence, Some(self.owned.partition)).await?;
        let mut position = self.owned.sequence;
        loop {
            let goal = *self.goal.borrow();
            if self.stop.is_cancelled() || self.owned.sequence + NEAR >= goal.sequence {
                return Ok(Some(Arrived));
            }
            let batch = reader.next(self.around.settings.batch, self.around.settings.wait).await?;
            check_order(self.log.context(), position, &batch)?;
            position = position.max(batch.position);
            let last = batch.commits.last().map(|commit| Mark { sequence: commit.sequence, hash: commit.hash });
            let reached = [last, (position >= goal.sequence).then_some(goal)].into_iter().flatten();
            let Some(mark) = reached.max_by_key(|mark| mark.sequence) else { continue };
            if mark.sequence <= self.owned.sequence {
                continue;
            }
            let work = Work::new(batch.commits.iter().collect(), vec![(self.owned, mark)]);
            let processed = match self.consumer.process(&work).await {
                Ok(processed) => processed,
                Err(ProcessError::Damaged(damaged)) => return Err(Error::Damaged(damaged)),
                Err(ProcessError::Passing(source)) => return Err(Error::Passing(source)),
                Err(other) => return Err(Error::Passing(other.into())),
            };
            let id = self.consumer.id();
            self.around.marks.set(&id.name, id.generation, processed.moved.iter().chain(&processed.behind));
            if let Some(owned) = processed.behind.first() {
                self.owned = *owned;
                return Ok(None);
            }
            self.owned = processed.moved.first().copied().unwrap_or(self.owned);
        }
    }

    /// Whether the partition is still this process's; it is taken as Postgres has it.
    async fn reload(&mut self) -> Result<bool, Error> {
        let pool = self.around.leases.database.projector();
        let mut connection = pool.acquire().await.attempt("load checkpoints")?;
        let rows = checkpoint::load(&mut connection, self.consumer.id()).await?;
        let row = rows.into_iter().find(|row| row.partition == self.owned.partition && row.epoch == self.owned.epoch);
        self.owned = row.unwrap_or(self.owned);
        Ok(row.is_some())
    }
}

/// The partition is near.
struct Arrived;
