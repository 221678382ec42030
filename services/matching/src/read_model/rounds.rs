//! What rounds rest on, and what became of them.

use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, TenantSlug};
use sqlx::{PgConnection, query_file, query_file_as, query_file_scalar};
use uuid::Uuid;

/// Somebody who waits for a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct WaitRow {
    pub member_id: Uuid,
    pub since: i64,
}

/// What a round asked and nobody answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct OverdueRow {
    pub member_id: Uuid,
    pub mentor_id: Uuid,
    pub round_id: Uuid,
}

/// A mentor who takes people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct PlacesRow {
    pub member_id: Uuid,
    pub capacity: i16,
    pub active: i64,
    pub open: i64,
    pub recent: i64,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct QueueRow {
    pub waiting: i64,
    pub longest_since: Option<i64>,
}

/// A round; its numbers are there once it has finished.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct RoundRow {
    pub round_id: Uuid,
    pub mode: i16,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub waiting: Option<i32>,
    pub mentors: Option<i32>,
    pub places: Option<i32>,
    pub proposed: Option<i32>,
    pub longest_wait_millis: Option<i64>,
    pub accepted: i64,
}

/// Since when a member has been waiting; none if they do not.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn waiting_since(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    member: MemberId,
) -> Result<Option<i64>, sqlx::Error> {
    let query = query_file_scalar!("src/read_model/wait.sql", tenant.as_str(), member.as_uuid());
    Ok(query.fetch_optional(connection).await?.flatten())
}

/// Those who wait for a round, longest first.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn waiting(connection: &mut PgConnection, tenant: &TenantSlug) -> Result<Vec<WaitRow>, sqlx::Error> {
    query_file_as!(WaitRow, "src/read_model/waits_open.sql", tenant.as_str()).fetch_all(connection).await
}

/// What rounds asked before `before` and nobody has answered.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn overdue(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    before: Timestamp,
) -> Result<Vec<OverdueRow>, sqlx::Error> {
    let query = query_file_as!(OverdueRow, "src/read_model/waits_overdue.sql", tenant.as_str(), before.millis());
    query.fetch_all(connection).await
}

/// Mentors who take people; `since` says from when on a pairing counts as new.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn places(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    since: Timestamp,
) -> Result<Vec<PlacesRow>, sqlx::Error> {
    let query = query_file_as!(PlacesRow, "src/read_model/round_mentors.sql", tenant.as_str(), since.millis());
    query.fetch_all(connection).await
}

/// Whom those who wait may not be proposed, mentee and mentor; `since` says from when on a
/// question is too young to be put again.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn asked(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    since: Timestamp,
) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    let rows = query_file!("src/read_model/round_asked.sql", tenant.as_str(), since.millis());
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.mentee_id, row.mentor_id)).collect())
}

/// How the queue stands.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn queue(connection: &mut PgConnection, tenant: &TenantSlug) -> Result<QueueRow, sqlx::Error> {
    query_file_as!(QueueRow, "src/read_model/queue.sql", tenant.as_str()).fetch_one(connection).await
}

/// The round that was started last, if there was any.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn last(connection: &mut PgConnection, tenant: &TenantSlug) -> Result<Option<RoundRow>, sqlx::Error> {
    query_file_as!(RoundRow, "src/read_model/last_round.sql", tenant.as_str()).fetch_optional(connection).await
}

/// How often rounds since a moment asked each mentor who takes people.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn exposures(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    since: Timestamp,
) -> Result<Vec<i64>, sqlx::Error> {
    query_file_scalar!("src/read_model/exposures.sql", tenant.as_str(), since.millis()).fetch_all(connection).await
}

/// The pairings of a mentee that go on.
///
/// # Errors
///
/// [`sqlx::Error`] if Postgres does not answer.
pub async fn active_of_mentee(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    mentee: MemberId,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let query = query_file_scalar!("src/read_model/pairings_active.sql", tenant.as_str(), mentee.as_uuid());
    query.fetch_all(connection).await
}
