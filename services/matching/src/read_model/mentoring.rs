//! Rows of mentors and of pairings.

use kindred_ids::{MemberId, TenantSlug};
use kindred_service_host::database_error;
use kindred_service_kit::error::ApiError;
use sqlx::{PgConnection, query_file_as};
use uuid::Uuid;

use super::{START, uuids};

/// A member's own offer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct OfferRow {
    pub about: Option<String>,
    pub capacity: i16,
    pub trained: bool,
    pub paused: bool,
    pub active: i64,
}

/// A mentor who has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct MentorRow {
    pub member_id: Uuid,
    pub about: Option<String>,
    pub capacity: i16,
    pub active: i64,
}

impl MentorRow {
    /// How many places are free.
    #[must_use]
    pub fn free(&self) -> u32 {
        u32::try_from(i64::from(self.capacity) - self.active).unwrap_or_default()
    }
}

/// How much a mentor looks after.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct LoadRow {
    pub member_id: Uuid,
    pub capacity: i16,
    pub active: i64,
    pub recent: i64,
    pub trained: bool,
    pub paused: bool,
}

/// A pairing as one of the two sees it: who asked sees a declined one as open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct PairingRow {
    pub pairing_id: Uuid,
    pub mentee_id: Uuid,
    pub mentor_id: Uuid,
    pub state: i16,
    pub note: Option<String>,
    pub asked_at: i64,
    pub accepted_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub reason: Option<i16>,
    pub mentee_mood: Option<i16>,
    pub mentee_note: Option<String>,
    pub mentee_said_at: Option<i64>,
    pub mentor_mood: Option<i16>,
    pub mentor_note: Option<String>,
    pub mentor_said_at: Option<i64>,
}

/// From when on things count, in milliseconds since the epoch.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    /// New pairings.
    pub week: i64,
    /// Questions that keep a mentor from being asked again.
    pub asked: i64,
}

/// The offer of a member, if there is one.
///
/// # Errors
///
/// `UNAVAILABLE` if Postgres does not answer.
pub async fn offer(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    member: MemberId,
) -> Result<Option<OfferRow>, ApiError> {
    let query = query_file_as!(OfferRow, "src/read_model/mentor_offer.sql", tenant.as_str(), member.as_uuid());
    query.fetch_optional(connection).await.map_err(|error| database_error(&error))
}

/// Mentors who have a place, who were given fewer than `most_new` new people lately, and
/// whom `viewer` has no open question with; those who look after fewest first.
///
/// # Errors
///
/// `UNAVAILABLE` if Postgres does not answer.
pub async fn free(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    viewer: MemberId,
    since: Since,
    most_new: i64,
) -> Result<Vec<MentorRow>, ApiError> {
    let (tenant, viewer) = (tenant.as_str(), viewer.as_uuid());
    let query =
        query_file_as!(MentorRow, "src/read_model/mentors_free.sql", tenant, viewer, since.week, most_new, since.asked);
    query.fetch_all(connection).await.map_err(|error| database_error(&error))
}

/// How much each mentor looks after, those who look after most first; `since` says from
/// when on a pairing counts as new.
///
/// # Errors
///
/// `UNAVAILABLE` if Postgres does not answer.
pub async fn loads(connection: &mut PgConnection, tenant: &TenantSlug, since: i64) -> Result<Vec<LoadRow>, ApiError> {
    let query = query_file_as!(LoadRow, "src/read_model/mentor_loads.sql", tenant.as_str(), since);
    query.fetch_all(connection).await.map_err(|error| database_error(&error))
}

/// Pairings of a member behind (asked at, id), the newest question first; of those with
/// `hidden` people only such as go on, without their words.
///
/// # Errors
///
/// `UNAVAILABLE` if Postgres does not answer.
pub async fn pairings(
    connection: &mut PgConnection,
    tenant: &TenantSlug,
    viewer: MemberId,
    hidden: &[MemberId],
    behind: Option<(i64, Uuid)>,
    most: i64,
) -> Result<Vec<PairingRow>, ApiError> {
    let ((at, id), hidden) = (behind.unwrap_or(START), uuids(hidden));
    let (tenant, viewer) = (tenant.as_str(), viewer.as_uuid());
    let query = query_file_as!(PairingRow, "src/read_model/pairings_page.sql", tenant, viewer, at, id, most, &hidden);
    query.fetch_all(connection).await.map_err(|error| database_error(&error))
}
