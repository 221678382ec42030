//! Rows of the read models, read as one tenant: row-level security sees to it, and every
//! query names the tenant as well.

pub mod mentoring;
pub mod rounds;

use kindred_ids::{MemberId, TenantSlug};
use kindred_service_host::database_error;
use kindred_service_kit::error::ApiError;
use sqlx::{PgConnection, query_file_as};
use uuid::Uuid;

/// An introduction as one of the two sees it: who asked sees a declined one as open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct IntroductionRow {
    pub introduction_id: Uuid,
    pub from_id: Uuid,
    pub to_id: Uuid,
    pub state: i16,
    pub note: Option<String>,
    pub asked_at: i64,
    pub answered_at: Option<i64>,
}

/// Introductions of a member behind (asked at, id), the newest question first, without
/// those with `hidden` people.
///
/// # Errors
///
/// `UNAVAILABLE` if Postgres does not answer.
pub async fn introductions(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    viewer: MemberId,
    hidden: &[MemberId],
    behind: Option<(i64, Uuid)>,
    most: i64,
) -> Result<Vec<IntroductionRow>, ApiError> {
    let ((at, id), hidden) = (behind.unwrap_or(START), uuids(hidden));
    query_file_as!(
        IntroductionRow,
        "src/read_model/introductions_page.sql",
        tenant.as_str(),
        viewer.as_uuid(),
        at,
        id,
        most,
        &hidden
    )
    .fetch_all(connection)
    .await
    .map_err(|error| database_error(&error))
}

/// Before every row of a list that has the newest first.
const START: (i64, Uuid) = (i64::MAX, Uuid::max());

fn uuids(members: &[MemberId]) -> Vec<Uuid> {
    members.iter().map(|member| member.as_uuid()).collect()
}
