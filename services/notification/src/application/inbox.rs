//! What members do with their inbox.

use kindred_eventsourcing::{EventStore, Receipt};
use kindred_ids::{CommandId, InboxItemId};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::Application;
use crate::domain::identity::inbox_item_key;
use crate::domain::inbox_item::{Command, InboxItem, MarkRead};

impl<S: EventStore> Application<S> {
    /// The caller has seen an item of their inbox.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` if it is not in their inbox.
    #[tracing::instrument(name = "command.inbox_item.mark_read", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn mark_read(
        &self,
        caller: &Caller,
        command_id: CommandId,
        item: InboxItemId,
    ) -> Result<Receipt, ApiError> {
        let claims = caller.member()?;
        let context = self.context(caller, command_id);
        let command = Command::MarkRead(MarkRead { member: claims.member, at: context.at });
        Ok(self.executor.run::<InboxItem>(&inbox_item_key(&claims.tenant, item), &command, &context).await?)
    }
}
