//! Holding a round that was started, to its end.

use kindred_eventsourcing::{EventStore, ExecuteError};
use kindred_ids::{RoundId, TenantSlug};
use kindred_service_kit::error::ApiError;

use super::Rounds;
use crate::application::{Cause, round_key};
use crate::domain::Round;
use crate::domain::round::{MOST_PROPOSALS, Proposal, ProposeMentors, Refusal};

impl<S: EventStore> Rounds<S> {
    /// Writes down what a round proposes, and that it has finished. Cut short, it is done
    /// anew by the next call: what was written by then holds nothing.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; a conflict while somebody else holds it.
    #[tracing::instrument(name = "command.round.hold", skip_all, fields(kindred.command.id = %cause.command_id))]
    pub async fn hold(&self, tenant: &TenantSlug, id: RoundId, cause: &Cause) -> Result<(), ApiError> {
        let (executor, key) = (&self.application.executor, round_key(tenant, id));
        let round = executor.load::<Round>(&key).await?;
        let Some(mode) = round.state.mode().filter(|_| round.state.outcome().is_none()) else { return Ok(()) };
        let basis = self.basis_now(tenant, key.partition()).await?;
        let (found, at) = (basis.found(), basis.now);
        let proposals = basis.assigned(self.application.acquaintances.crowd.clone(), mode).await?;
        let attempt = round.state.next_attempt();
        let parts = parts(&proposals);
        let last = parts.len() - 1;
        for (part, proposals) in parts.into_iter().enumerate() {
            let (number, last) = (part as u32, (part == last).then_some(found));
            let command = ProposeMentors { attempt, part: number, proposals: proposals.to_vec(), last, at };
            let mut context = cause.context(&[b"part", &attempt.to_be_bytes(), &number.to_be_bytes()]);
            context.at = at;
            executor.run::<Round>(&key, &command.into(), &context).await.map_err(held_elsewhere)?;
        }
        Ok(())
    }
}

/// The same id with other content is another holder's, who saw another log.
fn held_elsewhere(error: ExecuteError<Refusal>) -> ApiError {
    match error {
        ExecuteError::CommandReused(_) => Refusal::OutOfTurn.into(),
        other => other.into(),
    }
}

/// At least one part: a round that proposes nothing finishes as well.
fn parts(proposals: &[Proposal]) -> Vec<&[Proposal]> {
    if proposals.is_empty() { vec![proposals] } else { proposals.chunks(MOST_PROPOSALS).collect() }
}
