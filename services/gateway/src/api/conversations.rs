//! Conversations of two.

use axum::Json;
use axum::extract::Path;

use super::Created;
use super::command::{Command, Empty, bodies};
use super::query::{Paging, Query};
use crate::failure::Answer;
use crate::model::{Accepted, Conversation, ConversationSummary, Page};
use crate::operations::conversations;
use crate::session::Signed;

bodies! {
    /// A wish to talk to somebody whom you have met.
    NewConversation {
        /// Whom.
        member_id: String,
    }
    /// What you want to say.
    NewMessage {
        /// The words.
        #[schema(min_length = 1, max_length = 5000)]
        text: String,
    }
}

/// Your conversations, the liveliest first; without those that you left.
#[utoipa::path(get, path = "/conversations", tag = "conversations", params(Paging),
    responses((status = 200, body = Page<ConversationSummary>)))]
pub async fn list(signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Page<ConversationSummary>>> {
    Ok(Json(conversations::list(&signed.call, &paging.part()?).await?))
}

/// The one conversation with somebody whom you have met: begun now, or as it stands.
#[utoipa::path(post, path = "/conversations", tag = "conversations", request_body = NewConversation,
    responses((status = 200, body = Accepted)))]
pub async fn open(signed: Signed, command: Command<NewConversation>) -> Answer<Accepted> {
    Ok(conversations::open(&signed.call, command.id, command.body.member_id).await?)
}

/// A conversation with a part of its messages, the newest first of all.
#[utoipa::path(get, path = "/conversations/{id}", tag = "conversations", params(("id" = String, Path), Paging),
    responses((status = 200, body = Conversation)))]
pub async fn get(Path(id): Path<String>, signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Conversation>> {
    Ok(Json(conversations::get(&signed.call, &id, &paging.part()?).await?))
}

/// Say something.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "conversations", params(("id" = String, Path)),
    request_body = NewMessage, responses((status = 201, body = Accepted)))]
pub async fn write(Path(id): Path<String>, signed: Signed, command: Command<NewMessage>) -> Answer<Created> {
    Ok(Created(conversations::write(&signed.call, command.id, &id, command.body.text).await?))
}

/// Leave; nobody writes there until you open it again.
#[utoipa::path(post, path = "/conversations/{id}/leave", tag = "conversations", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn leave(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(conversations::leave(&signed.call, command.id, id).await?)
}

/// Take out what you said.
#[utoipa::path(delete, path = "/messages/{id}", tag = "conversations", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn delete(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(conversations::delete(&signed.call, command.id, id).await?)
}
