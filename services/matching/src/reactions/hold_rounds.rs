//! A round that was started is held: by whoever reads of its start, until it has finished.

use kindred_eventsourcing::{EventStore, RecordedCommit};
use kindred_ids::RoundId;
use kindred_projections::{ReactError, Reaction};

use super::{events, failed};
use crate::application::Rounds;
use crate::domain::Round;
use crate::domain::round::Event;

/// See the module.
pub struct HoldRounds<S>(Rounds<S>);

impl<S: EventStore> HoldRounds<S> {
    /// Holds them by `rounds`.
    pub const fn new(rounds: Rounds<S>) -> Self {
        Self(rounds)
    }
}

impl<S: EventStore> Reaction for HoldRounds<S> {
    const NAME: &'static str = "hold_rounds";
    const CONTEXT: &'static str = "matching";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "round"
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let (Some(tenant), Some(id)) = (commit.key.scope().tenant(), commit.key.id()) else { return Ok(()) };
        for event in events::<Round>(Self::NAME, commit) {
            let (index, event, cause) = event?;
            if matches!(event, Event::MentorRoundStarted { .. }) {
                let held = self.0.hold(tenant, RoundId(id), &cause).await;
                held.map_err(|error| failed(index, error))?;
            }
        }
        Ok(())
    }
}
