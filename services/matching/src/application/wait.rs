//! Waiting for a mentor, whoever it may be.

use kindred_eventsourcing::{EventStore, Receipt, Timestamp};
use kindred_ids::CommandId;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::{Application, for_asker, wait_key};
use crate::domain::MentorWait;
use crate::domain::mentor_wait::{Command, StopWaiting, WaitForMentor};

impl<S: EventStore> Application<S> {
    /// The caller waits for a mentor; who does already goes on since they first asked.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    #[tracing::instrument(name = "command.mentor_wait.begin", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn wait_for_mentor(&self, caller: &Caller, command_id: CommandId) -> Result<Receipt, ApiError> {
        let member = caller.member()?.member;
        self.change_wait(caller, command_id, |at| WaitForMentor { member, at }.into()).await
    }

    /// The caller waits no longer.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    #[tracing::instrument(name = "command.mentor_wait.stop", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn stop_waiting(&self, caller: &Caller, command_id: CommandId) -> Result<Receipt, ApiError> {
        self.change_wait(caller, command_id, |at| StopWaiting { at }.into()).await
    }

    async fn change_wait(
        &self,
        caller: &Caller,
        command_id: CommandId,
        command: impl FnOnce(Timestamp) -> Command,
    ) -> Result<Receipt, ApiError> {
        let own = caller.member()?;
        let (key, context) = (wait_key(&own.tenant, own.member), self.context(caller, command_id));
        let (command, loaded) = (command(context.at), self.executor.load::<MentorWait>(&key).await?);
        let (receipt, loaded) = self.executor.run_through::<MentorWait>(&key, loaded, &command, &context).await?;
        Ok(for_asker(receipt, &loaded.state))
    }
}
