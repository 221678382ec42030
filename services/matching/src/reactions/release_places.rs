//! Somebody who was erased mentors nobody and is mentored by nobody: their places are free.

use kindred_eventsourcing::{EventStore, Record, RecordedCommit};
use kindred_ids::MemberId;
use kindred_projections::{ReactError, Reaction};

use super::{cause, failed};
use crate::application::Release;

/// See the module.
pub struct ReleasePlaces<S>(Release<S>);

impl<S: EventStore> ReleasePlaces<S> {
    /// Frees them by `release`.
    pub const fn new(release: Release<S>) -> Self {
        Self(release)
    }
}

impl<S: EventStore> Reaction for ReleasePlaces<S> {
    const NAME: &'static str = "release_places";
    const CONTEXT: &'static str = "membership";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "member" && commit.records.iter().any(is_erasure)
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let (Some(tenant), Some(id)) = (commit.key.scope().tenant(), commit.key.id()) else { return Ok(()) };
        // Whose erasure it is stands in the name of the entity: no event has to be read.
        for index in (0..commit.records.len()).filter(|index| is_erasure(&commit.records[*index])) {
            let released = self.0.erased(tenant, MemberId(id), &cause(Self::NAME, commit, index)).await;
            released.map_err(|error| failed(index, error))?;
        }
        Ok(())
    }
}

fn is_erasure(record: &Record) -> bool {
    record.event_type == "MemberErased"
}
