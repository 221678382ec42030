//! Conversations of two.

use kindred_proto::posting as wire;
use kindred_service_kit::error::ApiError;

use super::{Part, members};
use crate::backends::{Call, ask};
use crate::model::{Accepted, Conversation, ConversationSummary, Message, Page};

/// The caller's conversations, the liveliest first.
pub async fn list(call: &Call, part: &Part) -> Result<Page<ConversationSummary>, ApiError> {
    let answer = ask!(call, conversations.list_conversations(wire::ListConversationsRequest { page: part.wire() }))?;
    let authors = members::authors(call, answer.conversations.iter().flat_map(named)).await?;
    let items = answer.conversations.into_iter().map(|one| ConversationSummary::of_wire(one, &authors)).collect();
    Ok(Page::of_wire(items, answer.next_cursor, answer.stale))
}

/// A conversation with a part of its messages.
pub async fn get(call: &Call, conversation_id: &str, part: &Part) -> Result<Conversation, ApiError> {
    let request = wire::GetConversationRequest { conversation_id: conversation_id.to_owned(), page: part.wire() };
    let answer = ask!(call, conversations.get_conversation(request))?;
    let unknown = || ApiError::not_found("CONVERSATION_UNKNOWN", "there is no such conversation");
    let about = answer.conversation.ok_or_else(unknown)?;
    let writers = answer.messages.iter().map(|message| message.author_id.as_str());
    let authors = members::authors(call, named(&about).chain(writers)).await?;
    let messages = answer.messages.into_iter().map(|message| Message::of_wire(message, &authors)).collect();
    Ok(Conversation {
        about: ConversationSummary::of_wire(about, &authors),
        messages: Page::of_wire(messages, answer.next_cursor, answer.stale),
        stale: answer.stale,
    })
}

/// Whose names a conversation needs.
fn named(conversation: &wire::Conversation) -> impl Iterator<Item = &str> {
    let last = conversation.last_message.iter().map(|message| message.author_id.as_str());
    std::iter::once(conversation.member_id.as_str()).chain(last)
}

/// The one conversation with somebody: begun now, or as it stands.
pub async fn open(call: &Call, command_id: String, member_id: String) -> Result<Accepted, ApiError> {
    let request = wire::OpenConversationRequest { command_id, member_id };
    let answer = ask!(call, conversations.open_conversation(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.conversation_id))
}

/// Says something.
pub async fn write(call: &Call, command_id: String, conversation_id: &str, text: String) -> Result<Accepted, ApiError> {
    let request = wire::WriteMessageRequest { command_id, conversation_id: conversation_id.to_owned(), text };
    let answer = ask!(call, conversations.write_message(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.message_id))
}

/// Takes an own message out.
pub async fn delete(call: &Call, command_id: String, message_id: String) -> Result<Accepted, ApiError> {
    let request = wire::DeleteMessageRequest { command_id, message_id };
    Ok(Accepted::of_wire(ask!(call, conversations.delete_message(request))?.receipt))
}

/// Leaves a conversation.
pub async fn leave(call: &Call, command_id: String, conversation_id: String) -> Result<Accepted, ApiError> {
    let request = wire::LeaveConversationRequest { command_id, conversation_id };
    Ok(Accepted::of_wire(ask!(call, conversations.leave_conversation(request))?.receipt))
}
