//! Putting what a finished round proposes to the mentors.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kindred_eventsourcing::{EventStore, ExecuteError};
use kindred_ids::{RoundId, TenantSlug};
use kindred_service_kit::error::ApiError;

use super::Rounds;
use crate::application::pairing::opening;
use crate::application::{Cause, pairing_key, round_key, wait_key};
use crate::domain::mentor_wait::{Command as WaitCommand, ProposeMentor, Proposed, Refusal as WaitRefusal, ResumeWait};
use crate::domain::pairing::{Command, LapseProposal, RequestPairing, pairing_id};
use crate::domain::round::Proposal;
use crate::domain::{MentorWait, Pairing, Round};

/// Proposals that are put at the same time.
const TOGETHER: usize = 16;

impl<S: EventStore> Rounds<S> {
    /// Puts every proposal of a round; what was put already is left as it is.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if a log does not answer.
    #[tracing::instrument(name = "command.round.put", skip_all, fields(kindred.command.id = %cause.command_id))]
    pub async fn put(&self, tenant: &TenantSlug, id: RoundId, cause: &Cause) -> Result<(), ApiError> {
        let round = self.application.executor.load::<Round>(&round_key(tenant, id)).await?;
        let proposals = round.state.outcome().unwrap_or_default();
        let mut put: Vec<BoxFuture<'_, Result<(), ApiError>>> = Vec::with_capacity(proposals.len());
        for proposal in proposals {
            put.push(self.put_one(tenant, id, proposal, cause).boxed());
        }
        stream::iter(put).buffer_unordered(TOGETHER).try_collect().await
    }

    /// The mentee waits no longer, and the mentor is asked. Where one of the two cannot be,
    /// or stops waiting meanwhile, the other is not left with it either.
    async fn put_one(
        &self,
        tenant: &TenantSlug,
        round: RoundId,
        proposal: &Proposal,
        cause: &Cause,
    ) -> Result<(), ApiError> {
        let Proposal { mentee, mentor, .. } = *proposal;
        let (open, at) = (Proposed { mentor, round }, cause.at);
        match self.change_wait(tenant, proposal, b"propose", ProposeMentor { mentor, round, at }.into(), cause).await {
            Ok(()) | Err(ExecuteError::Refused(WaitRefusal::NotWaiting)) => {}
            Err(error) => return Err(error.into()),
        }
        if self.is_open(tenant, proposal, open).await? && !self.ask(tenant, round, proposal, cause).await? {
            self.change_wait(tenant, proposal, b"resume", ResumeWait { mentor, round, at }.into(), cause).await?;
        }
        if !self.is_open(tenant, proposal, open).await? {
            let key = pairing_key(tenant, pairing_id(tenant, mentee, mentor));
            let context = cause.context(&[b"lapse", mentee.0.as_bytes()]);
            let lapse = LapseProposal { round, at };
            self.application.executor.run::<Pairing>(&key, &lapse.into(), &context).await?;
        }
        Ok(())
    }

    /// Asks the mentor in the mentee's name, if that was not done before; false if they
    /// cannot be asked.
    async fn ask(
        &self,
        tenant: &TenantSlug,
        round: RoundId,
        proposal: &Proposal,
        cause: &Cause,
    ) -> Result<bool, ApiError> {
        let Proposal { mentee, mentor, .. } = *proposal;
        let key = pairing_key(tenant, pairing_id(tenant, mentee, mentor));
        let loaded = self.application.executor.load::<Pairing>(&key).await?;
        if loaded.state.asked().is_some_and(|asked| asked.round == Some(round)) {
            return Ok(true);
        }
        let (reachable, readiness) = futures::try_join!(
            self.application.acquaintances.can_meet(tenant, mentee, mentor),
            self.application.readiness(tenant, mentor),
        )?;
        let (opening, round) = (opening(reachable, readiness), Some(round));
        let command = Command::from(RequestPairing { mentee, mentor, note: None, opening, round, at: cause.at });
        let context = cause.context(&[b"ask", mentee.0.as_bytes()]);
        match self.application.executor.run_from::<Pairing>(&key, loaded, &command, &context).await {
            Ok(_) => Ok(true),
            Err(ExecuteError::Refused(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn change_wait(
        &self,
        tenant: &TenantSlug,
        proposal: &Proposal,
        what: &[u8],
        command: WaitCommand,
        cause: &Cause,
    ) -> Result<(), ExecuteError<WaitRefusal>> {
        let (key, context) = (wait_key(tenant, proposal.mentee), cause.context(&[what, proposal.mentee.0.as_bytes()]));
        self.application.executor.run::<MentorWait>(&key, &command, &context).await.map(drop)
    }

    async fn is_open(&self, tenant: &TenantSlug, proposal: &Proposal, open: Proposed) -> Result<bool, ApiError> {
        let wait = self.application.executor.load::<MentorWait>(&wait_key(tenant, proposal.mentee)).await?;
        Ok(wait.state.is_proposed(open))
    }
}
