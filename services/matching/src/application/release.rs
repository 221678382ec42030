//! What somebody who was erased leaves of the mentor programme: nothing that holds a place.
//!
//! # Promises
//!
//! * Every pairing of theirs that began before is ended, whichever of the two they were.
//! * One that begins as they go is ended as it begins.

use kindred_eventsourcing::{CommandContext, Decider as _, EventStore, ExecuteError};
use kindred_ids::{MemberId, PairingId, Scope, TenantSlug};
use kindred_projections::{Database, LONGEST_WAIT, Projection as _, Waited, Waiter};
use kindred_service_host::database_error;
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::{Application, Cause, pairing_key, wait_key};
use crate::domain::mentor_wait::StopWaiting;
use crate::domain::pairing::{EndPairing, Reason};
use crate::domain::{MentorWait, Pairing};
use crate::projections::Pairings;
use crate::read_model::rounds;

/// Ends what an erased member had.
#[derive(Clone)]
pub struct Release<S> {
    application: Application<S>,
    database: Database,
    waiter: Waiter,
}

impl<S: EventStore> Release<S> {
    /// Ends through `application`; with whom a mentee is paired is read from `database`.
    pub const fn new(application: Application<S>, database: Database, waiter: Waiter) -> Self {
        Self { application, database, waiter }
    }

    /// A member was erased.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if log or database do not answer, or the latter is behind.
    pub async fn erased(&self, tenant: &TenantSlug, member: MemberId, cause: &Cause) -> Result<(), ApiError> {
        let executor = &self.application.executor;
        let (stop, context) = (StopWaiting { at: cause.at }, cause.context(&[b"wait"]));
        executor.run::<MentorWait>(&wait_key(tenant, member), &stop.into(), &context).await?;
        let mut pairings = self.as_mentor(tenant, member).await?;
        pairings.extend(self.as_mentee(tenant, member).await?);
        for pairing in pairings {
            let context = cause.context(&[b"pairing", pairing.0.as_bytes()]);
            self.end(tenant, pairing, member, &context).await?;
        }
        Ok(())
    }

    /// Two are paired: whoever of them was erased meanwhile is not.
    ///
    /// # Errors
    ///
    /// As [`Self::erased`].
    pub async fn paired(
        &self,
        tenant: &TenantSlug,
        pairing: PairingId,
        both: [MemberId; 2],
        cause: &Cause,
    ) -> Result<(), ApiError> {
        let acquaintances = &self.application.acquaintances;
        acquaintances.caught_up().await?;
        let gone = both.into_iter().find(|member| acquaintances.index.is_erased(tenant, *member));
        match gone {
            Some(gone) => self.end(tenant, pairing, gone, &cause.context(&[b"pairing", pairing.0.as_bytes()])).await,
            None => Ok(()),
        }
    }

    /// The pairings that hold the member's places, as the log's leader says.
    async fn as_mentor(&self, tenant: &TenantSlug, mentor: MemberId) -> Result<Vec<PairingId>, ApiError> {
        let places = self.application.places(tenant, mentor).await?;
        Ok(places.iter().filter_map(|place| place.holder_id(Pairing::CATEGORY)).map(PairingId).collect())
    }

    /// The pairings that the member asked for, once all that is in the log is read.
    async fn as_mentee(&self, tenant: &TenantSlug, mentee: MemberId) -> Result<Vec<PairingId>, ApiError> {
        let (head, partition) = (self.application.executor.store().head().await?, mentee.0.partition());
        let waited = self.waiter.wait(Pairings::NAME, Pairings::VERSION, partition, head, LONGEST_WAIT).await;
        if waited.map_err(|error| database_error(&error))? == Waited::Stale {
            return Err(ApiError::new(ErrorCode::Stale, "PAIRINGS_STALE", "the list of pairings is behind the log"));
        }
        let read = async {
            let mut transaction = self.database.read(&Scope::Tenant(tenant.clone())).await?;
            rounds::active_of_mentee(&mut transaction, tenant, mentee).await
        };
        let rows = read.await.map_err(|error| database_error(&error))?;
        Ok(rows.into_iter().filter_map(|id| PairingId::try_from(id).ok()).collect())
    }

    /// Ends a pairing in the name of whoever is gone; one that does not go on is let be.
    async fn end(
        &self,
        tenant: &TenantSlug,
        id: PairingId,
        by: MemberId,
        context: &CommandContext,
    ) -> Result<(), ApiError> {
        let end = EndPairing { tenant: tenant.clone(), by, reason: Reason::Other, at: context.at };
        match self.application.executor.run::<Pairing>(&pairing_key(tenant, id), &end.into(), context).await {
            Ok(_) | Err(ExecuteError::Refused(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
