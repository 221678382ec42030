//! Starting a round.

use kindred_eventsourcing::{CommandContext, EventStore, ExecuteError, Receipt};
use kindred_ids::{CommandId, CommunityId, MemberId, RoundId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::{Application, round_key};
use crate::domain::Round;
use crate::domain::round::{Mode, Refusal, StartRound, round_id};

impl<S: EventStore> Application<S> {
    /// Staff start a round of the tenant; it is held by the reaction to its start.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `PERMISSION_DENIED` for anybody but staff.
    #[tracing::instrument(name = "command.round.start", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn run_round(
        &self,
        caller: &Caller,
        command_id: CommandId,
        community: Option<CommunityId>,
        mode: Mode,
    ) -> Result<(Receipt, RoundId), ApiError> {
        let member = caller.member()?;
        self.acquaintances.must_be_staff(caller, community).await?;
        let context = self.context(caller, command_id);
        Ok(self.start_round(&member.tenant, mode, Some(member.member), &context).await?)
    }

    /// Starts the round that this command makes.
    pub(super) async fn start_round(
        &self,
        tenant: &TenantSlug,
        mode: Mode,
        by: Option<MemberId>,
        context: &CommandContext,
    ) -> Result<(Receipt, RoundId), ExecuteError<Refusal>> {
        let id = round_id(tenant, context.command_id);
        let start = StartRound { mode, by, at: context.at };
        let receipt = self.executor.run::<Round>(&round_key(tenant, id), &start.into(), context).await?;
        Ok((receipt, id))
    }
}
