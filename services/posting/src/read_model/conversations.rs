//! Rows of conversations, each as one of its two members has it.

use kindred_ids::{ConversationId, MemberId};
use kindred_service_host::database_error;
use kindred_service_kit::error::ApiError;
use sqlx::query_file_as;
use uuid::Uuid;

use super::Reading;

/// A conversation as one of its two members has it, in a list with its newest message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct ConversationRow {
    pub conversation_id: Uuid,
    pub other_id: Uuid,
    pub opened_at: i64,
    pub last_activity_at: i64,
    pub left_sequence: Option<i64>,
    pub other_left: bool,
    pub last_message_id: Option<Uuid>,
    pub last_author_id: Option<Uuid>,
    pub last_text: Option<String>,
    pub last_written_at: Option<i64>,
    pub last_deleted_at: Option<i64>,
    pub last_author_erased: Option<bool>,
    pub last_sequence: Option<i64>,
}

impl ConversationRow {
    /// The newest message, if it was read along and there is one.
    #[must_use]
    pub fn last_message(&self) -> Option<MessageRow> {
        Some(MessageRow {
            message_id: self.last_message_id?,
            author_id: self.last_author_id?,
            text: self.last_text.clone(),
            written_at: self.last_written_at?,
            deleted_at: self.last_deleted_at,
            author_erased: self.last_author_erased?,
            sequence: self.last_sequence?,
        })
    }
}

/// A message as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct MessageRow {
    pub message_id: Uuid,
    pub author_id: Uuid,
    pub text: Option<String>,
    pub written_at: i64,
    pub deleted_at: Option<i64>,
    pub author_erased: bool,
    pub sequence: i64,
}

impl Reading {
    /// Conversations that a member has not left behind (last activity, id), newest
    /// activity first.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn conversations(
        &mut self,
        member: MemberId,
        behind: Option<(i64, Uuid)>,
        most: i64,
    ) -> Result<Vec<ConversationRow>, ApiError> {
        let (at, id) = behind.unwrap_or((i64::MAX, Uuid::max()));
        let (tenant, member) = (self.tenant.as_str(), member.as_uuid());
        query_file_as!(ConversationRow, "src/read_model/conversations_page.sql", tenant, member, at, id, most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// One conversation of a member, if the read model has it.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn conversation(
        &mut self,
        id: ConversationId,
        member: MemberId,
    ) -> Result<Option<ConversationRow>, ApiError> {
        let (tenant, id, member) = (self.tenant.as_str(), id.as_uuid(), member.as_uuid());
        query_file_as!(ConversationRow, "src/read_model/conversation.sql", tenant, id, member)
            .fetch_optional(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Messages of a conversation before a sequence, the newest first.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn messages(
        &mut self,
        conversation: ConversationId,
        before: i64,
        most: i64,
    ) -> Result<Vec<MessageRow>, ApiError> {
        let (tenant, conversation) = (self.tenant.as_str(), conversation.as_uuid());
        query_file_as!(MessageRow, "src/read_model/messages_page.sql", tenant, conversation, before, most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }
}
