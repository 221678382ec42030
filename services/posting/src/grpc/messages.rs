//! From rows to messages.

use kindred_ids::EntityId;
use kindred_proto::posting as wire;
use uuid::Uuid;

use crate::application::queries::PostView;
use crate::read_model::{ConversationRow, MessageRow, ThreadRow, VersionRow};

pub(super) fn summary(row: ThreadRow) -> wire::ThreadSummary {
    wire::ThreadSummary {
        thread_id: id(row.thread_id),
        community_id: id(row.community_id),
        title: row.title.unwrap_or_default(),
        author_id: id(row.author_id),
        started_at: row.started_at,
        last_activity_at: row.last_activity_at,
        replies: count(row.replies),
    }
}

pub(super) fn post(view: PostView) -> wire::Post {
    let PostView { post, reactions } = view;
    let your_reaction = reactions.iter().find(|row| row.yours).map_or(0, |row| i32::from(row.reaction));
    let reactions = reactions
        .into_iter()
        .map(|row| wire::ReactionCount { reaction: row.reaction.into(), count: count(row.count) })
        .collect();
    wire::Post {
        post_id: id(post.post_id),
        author_id: id(post.author_id),
        text: post.text.unwrap_or_default(),
        written_at: post.written_at,
        edited_at: post.edited_at.unwrap_or_default(),
        deleted: post.deleted_at.is_some(),
        author_erased: post.author_erased,
        parent_id: post.parent_id.map(id).unwrap_or_default(),
        reactions,
        your_reaction,
        mentioned_ids: post.mentioned_ids.into_iter().map(id).collect(),
        thread_id: id(post.thread_id),
        community_id: id(post.community_id),
        removal_reason: post.removal_reason.unwrap_or_default(),
        thread_title: String::new(),
    }
}

pub(super) fn version(row: VersionRow) -> wire::PostVersion {
    wire::PostVersion { text: row.text.unwrap_or_default(), at: row.written_at, title: row.title.unwrap_or_default() }
}

pub(super) fn conversation(row: ConversationRow) -> wire::Conversation {
    let last_message = row.last_message();
    wire::Conversation {
        conversation_id: id(row.conversation_id),
        member_id: id(row.other_id),
        opened_at: row.opened_at,
        last_activity_at: row.last_activity_at,
        left: row.left_sequence.is_some(),
        other_left: row.other_left,
        last_message: last_message.map(message),
    }
}

pub(super) fn message(row: MessageRow) -> wire::Message {
    wire::Message {
        message_id: id(row.message_id),
        author_id: id(row.author_id),
        text: row.text.unwrap_or_default(),
        written_at: row.written_at,
        deleted: row.deleted_at.is_some(),
        author_erased: row.author_erased,
    }
}

/// As ids are written everywhere: 32 digits.
pub(super) fn id(uuid: Uuid) -> String {
    EntityId::try_from(uuid).map_or_else(|_| uuid.simple().to_string(), EntityId::hex)
}

pub(super) fn count(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}
