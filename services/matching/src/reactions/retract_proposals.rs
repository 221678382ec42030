//! Whoever waits no longer leaves no question of a round behind.

use kindred_eventsourcing::{EventStore, RecordedCommit};
use kindred_projections::{ReactError, Reaction};

use super::{events, failed};
use crate::application::Rounds;
use crate::domain::MentorWait;
use crate::domain::mentor_wait::Event;

/// See the module.
pub struct RetractProposals<S>(Rounds<S>);

impl<S: EventStore> RetractProposals<S> {
    /// Retracts them by `rounds`.
    pub const fn new(rounds: Rounds<S>) -> Self {
        Self(rounds)
    }
}

impl<S: EventStore> Reaction for RetractProposals<S> {
    const NAME: &'static str = "retract_proposals";
    const CONTEXT: &'static str = "matching";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "mentor_wait"
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let Some(tenant) = commit.key.scope().tenant() else { return Ok(()) };
        for event in events::<MentorWait>(Self::NAME, commit) {
            let (index, event, cause) = event?;
            if let Event::MentorWaitStopped { member, open: Some(open), .. }
            | Event::MentorWaitFulfilled { member, open: Some(open), .. } = event
            {
                let retracted = self.0.retract(tenant, member, open, &cause).await;
                retracted.map_err(|error| failed(index, error))?;
            }
        }
        Ok(())
    }
}
