//! What an answer to a mentor's question means for whoever waited.

use kindred_eventsourcing::EventStore;
use kindred_ids::{MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;

use super::Rounds;
use crate::application::{Cause, pairing_key, wait_key};
use crate::domain::mentor_wait::{FulfillWait, Proposed, ResumeWait};
use crate::domain::pairing::{LapseProposal, Standing, pairing_id};
use crate::domain::{MentorWait, Pairing};

impl<S: EventStore> Rounds<S> {
    /// A mentor said yes to a mentee, who waits for nobody any more.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer.
    pub async fn paired(
        &self,
        tenant: &TenantSlug,
        mentee: MemberId,
        mentor: MemberId,
        cause: &Cause,
    ) -> Result<(), ApiError> {
        let (fulfill, context) = (FulfillWait { mentor, at: cause.at }, cause.context(&[b"fulfill"]));
        self.application.executor.run::<MentorWait>(&wait_key(tenant, mentee), &fulfill.into(), &context).await?;
        Ok(())
    }

    /// Nothing comes of a question to a mentor: whoever a round had asked for waits again,
    /// if that is how it stands now.
    ///
    /// # Errors
    ///
    /// As [`Self::paired`].
    pub async fn unanswered(
        &self,
        tenant: &TenantSlug,
        mentee: MemberId,
        mentor: MemberId,
        cause: &Cause,
    ) -> Result<(), ApiError> {
        let (executor, key) = (&self.application.executor, wait_key(tenant, mentee));
        let wait = executor.load::<MentorWait>(&key).await?;
        let open = wait.state.wait().and_then(|wait| wait.proposed).filter(|open| open.mentor == mentor);
        let Some(Proposed { round, .. }) = open else { return Ok(()) };
        let pairing = executor.load::<Pairing>(&pairing_key(tenant, pairing_id(tenant, mentee, mentor))).await?;
        let stands = pairing.state.asked().map(|asked| asked.standing);
        if matches!(stands, Some(Standing::Open | Standing::Active { .. })) {
            return Ok(());
        }
        let (resume, context) = (ResumeWait { mentor, round, at: cause.at }, cause.context(&[b"resume"]));
        executor.run::<MentorWait>(&key, &resume.into(), &context).await?;
        Ok(())
    }

    /// Whoever waited does no longer: what a round asked in their name is open no longer.
    ///
    /// # Errors
    ///
    /// As [`Self::paired`].
    pub async fn retract(
        &self,
        tenant: &TenantSlug,
        mentee: MemberId,
        open: Proposed,
        cause: &Cause,
    ) -> Result<(), ApiError> {
        let key = pairing_key(tenant, pairing_id(tenant, mentee, open.mentor));
        let (lapse, context) = (LapseProposal { round: open.round, at: cause.at }, cause.context(&[b"retract"]));
        self.application.executor.run::<Pairing>(&key, &lapse.into(), &context).await?;
        Ok(())
    }
}
