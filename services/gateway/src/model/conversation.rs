//! What two members say to each other.

use kindred_proto::posting as wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Author, Authors, Moment, Page};
use crate::wire::MemberState;

/// What one of the two said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Message {
    /// Which.
    pub message_id: String,
    /// Who wrote it.
    pub author: Author,
    /// The words; empty if it was taken out or its author erased.
    pub text: String,
    /// When it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_at: Option<Moment>,
    /// Whether it was taken out.
    pub deleted: bool,
    /// Whether the words were erased with their author.
    pub author_erased: bool,
}

impl Message {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(message: wire::Message, authors: &Authors) -> Self {
        Self {
            author: authors.get(&message.author_id),
            message_id: message.message_id,
            text: message.text,
            written_at: Moment::of_wire(message.written_at),
            deleted: message.deleted,
            author_erased: message.author_erased,
        }
    }

    /// Whether there are words to read.
    #[must_use]
    pub const fn readable(&self) -> bool {
        !self.deleted && !self.author_erased
    }
}

/// A conversation in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConversationSummary {
    /// Which.
    pub conversation_id: String,
    /// The other one.
    pub with: Author,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Moment>,
    /// When one of you last wrote or opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_activity_at: Option<Moment>,
    /// Whether you left it.
    pub left: bool,
    /// Whether the other one did.
    pub other_left: bool,
    /// What was said last; in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Message>,
}

impl ConversationSummary {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(conversation: wire::Conversation, authors: &Authors) -> Self {
        Self {
            with: authors.get(&conversation.member_id),
            conversation_id: conversation.conversation_id,
            opened_at: Moment::of_wire(conversation.opened_at),
            last_activity_at: Moment::of_wire(conversation.last_activity_at),
            left: conversation.left,
            other_left: conversation.other_left,
            last_message: conversation.last_message.map(|message| Message::of_wire(message, authors)),
        }
    }

    /// Whether the other one is no longer here, as far as that may be told.
    #[must_use]
    pub fn other_gone(&self) -> bool {
        self.other_left || self.with.state == MemberState::Erased
    }
}

/// A conversation with a part of its messages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Conversation {
    /// Who, and since when.
    #[serde(flatten)]
    pub about: ConversationSummary,
    /// The newest last; the next part holds older ones.
    pub messages: Page<Message>,
    /// Whether it may not yet show what `kindred-position` asked for.
    pub stale: bool,
}
