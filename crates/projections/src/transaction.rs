//! How the projector's transactions begin, and what an error of one means.

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};

/// Held shared by every transaction that applies events, exclusively while a person's
/// erasure is recorded and while parked events are replayed.
pub(crate) const RECORD_LOCK: i64 = 7_220_102;

/// A transaction that applies events to the tables of `schema`. The shared lock comes
/// first: nothing that was recorded under the exclusive one can be missed after it.
pub(crate) async fn applying(pool: &PgPool, schema: &str) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let begin = format!(
        "BEGIN; SELECT pg_advisory_xact_lock_shared({RECORD_LOCK}); \
         SET LOCAL synchronous_commit = off; SET LOCAL search_path = \"{schema}\""
    );
    pool.begin_with(AssertSqlSafe(begin)).await
}

/// A transaction that no applying one overlaps.
pub(crate) async fn recording(pool: &PgPool, schema: &str) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({RECORD_LOCK}); SET LOCAL search_path = \"{schema}\"");
    pool.begin_with(AssertSqlSafe(begin)).await
}

/// A transaction that changes tables, and gives way to readers instead of queueing them
/// up behind itself: it waits for a lock less long than Postgres takes to suspect a deadlock.
pub(crate) async fn changing(pool: &PgPool, schema: &str) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let begin = format!("BEGIN; SET LOCAL lock_timeout = '300ms'; SET LOCAL search_path = \"{schema}\"");
    pool.begin_with(AssertSqlSafe(begin)).await
}

/// Whether the data of an event is at fault, so that trying again cannot help.
pub(crate) fn is_data_error(error: &sqlx::Error) -> bool {
    match error {
        // A value that no column can hold fails before it is sent.
        sqlx::Error::Encode(_) => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| ["22", "23", "P0"].iter().any(|class| code.starts_with(class)))
        }
        _ => false,
    }
}

/// What to keep of a data error: nothing of the data.
pub(crate) fn describe(error: &sqlx::Error) -> String {
    let Some(error) = error.as_database_error() else { return "a value does not fit its column".to_owned() };
    let code = error.code().unwrap_or_default().into_owned();
    match error.constraint() {
        Some(constraint) => format!("postgres refused a row ({code}, {constraint})"),
        None => format!("postgres refused a row ({code})"),
    }
}
