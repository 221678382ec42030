//! What a finished round proposes is put to the mentors, in the names of those who wait.

use kindred_eventsourcing::{EventStore, RecordedCommit};
use kindred_ids::RoundId;
use kindred_projections::{ReactError, Reaction};

use super::{events, failed};
use crate::application::Rounds;
use crate::domain::Round;
use crate::domain::round::Event;

/// See the module.
pub struct PutProposals<S>(Rounds<S>);

impl<S: EventStore> PutProposals<S> {
    /// Puts them by `rounds`.
    pub const fn new(rounds: Rounds<S>) -> Self {
        Self(rounds)
    }
}

impl<S: EventStore> Reaction for PutProposals<S> {
    const NAME: &'static str = "put_proposals";
    const CONTEXT: &'static str = "matching";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "round"
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let (Some(tenant), Some(id)) = (commit.key.scope().tenant(), commit.key.id()) else { return Ok(()) };
        for event in events::<Round>(Self::NAME, commit) {
            let (index, event, cause) = event?;
            if matches!(event, Event::MentorRoundFinished { .. }) {
                let put = self.0.put(tenant, RoundId(id), &cause).await;
                put.map_err(|error| failed(index, error))?;
            }
        }
        Ok(())
    }
}
