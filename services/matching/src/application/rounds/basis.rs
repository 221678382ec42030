//! What a round rests on: who waits, who has a place, and who may not be brought together.

use std::collections::HashSet;

use kindred_eventsourcing::{EventStore, Timestamp};
use kindred_ids::{MemberId, Partition, Scope, TenantSlug};
use kindred_projections::{LONGEST_WAIT, Projection as _, Waited};
use kindred_service_host::database_error;
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::Rounds;
use super::assign::{Basis, Free, Waiting};
use crate::application::mentors::WEEK_SECONDS;
use crate::domain::introduction::ASK_AGAIN_AFTER_SECONDS;
use crate::projections::{MentorWaits, Mentors, Pairings};
use crate::read_model::rounds::{self as rows, PlacesRow};

/// What has to have come to the end of the log.
const RESTS_ON: [(&str, u32); 3] =
    [(MentorWaits::NAME, MentorWaits::VERSION), (Mentors::NAME, Mentors::VERSION), (Pairings::NAME, Pairings::VERSION)];

impl<S: EventStore> Rounds<S> {
    /// As of the log's end at this moment. One partition says how far its reader has come
    /// with all that it reads; what another reader has not read yet, a moment ago, is found
    /// out when the proposals are put.
    pub(super) async fn basis_now(&self, tenant: &TenantSlug, home: Partition) -> Result<Basis, ApiError> {
        let head = self.application.executor.store().head().await?;
        for (name, version) in RESTS_ON {
            let waited = self.waiter.wait(name, version, home, head, LONGEST_WAIT).await;
            if waited.map_err(|error| database_error(&error))? == Waited::Stale {
                return Err(ApiError::new(ErrorCode::Stale, "QUEUE_STALE", "the list of who waits is behind the log"));
            }
        }
        self.application.acquaintances.caught_up().await?;
        self.basis(tenant).await
    }

    /// As far as the read models have come.
    pub(super) async fn basis(&self, tenant: &TenantSlug) -> Result<Basis, ApiError> {
        self.read_basis(tenant).await.map_err(|error| database_error(&error))
    }

    async fn read_basis(&self, tenant: &TenantSlug) -> Result<Basis, sqlx::Error> {
        let now = self.application.clock.now();
        let mut transaction = self.database.read(&Scope::Tenant(tenant.clone())).await?;
        let waiting = rows::waiting(&mut transaction, tenant).await?;
        let mentors = rows::places(&mut transaction, tenant, now.plus_seconds(-WEEK_SECONDS)).await?;
        let asked = rows::asked(&mut transaction, tenant, now.plus_seconds(-ASK_AGAIN_AFTER_SECONDS)).await?;
        let waiting = waiting.into_iter().filter_map(|row| {
            let since = Timestamp::from_millis(row.since);
            Some(Waiting { member: MemberId::try_from(row.member_id).ok()?, since })
        });
        let both = asked
            .into_iter()
            .filter_map(|(mentee, mentor)| Some((MemberId::try_from(mentee).ok()?, MemberId::try_from(mentor).ok()?)));
        Ok(Basis {
            tenant: tenant.clone(),
            waiting: waiting.collect(),
            mentors: mentors.iter().filter_map(|row| free(row, self.restraint.new_in_a_week)).collect(),
            asked: both.collect::<HashSet<_>>(),
            now,
        })
    }
}

/// A mentor with room for somebody: with a place that neither anybody has nor a round has
/// asked for, and not with enough new people for this week.
fn free(row: &PlacesRow, most_new: i64) -> Option<Free> {
    let taken = row.active + row.open;
    let room = (i64::from(row.capacity) - taken).min(most_new - row.recent - row.open);
    let room = u32::try_from(room).ok().filter(|room| *room > 0)?;
    let count = |number: i64| u32::try_from(number).unwrap_or_default();
    Some(Free {
        member: MemberId::try_from(row.member_id).ok()?,
        capacity: count(i64::from(row.capacity)),
        taken: count(taken),
        room,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::member;

    fn room(capacity: i16, active: i64, open: i64, recent: i64) -> Option<u32> {
        let row = PlacesRow { member_id: member(2).as_uuid(), capacity, active, open, recent };
        free(&row, 3).map(|free| free.room)
    }

    #[test]
    fn a_mentor_has_room_for_so_many_as_places_and_the_week_leave() {
        assert_eq!(room(2, 0, 0, 0), Some(2));
        assert_eq!(room(9, 1, 0, 0), Some(3), "no more new people than a week may bring");
        assert_eq!(room(9, 1, 1, 1), Some(1), "what is open may come true");
        assert_eq!(room(2, 1, 1, 0), None);
        assert_eq!(room(9, 3, 0, 3), None);
        assert_eq!(room(1, 2, 0, 0), None, "fewer places than are taken");
    }
}
