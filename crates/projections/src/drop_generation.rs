//! Dropping generations that nobody reads any more.

use std::time::Duration;

use sqlx::Connection;

use crate::error::Attempt;
use crate::generation::Row;
use crate::supervisor::Parts;
use crate::{Database, Error, tables, transaction};

/// Drops a generation's tables and rows unless somebody uses them at this moment.
pub(crate) async fn try_drop(database: &Database, row: &Row) -> Result<(), Error> {
    let attempt = "drop a generation";
    let mut transaction = transaction::changing(database.projector(), "kindred").await.attempt(attempt)?;
    // As whoever turns the views does first: the two never meet at a view, which goes with the
    // tables that it shows.
    let locked =
        sqlx::query_file!("src/build/lock.sql", row.projection, row.version).fetch_all(&mut *transaction).await;
    if let Err(error) = locked {
        tracing::debug!("generation {} of `{}` is not dropped yet: {error}", row.generation, row.projection);
        return Ok(());
    }
    let used = sqlx::query_file!("src/drop_generation/used.sql", row.projection, row.generation)
        .fetch_one(&mut *transaction)
        .await
        .attempt(attempt)?;
    if used.used {
        // A process has not noticed yet that it is to stop.
        return Ok(());
    }
    let mut savepoint = transaction.begin().await.attempt(attempt)?;
    if let Err(error) = tables::drop_schema(&mut savepoint, &row.schema).await {
        // In use, or being dropped by another process: the next round tries again.
        tracing::debug!("generation {} of `{}` cannot be dropped yet: {error}", row.generation, row.projection);
        return Ok(());
    }
    savepoint.commit().await.attempt(attempt)?;
    sqlx::query_file!("src/drop_generation/forget.sql", row.projection, row.generation)
        .execute(&mut *transaction)
        .await
        .attempt(attempt)?;
    transaction.commit().await.attempt(attempt)
}

/// Marks what has been kept long enough, and older versions that no process runs.
pub(crate) async fn retire_old(database: &Database, parts: &Parts, keep: Duration) -> Result<(), Error> {
    let attempt = "retire old generations";
    sqlx::query_file!("src/drop_generation/retire_kept.sql", keep.as_secs_f64())
        .execute(database.projector())
        .await
        .attempt(attempt)?;
    for projection in &parts.builder.projections {
        let declaration = projection.declaration();
        sqlx::query_file!(
            "src/drop_generation/retire_versions.sql",
            declaration.name,
            declaration.version as i32,
            keep.as_secs_f64()
        )
        .execute(database.projector())
        .await
        .attempt(attempt)?;
    }
    Ok(())
}
