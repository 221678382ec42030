//! Whether two members know each other, for the services that let them talk.

use kindred_eventsourcing::EventStore;
use kindred_ids::{MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;

use super::{Application, introduction_key};
use crate::domain::Introduction;
use crate::domain::introduction::{Standing, introduction_id};

impl<S: EventStore> Application<S> {
    /// Whether an introduction of the two was accepted, whoever of them asked.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer.
    #[tracing::instrument(name = "query.introduction.check", skip_all, fields(kindred.member.id = %one))]
    pub async fn are_acquainted(&self, tenant: &TenantSlug, one: MemberId, other: MemberId) -> Result<bool, ApiError> {
        let there = introduction_key(tenant, introduction_id(tenant, one, other));
        let back = introduction_key(tenant, introduction_id(tenant, other, one));
        let (there, back) =
            futures::try_join!(self.executor.load::<Introduction>(&there), self.executor.load::<Introduction>(&back),)?;
        let mut asked = [there.state.asked(), back.state.asked()].into_iter().flatten();
        Ok(asked.any(|asked| asked.standing == Standing::Accepted))
    }
}
