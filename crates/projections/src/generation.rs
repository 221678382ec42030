//! Generations: the table sets of a projection, one live, one perhaps kept, one perhaps
//! being built.

use sqlx::PgConnection;

use crate::checkpoint::{self, ConsumerId};
use crate::error::Attempt;
use crate::projection::Declaration;
use crate::{Database, Error};

/// A generation's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub projection: String,
    pub generation: i64,
    pub version: i32,
    pub context: String,
    pub schema: String,
    pub state: State,
    pub phase: String,
    pub purpose: Purpose,
}

/// What becomes of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Building,
    Live,
    Kept,
    Dropping,
}

/// What a generation is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    First,
    Rebuild,
    Verify,
}

impl Purpose {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Rebuild => "rebuild",
            Self::Verify => "verify",
        }
    }
}

impl Row {
    pub(crate) fn consumer(&self) -> ConsumerId {
        ConsumerId { name: self.projection.clone(), generation: self.generation, context: self.context.clone() }
    }

    pub(crate) fn is_of(&self, declaration: &Declaration) -> bool {
        self.projection == declaration.name && i64::from(self.version) == i64::from(declaration.version)
    }
}

/// Every generation that is not gone.
pub(crate) async fn all(database: &Database) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_file!("src/generation/all.sql")
        .fetch_all(database.projector())
        .await
        .attempt("list generations")?;
    let read = rows.into_iter().filter_map(|row| {
        let state = match row.state.as_str() {
            "building" => State::Building,
            "live" => State::Live,
            "kept" => State::Kept,
            "dropping" => State::Dropping,
            _ => return None,
        };
        let purpose = match row.purpose.as_str() {
            "rebuild" => Purpose::Rebuild,
            "verify" => Purpose::Verify,
            _ => Purpose::First,
        };
        Some(Row {
            projection: row.projection,
            generation: row.generation,
            version: row.version,
            context: row.context,
            schema: row.schema_name,
            state,
            phase: row.phase,
            purpose,
        })
    });
    Ok(read.collect())
}

/// Writes down that a generation is to be built; its number, or none if one is being
/// built already (or, for the first one, if one is live).
pub(crate) async fn request(
    database: &Database,
    declaration: &Declaration,
    purpose: Purpose,
) -> Result<Option<i64>, Error> {
    let attempt = "write down a new generation";
    let mut transaction = database.projector().begin().await.attempt(attempt)?;
    let row = sqlx::query_file!(
        "src/generation/request.sql",
        declaration.name,
        declaration.version as i32,
        declaration.context.as_ref(),
        purpose.name()
    )
    .fetch_optional(&mut *transaction)
    .await
    .attempt(attempt)?;
    let Some(row) = row else { return Ok(None) };
    let consumer = ConsumerId {
        name: declaration.name.to_owned(),
        generation: row.generation,
        context: declaration.context.clone().into_owned(),
    };
    checkpoint::ensure(&mut transaction, &consumer).await.attempt(attempt)?;
    sqlx::query_file!("src/generation/redacted_from_start.sql", declaration.name, row.generation)
        .execute(&mut *transaction)
        .await
        .attempt(attempt)?;
    transaction.commit().await.attempt(attempt)?;
    Ok(Some(row.generation))
}

/// Marks a generation to be dropped, with how it ended; false if it is live or gone.
pub(crate) async fn retire(
    connection: &mut PgConnection,
    projection: &str,
    generation: i64,
    outcome: &str,
) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query_file!("src/generation/retire.sql", projection, generation, outcome).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// Enters the next phase of a build; false if the build was given up meanwhile.
pub(crate) async fn enter(connection: &mut PgConnection, row: &Row, phase: &'static str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query_file!("src/generation/enter.sql", row.projection, row.generation, phase)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}
