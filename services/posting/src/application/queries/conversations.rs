//! Conversations, as one of their two members reads them.

use kindred_eventsourcing::EventStore;
use kindred_ids::ConversationId;
use kindred_projections::Projection as _;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use tonic::metadata::MetadataMap;

use super::{Answer, Queries, not_yet};
use crate::application::page::paged;
use crate::application::refusals::conversation_unknown;
use crate::application::{Cursor, Page, PageRequest};
use crate::projections::Conversations;
use crate::read_model::{ConversationRow, MessageRow};

/// A conversation with a page of its messages.
#[derive(Debug)]
pub struct ConversationView {
    /// Who, and since when.
    pub conversation: ConversationRow,
    /// The newest last; the next page holds older ones.
    pub messages: Page<MessageRow>,
}

impl<S: EventStore> Queries<S> {
    /// Conversations that the caller has not left, the newest activity first.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller may not act, or something does not answer.
    #[tracing::instrument(name = "query.conversation.list", skip_all, fields(kindred.projection = Conversations::NAME))]
    pub async fn list_conversations(
        &self,
        caller: &Caller,
        page: PageRequest,
        metadata: &MetadataMap,
    ) -> Result<Answer<Page<ConversationRow>>, ApiError> {
        let member = caller.member()?;
        let begun = self.begin::<Conversations>(metadata, &member.tenant);
        let (_key, (mut reading, stale)) = self.application.with_presence(caller, begun).await?;
        let behind = page.behind.map(|cursor| (cursor.order, cursor.id));
        let rows = reading.conversations(member.member, behind, page.look_ahead()).await?;
        reading.end().await?;
        let list = member.member.0;
        let rows = paged(rows, page, |row| Cursor::behind(list, row.last_activity_at, row.conversation_id));
        Ok(Answer { rows, stale })
    }

    /// A conversation of the caller with a page of its messages, of one that they left
    /// those until then.
    ///
    /// # Errors
    ///
    /// [`ApiError`]; `NOT_FOUND` for anybody but the two.
    #[tracing::instrument(name = "query.conversation.get", skip_all, fields(kindred.conversation.id = %id))]
    pub async fn get_conversation(
        &self,
        caller: &Caller,
        id: ConversationId,
        page: PageRequest,
        metadata: &MetadataMap,
    ) -> Result<Answer<ConversationView>, ApiError> {
        let member = caller.member()?;
        let loaded = self.application.load_conversation(&member.tenant, id).await?;
        loaded.state.other(member.member).ok_or_else(conversation_unknown)?;
        let begun = self.begin::<Conversations>(metadata, &member.tenant);
        let (_key, (mut reading, stale)) = self.application.with_presence(caller, begun).await?;
        let conversation = reading.conversation(id, member.member).await?.ok_or_else(not_yet)?;
        let readable = conversation.left_sequence.unwrap_or(i64::MAX);
        let before = page.behind.map_or(i64::MAX, |cursor| cursor.order);
        let rows = reading.messages(id, before.min(readable), page.look_ahead()).await?;
        reading.end().await?;
        let mut messages = paged(rows, page, |row| Cursor::behind(id.0, row.sequence, row.message_id));
        messages.rows.reverse();
        Ok(Answer { rows: ConversationView { conversation, messages }, stale })
    }
}
