//! Conversations of two: the list, and one with room to write.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit, is_id};
use crate::failure::Answer;
use crate::model::{Conversation, ConversationSummary, Message, Page};
use crate::operations::{Part, conversations};

/// Messages on one page.
const MESSAGES: u32 = 50;

#[derive(Template)]
#[template(path = "conversations.html")]
struct ConversationsPage {
    frame: Frame,
    conversations: Page<ConversationSummary>,
}

/// `GET /conversations`.
pub async fn list(visit: Visit) -> Answer<Response> {
    let part = visit.part(30);
    let (conversations, frame) = tokio::join!(conversations::list(visit.call()?, &part), visit.frame("conversations"));
    let conversations = conversations?;
    Ok(html(&ConversationsPage { frame: frame.behind(conversations.stale), conversations }))
}

/// `POST /conversations`: to the one with somebody, begun now or long ago.
pub async fn open(sent: Sent) -> Answer<Response> {
    let accepted = conversations::open(sent.visit.call()?, sent.command.clone(), sent.line("member")).await?;
    let path = format!("/conversations/{}", accepted.id.as_deref().unwrap_or_default());
    sent.done(&accepted, &path, "")
}

#[derive(Template)]
#[template(path = "conversation.html")]
struct ConversationPage {
    frame: Frame,
    conversation: Conversation,
    text: String,
    error: Option<String>,
}

impl ConversationPage {
    fn may_take_out(&self, message: &Message) -> bool {
        message.readable() && self.frame.is_you(&message.author)
    }

    fn may_write(&self) -> bool {
        let about = &self.conversation.about;
        !about.left && !about.other_gone()
    }

    fn path(&self) -> String {
        format!("/conversations/{}", self.conversation.about.conversation_id)
    }
}

async fn page(visit: &Visit, id: &str, part: &Part, text: String, error: Option<String>) -> Answer<ConversationPage> {
    let (conversation, frame) = tokio::join!(conversations::get(visit.call()?, id, part), visit.frame("conversations"));
    let conversation = conversation?;
    Ok(ConversationPage { frame: frame.behind(conversation.stale), conversation, text, error })
}

/// `GET /conversations/{id}`.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    Ok(html(&page(&visit, &id, &visit.part(MESSAGES), String::new(), None).await?))
}

/// `POST /conversations/{id}/messages`: what was refused comes back with every word.
pub async fn write(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let text = sent.text("text");
    match conversations::write(sent.visit.call()?, sent.command.clone(), &id, text.clone()).await {
        Ok(accepted) => {
            let anchor = accepted.id.as_deref().unwrap_or_default();
            sent.done(&accepted, &format!("/conversations/{id}#m{anchor}"), "written")
        }
        Err(error) if about_input(error.code()) => {
            let said = Some(sentence(error.message()));
            let page = page(&sent.visit, &id, &Part::first(MESSAGES), text, said).await?;
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /conversations/{id}/leave`.
pub async fn leave(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = conversations::leave(sent.visit.call()?, sent.command.clone(), id).await?;
    sent.done(&accepted, "/conversations", "left-conversation")
}

/// `POST /messages/{id}/delete`: back to the conversation that the form was on.
pub async fn delete(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = conversations::delete(sent.visit.call()?, sent.command.clone(), id).await?;
    let conversation = sent.line("conversation");
    let path =
        if is_id(&conversation) { format!("/conversations/{conversation}") } else { "/conversations".to_owned() };
    sent.done(&accepted, &path, "message-out")
}
