//! What time brings: questions that nobody answered, and rounds that run by themselves.
//!
//! # Promises
//!
//! * What is due is told by rows, so that nothing is lost by who ends when.
//! * Commands derive from what was seen: of several replicas that find the same, one does it.

use std::time::Duration;

use kindred_eventsourcing::{CommandContext, EventStore, Timestamp};
use kindred_ids::{CommandId, MemberId, RoundId, Scope, TenantSlug};
use kindred_service_host::database_error;
use kindred_service_kit::error::{ApiError, chain};
use tokio_util::sync::CancellationToken;

use super::Rounds;
use super::assign::Basis;
use crate::application::{pairing_key, platform, wait_key};
use crate::domain::mentor_wait::ResumeWait;
use crate::domain::pairing::{LapseProposal, pairing_id};
use crate::domain::round::Proposal;
use crate::domain::{MentorWait, Pairing};
use crate::read_model::rounds::{self as rows, OverdueRow};

/// The same people are brought together by a round of its own at most once in so long.
const DAY_MILLIS: i64 = 24 * 3_600_000;

impl<S: EventStore> Rounds<S> {
    /// Looks after every tenant, again and again until told to stop.
    pub async fn run(&self, every: Duration, stop: CancellationToken) {
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            self.tend().await;
        }
    }

    /// Looks after every tenant once. What fails is told to whoever operates, and is tried
    /// again by the next call.
    pub async fn tend(&self) {
        for tenant in self.application.acquaintances.index.tenants() {
            if let Err(error) = self.tend_one(&tenant).await {
                tracing::warn!(kindred.tenant.id = %tenant, chain = %chain(&error), "mentor rounds are not looked after, `{tenant}`");
            }
        }
    }

    async fn tend_one(&self, tenant: &TenantSlug) -> Result<(), ApiError> {
        let now = self.application.clock.now();
        for row in self.overdue(tenant, now.plus_seconds(-self.rhythm.answer_seconds)).await? {
            self.lapse(tenant, &row, now).await?;
        }
        let basis = self.basis(tenant).await?;
        if !self.is_due(&basis) {
            return Ok(());
        }
        let (seen, crowd, mode) = (basis.clone(), self.application.acquaintances.crowd.clone(), self.rhythm.mode);
        let proposals = basis.assigned(crowd, mode).await?;
        if !proposals.is_empty() {
            let context = CommandContext::new(command_id(&seen, &proposals), platform(), now);
            self.application.start_round(tenant, mode, None, &context).await?;
        }
        Ok(())
    }

    fn is_due(&self, basis: &Basis) -> bool {
        let Some(longest) = basis.waiting.first().filter(|_| self.rhythm.from > 0) else { return false };
        let enough = basis.waiting.len() >= self.rhythm.from;
        enough || longest.since.plus_seconds(self.rhythm.after_seconds) <= basis.now
    }

    async fn overdue(&self, tenant: &TenantSlug, before: Timestamp) -> Result<Vec<OverdueRow>, ApiError> {
        let read = async {
            let mut transaction = self.database.read(&Scope::Tenant(tenant.clone())).await?;
            rows::overdue(&mut transaction, tenant, before).await
        };
        read.await.map_err(|error| database_error(&error))
    }

    /// Nobody answered in time: the mentor is not asked any more, and the mentee waits again.
    async fn lapse(&self, tenant: &TenantSlug, row: &OverdueRow, at: Timestamp) -> Result<(), ApiError> {
        let ids =
            (MemberId::try_from(row.member_id), MemberId::try_from(row.mentor_id), RoundId::try_from(row.round_id));
        let (Ok(mentee), Ok(mentor), Ok(round)) = ids else { return Ok(()) };
        let executor = &self.application.executor;
        let context = |what: &[u8]| {
            let id = CommandId::derived(&[b"overdue", what, mentee.0.as_bytes(), round.0.as_bytes()]);
            CommandContext::new(id, platform(), at)
        };
        let key = pairing_key(tenant, pairing_id(tenant, mentee, mentor));
        executor.run::<Pairing>(&key, &LapseProposal { round, at }.into(), &context(b"lapse")).await?;
        let resume = ResumeWait { mentor, round, at };
        executor.run::<MentorWait>(&wait_key(tenant, mentee), &resume.into(), &context(b"resume")).await?;
        Ok(())
    }
}

/// The same for every replica that would bring the same people together on the same day.
fn command_id(basis: &Basis, proposals: &[Proposal]) -> CommandId {
    let day = (basis.now.millis() / DAY_MILLIS).to_be_bytes();
    let mut seen: Vec<u8> = Vec::with_capacity(proposals.len() * 40);
    for waiting in &basis.waiting {
        seen.extend_from_slice(waiting.member.0.as_bytes());
        seen.extend_from_slice(&waiting.since.millis().to_be_bytes());
    }
    for proposal in proposals {
        seen.extend_from_slice(proposal.mentee.0.as_bytes());
        seen.extend_from_slice(proposal.mentor.0.as_bytes());
    }
    CommandId::derived(&[b"mentor_round", basis.tenant.as_str().as_bytes(), &day, &seen])
}
