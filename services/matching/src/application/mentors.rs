//! The mentors of a tenant: who has a place for the caller, and how much each looks after.

use std::collections::HashMap;

use kindred_ids::{CommunityId, MemberId, TenantSlug};
use kindred_projections::Projection;
use kindred_service_host::{Queries, Snapshot, database_error};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::page_size;
use sqlx::PgConnection;
use tonic::metadata::MetadataMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::Acquaintances;
use super::exposure::gini_permille;
use crate::domain::introduction::ASK_AGAIN_AFTER_SECONDS;
use crate::index::Match;
use crate::projections::{MentorWaits, Mentors as Offers, Pairings, Rounds as RoundList};
use crate::read_model::mentoring::{self, LoadRow, MentorRow, OfferRow};
use crate::read_model::rounds::{self, QueueRow, RoundRow};

/// How far back new pairings count against a mentor.
pub(super) const WEEK_SECONDS: i64 = 7 * 24 * 3_600;
/// How far back proposals count as exposure.
const EXPOSED_SECONDS: i64 = 90 * 24 * 3_600;
/// How many mentors one answer holds at most, and if not said.
const MOST: u32 = 50;
const USUAL: u32 = 20;
/// How many mentors a report holds at most.
const REPORTED: usize = 1_000;

/// How soon a mentor is left in peace.
#[derive(Debug, Clone, Copy)]
pub struct Restraint {
    /// Whoever has had this many new pairings within a week is not offered to more.
    pub new_in_a_week: i64,
}

/// A mentor who has a place for the caller.
#[derive(Debug)]
pub struct FreeMentor {
    /// Who, what they offer, how full they are.
    pub row: MentorRow,
    /// What the two share, where both agreed to be matched.
    pub shared: Option<Match>,
}

/// How much the mentors look after.
#[derive(Debug)]
pub struct Loads {
    /// Those who look after most first.
    pub rows: Vec<LoadRow>,
    /// Whether there are more than are told.
    pub more: bool,
    /// Those who wait, and what rounds do for them.
    pub queue: Queue,
    /// Whether the read model had not come as far as was asked.
    pub stale: bool,
}

/// Those who wait for a mentor in the whole tenant, and what rounds do for them.
#[derive(Debug)]
pub struct Queue {
    /// How many, and since when.
    pub row: QueueRow,
    /// The round that was started last.
    pub last: Option<RoundRow>,
    /// How unevenly rounds proposed the mentors lately, in thousandths.
    pub gini_permille: u32,
    /// How often they proposed anybody.
    pub exposures: u64,
}

/// Reads mentors.
#[derive(Clone)]
pub struct Mentors {
    queries: Queries,
    acquaintances: Acquaintances,
    restraint: Restraint,
    clock: SharedClock,
}

impl Mentors {
    /// Reads with `queries`; what people are to each other is for `acquaintances` to say.
    #[must_use]
    pub const fn new(queries: Queries, acquaintances: Acquaintances, restraint: Restraint, clock: SharedClock) -> Self {
        Self { queries, acquaintances, restraint, clock }
    }

    /// The caller's own offer, if there is one, and whether it may be behind.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    #[tracing::instrument(name = "query.mentor.own", skip_all, fields(kindred.projection = Offers::NAME))]
    pub async fn own(&self, metadata: &MetadataMap, caller: &Caller) -> Result<(Option<OfferRow>, bool), ApiError> {
        let member = caller.member()?;
        let mut snapshot = self.begin(metadata, &member.tenant).await?;
        let offer = mentoring::offer(&mut snapshot.transaction, &member.tenant, member.member).await?;
        Ok((offer, snapshot.stale))
    }

    /// Mentors who have a place for the caller, the best first, and whether that may be behind.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `limit`; `UNAVAILABLE` if Postgres does not answer.
    #[tracing::instrument(name = "query.mentor.free", skip_all, fields(kindred.projection = Offers::NAME))]
    pub async fn free(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        limit: u32,
    ) -> Result<(Vec<FreeMentor>, bool), ApiError> {
        let member = caller.member()?;
        let limit = page_size("limit", limit, USUAL, MOST)?;
        let (tenant, viewer, now) = (&member.tenant, member.member, self.clock.now());
        let mut snapshot = self.begin(metadata, tenant).await?;
        let since = mentoring::Since {
            week: now.plus_seconds(-WEEK_SECONDS).millis(),
            asked: now.plus_seconds(-ASK_AGAIN_AFTER_SECONDS).millis(),
        };
        let most_new = self.restraint.new_in_a_week;
        let rows = mentoring::free(&mut snapshot.transaction, tenant, viewer, since, most_new).await?;
        let mut mentors = ranked(self.met(tenant, viewer, rows).await?, tenant, viewer);
        mentors.truncate(limit as usize);
        Ok((mentors, snapshot.stale))
    }

    /// Those of the mentors whom the caller can meet, each with what the two share.
    async fn met(
        &self,
        tenant: &TenantSlug,
        viewer: MemberId,
        rows: Vec<MentorRow>,
    ) -> Result<Vec<FreeMentor>, ApiError> {
        let index = &self.acquaintances.index;
        let rows: Vec<(MemberId, MentorRow)> = rows
            .into_iter()
            .filter_map(|row| Some((MemberId::try_from(row.member_id).ok()?, row)))
            .filter(|(mentor, _)| index.acquaintance(tenant, viewer, *mentor).reachable)
            .collect();
        let members: Vec<MemberId> = rows.iter().map(|(mentor, _)| *mentor).collect();
        let found = self.acquaintances.crowd.shared(tenant, viewer, &members).await?.into_iter();
        let mut shared: HashMap<MemberId, Match> = found.map(|found| (found.member, found)).collect();
        Ok(rows.into_iter().map(|(mentor, row)| FreeMentor { row, shared: shared.remove(&mentor) }).collect())
    }

    /// How much each mentor looks after: all of the tenant, or those in the community that
    /// the caller manages.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED` for anybody but staff; `UNAVAILABLE` if Postgres does not answer.
    #[tracing::instrument(name = "query.mentor.loads", skip_all, fields(kindred.projection = Pairings::NAME))]
    pub async fn loads(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
        community: Option<CommunityId>,
    ) -> Result<Loads, ApiError> {
        let member = caller.member()?;
        let tenant = &member.tenant;
        self.acquaintances.must_be_staff(caller, community).await?;
        let mut snapshot = self.begin(metadata, tenant).await?;
        let since = self.clock.now().plus_seconds(-WEEK_SECONDS).millis();
        let mut rows = mentoring::loads(&mut snapshot.transaction, tenant, since).await?;
        if let Some(community) = community {
            let index = &self.acquaintances.index;
            let inside = |member| index.is_inside(tenant, community, member);
            rows.retain(|row| MemberId::try_from(row.member_id).is_ok_and(inside));
        }
        let more = rows.len() > REPORTED;
        rows.truncate(REPORTED);
        let queue = self.queue(&mut snapshot.transaction, tenant).await.map_err(|error| database_error(&error))?;
        Ok(Loads { rows, more, queue, stale: snapshot.stale })
    }

    async fn queue(&self, connection: &mut PgConnection, tenant: &TenantSlug) -> Result<Queue, sqlx::Error> {
        let since = self.clock.now().plus_seconds(-EXPOSED_SECONDS);
        let (row, last) = (rounds::queue(connection, tenant).await?, rounds::last(connection, tenant).await?);
        let exposures: Vec<u64> = rounds::exposures(connection, tenant, since)
            .await?
            .into_iter()
            .map(|count| u64::try_from(count).unwrap_or_default())
            .collect();
        let all = exposures.iter().sum();
        Ok(Queue { row, last, gini_permille: gini_permille(exposures), exposures: all })
    }

    /// Since when the caller has been waiting for a mentor, if they do, and whether that may
    /// be behind.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    #[tracing::instrument(name = "query.mentor_wait.own", skip_all, fields(kindred.projection = MentorWaits::NAME))]
    pub async fn waiting_since(
        &self,
        metadata: &MetadataMap,
        caller: &Caller,
    ) -> Result<(Option<i64>, bool), ApiError> {
        let member = caller.member()?;
        let mut snapshot = self.begin(metadata, &member.tenant).await?;
        let since = rounds::waiting_since(&mut snapshot.transaction, &member.tenant, member.member).await;
        Ok((since.map_err(|error| database_error(&error))?, snapshot.stale))
    }

    async fn begin(&self, metadata: &MetadataMap, tenant: &TenantSlug) -> Result<Snapshot, ApiError> {
        self.queries.begin(metadata, tenant, &READ).await
    }
}

/// What is read here.
const READ: [(&str, u32); 4] = [
    (Offers::NAME, Offers::VERSION),
    (Pairings::NAME, Pairings::VERSION),
    (MentorWaits::NAME, MentorWaits::VERSION),
    (RoundList::NAME, RoundList::VERSION),
];

/// What a mentor is worth to somebody who shares so much with them: less the fuller they are.
pub(super) const fn worth(score: u32, free: u64, capacity: u64) -> u64 {
    score as u64 * free / capacity
}

/// The best first: by what the two share, less the fuller a mentor is; those who share
/// nothing by how full they are; equal ones by a hash of both people.
fn ranked(mut mentors: Vec<FreeMentor>, tenant: &TenantSlug, viewer: MemberId) -> Vec<FreeMentor> {
    let seed = xxh3_64_with_seed(tenant.as_str().as_bytes(), u64::from_be_bytes(*b"mentors!"));
    let seed = xxh3_64_with_seed(viewer.0.as_bytes(), seed);
    mentors.sort_by_cached_key(|mentor| {
        let row = &mentor.row;
        let (free, capacity) = (u64::from(row.free()), u64::from(row.capacity.unsigned_abs()).max(1));
        let score = mentor.shared.as_ref().map_or(0, |shared| worth(shared.score, free, capacity));
        (std::cmp::Reverse(score), row.active, xxh3_64_with_seed(row.member_id.as_bytes(), seed), row.member_id)
    });
    mentors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{member, tenant};

    fn mentor(seed: u32, capacity: i16, active: i64, score: u32) -> FreeMentor {
        let id = member(seed);
        let row = MentorRow { member_id: id.as_uuid(), about: None, capacity, active };
        let found = Match { member: id, score, reasons: Vec::new(), communities: Vec::new() };
        FreeMentor { row, shared: (score > 0).then_some(found) }
    }

    fn order(mentors: Vec<FreeMentor>, viewer: u32) -> Vec<MemberId> {
        let ranked = ranked(mentors, &tenant(), member(viewer)).into_iter();
        ranked.map(|mentor| MemberId::try_from(mentor.row.member_id).expect("an id")).collect()
    }

    #[test]
    fn whoever_shares_more_is_first_unless_they_are_fuller() {
        let all = vec![mentor(1, 4, 0, 0), mentor(2, 4, 3, 100), mentor(3, 4, 0, 40), mentor(4, 4, 2, 0)];
        assert_eq!(order(all, 9), [3, 2, 1, 4].map(member));
    }

    #[test]
    fn equal_ones_stand_in_an_order_of_each_viewers_own() {
        let all = || (1..=6).map(|seed| mentor(seed, 2, 0, 0)).collect::<Vec<_>>();
        assert_eq!(order(all(), 9), order(all().into_iter().rev().collect(), 9));
        assert!((10..20).any(|viewer| order(all(), viewer) != order(all(), 9)));
    }
}
