//! What people do, as a call over HTTP or gRPC.

use serde_json::{Value, json};

/// A command, apart from who gives it and under which id.
#[derive(Debug, Clone)]
pub enum Action {
    /// Makes a member, with a unique address and pseudonym; given by the operator.
    Register {
        email: String,
        handle: String,
    },
    StartThread {
        community: String,
        title: String,
        text: String,
    },
    Reply {
        thread: String,
        text: String,
    },
    /// Other words for an own post: a thread's first or a reply.
    Edit {
        post: String,
        is_thread: bool,
        text: String,
    },
    /// None takes a reaction back.
    React {
        post: String,
        reaction: Option<&'static str>,
    },
    SetConsent {
        matching: bool,
    },
    SetProfile {
        interest: String,
    },
    Join {
        community: String,
    },
    Leave {
        community: String,
    },
    Block {
        member: String,
    },
    Unblock {
        member: String,
    },
    Ask {
        member: String,
        note: String,
    },
    Answer {
        introduction: String,
        accept: bool,
    },
    Withdraw {
        introduction: String,
    },
    Prefer {
        kind: &'static str,
        channel: &'static str,
        on: bool,
    },
    MarkRead {
        item: String,
    },
}

impl Action {
    /// The context in whose log it lands, and the category of the entity there.
    pub const fn lands(&self) -> (&'static str, &'static str) {
        match self {
            Self::Register { .. } | Self::SetProfile { .. } => ("membership", "member"),
            Self::SetConsent { .. } => ("membership", "consent"),
            Self::Join { .. } | Self::Leave { .. } => ("membership", "membership"),
            Self::Block { .. } | Self::Unblock { .. } => ("membership", "block"),
            Self::StartThread { .. } | Self::Edit { is_thread: true, .. } => ("posting", "thread"),
            Self::Reply { .. } | Self::Edit { is_thread: false, .. } => ("posting", "comment"),
            Self::React { .. } => ("posting", "reaction"),
            Self::Ask { .. } | Self::Answer { .. } | Self::Withdraw { .. } => ("matching", "introduction"),
            Self::Prefer { .. } => ("notification", "preference"),
            Self::MarkRead { .. } => ("notification", "inbox_item"),
        }
    }

    /// Whether its receipt says the entity's own version: somebody who asked is told the
    /// same whether or not the other has declined, so theirs may say less.
    pub const fn tells_version(&self) -> bool {
        !matches!(self, Self::Withdraw { .. })
    }

    /// Method, path and body of the call; none for what members do not do.
    pub fn http(&self) -> Option<(&'static str, String, Value)> {
        let call = match self {
            Self::Register { .. } => return None,
            Self::StartThread { community, title, text } => {
                ("POST", format!("/communities/{community}/threads"), json!({ "title": title, "text": text }))
            }
            Self::Reply { thread, text } => ("POST", format!("/threads/{thread}/replies"), json!({ "text": text })),
            Self::Edit { post, text, .. } => ("PATCH", format!("/posts/{post}"), json!({ "text": text })),
            Self::React { post, reaction } => {
                ("PUT", format!("/posts/{post}/reaction"), json!({ "reaction": reaction }))
            }
            Self::SetConsent { matching } => {
                ("PUT", "/me/consent".to_owned(), json!({ "purpose": "matching", "agrees": matching }))
            }
            Self::SetProfile { interest } => {
                let field = json!({ "kind": "interest", "value": interest, "label": "", "visibility": "matched" });
                ("PUT", "/me/profile".to_owned(), json!({ "fields": [field] }))
            }
            Self::Join { community } => ("POST", format!("/communities/{community}/join"), json!({})),
            Self::Leave { community } => ("POST", format!("/communities/{community}/leave"), json!({})),
            Self::Block { member } => ("POST", "/me/blocks".to_owned(), json!({ "member_id": member })),
            Self::Unblock { member } => ("DELETE", format!("/me/blocks/{member}"), json!({})),
            Self::Ask { member, note } => {
                ("POST", "/introductions".to_owned(), json!({ "member_id": member, "note": note }))
            }
            Self::Answer { introduction, accept } => {
                ("POST", format!("/introductions/{introduction}/answer"), json!({ "accept": accept }))
            }
            Self::Withdraw { introduction } => ("POST", format!("/introductions/{introduction}/withdraw"), json!({})),
            Self::Prefer { kind, channel, on } => {
                ("PUT", "/me/notifications".to_owned(), json!({ "kind": kind, "channel": channel, "on": on }))
            }
            Self::MarkRead { item } => ("POST", format!("/inbox/{item}/read"), json!({})),
        };
        Some(call)
    }
}
