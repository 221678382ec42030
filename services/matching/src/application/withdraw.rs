//! Taking a question back.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, IntroductionId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::{Application, for_asker, introduction_key};
use crate::domain::Introduction;
use crate::domain::introduction::WithdrawIntroduction;

impl<S: EventStore> Application<S> {
    /// The one who asked takes it back.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the one who asked.
    #[tracing::instrument(name = "command.introduction.withdraw", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn withdraw_introduction(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: IntroductionId,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (key, context) = (introduction_key(&member.tenant, id), self.context(caller, command_id));
        let command = WithdrawIntroduction { by: member.member, at: context.at }.into();
        let loaded = self.executor.load::<Introduction>(&key).await?;
        let (receipt, loaded) = self.executor.run_through::<Introduction>(&key, loaded, &command, &context).await?;
        Ok(for_asker(receipt, &loaded.state))
    }
}
