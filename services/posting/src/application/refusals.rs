//! How each refusal of the domain leaves: exhaustive, so that a new one does not compile
//! until it has a code.

use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::domain::{comment, conversation, message, reaction, thread};

impl From<thread::Refusal> for ApiError {
    fn from(refusal: thread::Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            thread::Refusal::NotFound => post_unknown(),
            thread::Refusal::AlreadyStarted => Self::new(ErrorCode::AlreadyExists, "THREAD_EXISTS", message),
            thread::Refusal::Deleted => Self::refused("POST_DELETED", message),
            thread::Refusal::NotTheAuthor => Self::denied("NOT_THE_AUTHOR", message),
            thread::Refusal::ReasonMissing => Self::invalid("reason", "REASON_MISSING", message),
        }
    }
}

impl From<comment::Refusal> for ApiError {
    fn from(refusal: comment::Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            comment::Refusal::NotFound => post_unknown(),
            comment::Refusal::AlreadyPosted => Self::new(ErrorCode::AlreadyExists, "REPLY_EXISTS", message),
            comment::Refusal::Deleted => Self::refused("POST_DELETED", message),
            comment::Refusal::NotTheAuthor => Self::denied("NOT_THE_AUTHOR", message),
            comment::Refusal::ReasonMissing => Self::invalid("reason", "REASON_MISSING", message),
            comment::Refusal::ThreadNotFound => thread_unknown(),
            comment::Refusal::ThreadDeleted => Self::refused("THREAD_DELETED", message),
            comment::Refusal::ParentNotFound => Self::not_found("PARENT_UNKNOWN", message).with_field("parent_id"),
            comment::Refusal::ParentDeleted => Self::refused("PARENT_DELETED", message).with_field("parent_id"),
        }
    }
}

impl From<reaction::Refusal> for ApiError {
    fn from(refusal: reaction::Refusal) -> Self {
        match refusal {
            reaction::Refusal::PostDeleted => Self::refused("POST_DELETED", refusal.to_string()),
        }
    }
}

impl From<conversation::Refusal> for ApiError {
    fn from(refusal: conversation::Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            conversation::Refusal::Oneself => Self::invalid("member_id", "ONESELF", message),
            conversation::Refusal::NotFound => conversation_unknown(),
            conversation::Refusal::NotIntroduced => Self::refused("NOT_INTRODUCED", message).with_field("member_id"),
            conversation::Refusal::Unreachable => Self::refused("MEMBER_UNREACHABLE", message),
        }
    }
}

impl From<message::Refusal> for ApiError {
    fn from(refusal: message::Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            message::Refusal::NotFound => Self::not_found("MESSAGE_UNKNOWN", message).with_field("message_id"),
            message::Refusal::AlreadyWritten => Self::new(ErrorCode::AlreadyExists, "MESSAGE_EXISTS", message),
            message::Refusal::NotTheAuthor => Self::denied("NOT_THE_AUTHOR", message),
            message::Refusal::ConversationNotFound => conversation_unknown(),
            message::Refusal::Left => Self::refused("CONVERSATION_LEFT", message),
            message::Refusal::OtherLeft => Self::refused("OTHER_LEFT", message),
            message::Refusal::Unreachable => Self::refused("MEMBER_UNREACHABLE", message),
        }
    }
}

pub(super) fn conversation_unknown() -> ApiError {
    ApiError::not_found("CONVERSATION_UNKNOWN", "there is no such conversation").with_field("conversation_id")
}

pub(super) fn post_unknown() -> ApiError {
    ApiError::not_found("POST_UNKNOWN", "there is no such thread or reply").with_field("post_id")
}

pub(super) fn thread_unknown() -> ApiError {
    ApiError::not_found("THREAD_UNKNOWN", "there is no such thread").with_field("thread_id")
}

pub(super) fn community_unknown() -> ApiError {
    ApiError::not_found("COMMUNITY_UNKNOWN", "there is no such community").with_field("community_id")
}
