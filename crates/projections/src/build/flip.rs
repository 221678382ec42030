//! Turning the views: one transaction, in which the generation before stands still and
//! the new one is seen to be at least as far.

use std::time::{Duration, Instant};

use kindred_ids::Partition;
use sqlx::PgConnection;

use super::{Builder, Stopped};
use crate::checkpoint::{self, Owned};
use crate::error::Attempt;
use crate::generation::Row;
use crate::runner::chain;
use crate::{Database, Error, tables, transaction};

const TURN: &str = "turn the views to a generation";

/// How long the generation before may stand still.
const STANDSTILL: Duration = Duration::from_millis(500);
/// Attempts before the build starts over from catching up.
const ATTEMPTS: usize = 40;

impl Builder {
    /// Turns the views of this version to the generation.
    pub(super) async fn flip(&mut self, outcome: &str) -> Result<(), Stopped> {
        let mut last = None;
        for attempt in 1..=ATTEMPTS {
            if let Some(error) = &last {
                tracing::debug!(attempt, error = chain(error), "turning the views again");
            }
            self.catch_up().await?;
            match tokio::time::timeout(STANDSTILL, self.try_flip(outcome)).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(Stopped::Error(error @ (Error::Database { .. } | Error::TooLong(_))))) => last = Some(error),
                Ok(Err(stopped)) => return Err(stopped),
                // A batch may have been dropped half-way: take what Postgres says.
                Err(_elapsed) => {
                    last = Some(Error::TooLong("holding the live generation still"));
                    self.own_all().await?;
                }
            }
            self.reader = None;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(last.unwrap_or(Error::TooLong("turning the views")).into())
    }

    async fn try_flip(&mut self, outcome: &str) -> Result<(), Stopped> {
        let row = self.site.row.clone();
        let pool = self.database().projector().clone();
        let mut transaction = transaction::changing(&pool, &row.schema).await.attempt(TURN)?;
        if let Some(stands) = hold_live(&mut transaction, &row).await? {
            let furthest = stands.iter().map(|owned| owned.sequence).max().unwrap_or(0);
            self.advance(furthest, None).await?;
            if falls_behind(&stands, |partition| self.owned.get(&partition).map(|owned| owned.sequence)) {
                return Err(Error::TooLong("reaching the live generation").into());
            }
        }
        if !turn(&mut transaction, &row, outcome).await? {
            return Err(Stopped::Left);
        }
        transaction.commit().await.attempt(TURN)?;
        Ok(())
    }
}

/// Turns the views to the generation before the live one, once it stands as far.
pub(crate) async fn roll_back(database: &Database, row: &Row) -> Result<(), Error> {
    let deadline = Instant::now() + STANDSTILL;
    let mut transaction = transaction::changing(database.projector(), &row.schema).await.attempt(TURN)?;
    let stands = hold_live(&mut transaction, row).await?.unwrap_or_default();
    loop {
        let mut connection = database.projector().acquire().await.attempt(TURN)?;
        let kept = checkpoint::load(&mut connection, &row.consumer()).await?;
        let sequence = |partition| kept.iter().find(|owned| owned.partition == partition).map(|owned| owned.sequence);
        if !falls_behind(&stands, sequence) {
            break;
        }
        if Instant::now() > deadline {
            return Err(Error::TooLong("waiting for the kept generation"));
        }
        drop(connection);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    if !turn(&mut transaction, row, "rolled back to").await? {
        return Err(Error::Refused(format!(
            "generation {} of `{}` is not kept any more",
            row.generation, row.projection
        )));
    }
    transaction.commit().await.attempt(TURN)
}

fn falls_behind(stands: &[Owned], sequence: impl Fn(Partition) -> Option<u64>) -> bool {
    stands.iter().any(|live| sequence(live.partition).is_none_or(|other| other < live.sequence))
}

/// Locks the generations of this version and where the live one stands, if there is one.
async fn hold_live(connection: &mut PgConnection, row: &Row) -> Result<Option<Vec<Owned>>, Error> {
    let rows = sqlx::query_file!("src/build/lock.sql", row.projection, row.version)
        .fetch_all(&mut *connection)
        .await
        .attempt(TURN)?;
    match rows.into_iter().find(|row| row.state == "live") {
        Some(live) => hold(connection, &row.projection, live.generation).await.map(Some),
        None => Ok(None),
    }
}

/// Points the views and the states; false if the generation may not become live any more.
async fn turn(connection: &mut PgConnection, row: &Row, outcome: &str) -> Result<bool, Error> {
    tables::show(connection, &row.schema, row.version).await?;
    // Two statements: at no moment may two generations be live.
    sqlx::query_file!("src/build/step_down.sql", row.projection, row.generation, row.version)
        .execute(&mut *connection)
        .await
        .attempt(TURN)?;
    let turned = sqlx::query_file!("src/build/step_up.sql", row.projection, row.generation, outcome)
        .execute(connection)
        .await
        .attempt(TURN)?;
    Ok(turned.rows_affected() == 1)
}

/// Where a generation stands; it cannot move until the transaction ends.
async fn hold(connection: &mut PgConnection, projection: &str, generation: i64) -> Result<Vec<Owned>, Error> {
    let rows = sqlx::query_file!("src/build/hold.sql", projection, generation)
        .fetch_all(connection)
        .await
        .attempt("hold a generation still")?;
    Ok(rows.iter().filter_map(|row| Owned::read(row.partition, row.sequence, &row.hash, row.epoch)).collect())
}
