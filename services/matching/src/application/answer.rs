//! Answering an introduction.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, IntroductionId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::{Application, introduction_key};
use crate::domain::Introduction;
use crate::domain::introduction::{AcceptIntroduction, Command, DeclineIntroduction};

impl<S: EventStore> Application<S> {
    /// The one who was asked agrees or does not; the latter is never shown to the other.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the one who was asked.
    #[tracing::instrument(name = "command.introduction.answer", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn answer_introduction(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: IntroductionId,
        accept: bool,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (by, key) = (member.member, introduction_key(&member.tenant, id));
        let context = self.context(caller, command_id);
        let loaded = self.executor.load::<Introduction>(&key).await?;
        let command: Command = if accept {
            let asked = loaded.state.asked().filter(|asked| asked.to == by);
            let reachable = match asked {
                Some(asked) => self.acquaintances.between(caller, asked.from).await?.reachable,
                None => false,
            };
            AcceptIntroduction { by, reachable, at: context.at }.into()
        } else {
            DeclineIntroduction { by, at: context.at }.into()
        };
        Ok(self.executor.run_from::<Introduction>(&key, loaded, &command, &context).await?)
    }
}
