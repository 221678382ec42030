//! A mentor's yes ends the wait of whoever asked; where nothing comes of what a round asked,
//! the mentee waits again. A pairing with somebody who is gone ends as it begins.

use kindred_eventsourcing::{EventStore, RecordedCommit};
use kindred_ids::{PairingId, TenantSlug};
use kindred_projections::{ReactError, Reaction};
use kindred_service_kit::error::ApiError;

use super::{events, failed};
use crate::application::{Cause, Release, Rounds};
use crate::domain::Pairing;
use crate::domain::pairing::Event;

/// See the module.
pub struct FollowPairings<S> {
    rounds: Rounds<S>,
    release: Release<S>,
}

impl<S: EventStore> FollowPairings<S> {
    /// Acts by `rounds` and `release`.
    pub const fn new(rounds: Rounds<S>, release: Release<S>) -> Self {
        Self { rounds, release }
    }

    async fn follow(&self, tenant: &TenantSlug, id: PairingId, event: &Event, cause: &Cause) -> Result<(), ApiError> {
        match event {
            Event::PairingAccepted { mentee, mentor, .. } => {
                self.rounds.paired(tenant, *mentee, *mentor, cause).await?;
                self.release.paired(tenant, id, [*mentee, *mentor], cause).await
            }
            Event::PairingDeclined { mentee, mentor, .. }
            | Event::PairingWithdrawn { mentee, mentor, .. }
            | Event::PairingLapsed { mentee, mentor, .. } => {
                self.rounds.unanswered(tenant, *mentee, *mentor, cause).await
            }
            Event::PairingRequested { .. } | Event::PairingEnded { .. } => Ok(()),
        }
    }
}

impl<S: EventStore> Reaction for FollowPairings<S> {
    const NAME: &'static str = "follow_pairings";
    const CONTEXT: &'static str = "matching";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "pairing"
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let (Some(tenant), Some(id)) = (commit.key.scope().tenant(), commit.key.id()) else { return Ok(()) };
        for event in events::<Pairing>(Self::NAME, commit) {
            let (index, event, cause) = event?;
            let followed = self.follow(tenant, PairingId(id), &event, &cause).await;
            followed.map_err(|error| failed(index, error))?;
        }
        Ok(())
    }
}
