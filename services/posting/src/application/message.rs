//! Writing a message, and taking it out.

use kindred_eventsourcing::{Decider, EventStore, Receipt};
use kindred_ids::{CommandId, ConversationId, EntityKey, MessageId, TenantSlug, derive_owned_id};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::refusals::conversation_unknown;
use super::{Application, Place, draft, field, own_sealer};
use crate::domain::Message;
use crate::domain::message::{Command, DeleteMessage, WriteMessage};

fn message_key(tenant: &TenantSlug, id: MessageId) -> EntityKey {
    EntityKey::new(tenant.clone(), Message::CATEGORY, id)
}

/// What somebody wants to say.
#[derive(Debug)]
pub struct NewMessage {
    /// The client's id of the command.
    pub command_id: CommandId,
    /// In which conversation.
    pub conversation: ConversationId,
    text: String,
}

impl NewMessage {
    /// Reads the text.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `text`.
    pub fn read(command_id: CommandId, conversation: ConversationId, text: &str) -> Result<Self, ApiError> {
        Ok(Self { command_id, conversation, text: draft::message(text)? })
    }
}

impl<S: EventStore> Application<S> {
    /// Writes to the other one of a conversation of the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller may not act, it is no conversation of theirs, either has
    /// left, the other cannot be reached, or a log does not answer.
    #[tracing::instrument(name = "command.message.write", skip_all, fields(kindred.conversation.id = %new.conversation))]
    pub async fn write_message(&self, caller: &Caller, new: &NewMessage) -> Result<(Receipt, MessageId), ApiError> {
        let member = caller.member()?;
        let (tenant, author) = (&member.tenant, member.member);
        let conversation = self.load_conversation(tenant, new.conversation).await?;
        let to = conversation.state.other(author).ok_or_else(conversation_unknown)?;
        let context = self.context(caller, new.command_id);
        let actor = &context.actor.0;
        let owner = new.conversation.0;
        let id = MessageId(derive_owned_id(tenant.as_str(), actor, new.command_id, Message::CATEGORY, 0, owner));
        let key = message_key(tenant, id);
        let work = async {
            futures::try_join!(
                self.is_reachable(caller, to),
                async { Ok(self.executor.load::<Message>(&key).await?) },
                self.sealer(tenant, author),
            )
        };
        let (own, (reachable, loaded, sealer)) = self.with_presence(caller, work).await?;
        let sealer = own_sealer(sealer, own)?;
        let place = Place { tenant, entity: &key, command_id: new.command_id };
        let command = Command::from(WriteMessage {
            conversation_id: new.conversation,
            author,
            text: place.seal(&sealer, field::TEXT, &new.text)?,
            at: context.at,
            conversation: conversation.state.clone(),
            reachable,
        });
        let receipt = self.executor.run_from::<Message>(&key, loaded, &command, &context).await?;
        Ok((receipt, id))
    }

    /// Takes out a message of the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the two of its conversation.
    #[tracing::instrument(name = "command.message.delete", skip_all, fields(kindred.message.id = %id))]
    pub async fn delete_message(
        &self,
        caller: &Caller,
        command_id: CommandId,
        id: MessageId,
    ) -> Result<Receipt, ApiError> {
        let member = caller.member()?;
        let (key, context) = (message_key(&member.tenant, id), self.context(caller, command_id));
        let load = async { Ok(self.executor.load::<Message>(&key).await?) };
        let (_key, loaded) = self.with_presence(caller, load).await?;
        let command = Command::from(DeleteMessage { by: member.member, at: context.at });
        Ok(self.executor.run_from::<Message>(&key, loaded, &command, &context).await?)
    }
}
