//! Events of comments.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Sealed, Timestamp};
use kindred_ids::MemberId;
use kindred_proto::posting::{CommentDeleted, CommentEdited, CommentPosted};

use super::wire::{self, Misfit, read};
use crate::domain::comment::{Answered, Event};
use crate::domain::{Comment, Home};

impl Contract for Comment {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::Posted { home, answered, text, mentions, at } => {
                wire::record(name, &posted_body(home, answered, text, mentions, *at))
            }
            Event::Edited { home, text, mentions, at } => wire::record(
                name,
                &CommentEdited {
                    text: Some(wire::to_sealed(text)),
                    mentioned_ids: wire::texts(mentions),
                    at: at.millis(),
                    home: Some(wire::to_home(home)),
                },
            ),
            Event::Deleted { home, by, reason, at } => wire::record(
                name,
                &CommentDeleted {
                    deleted_by: by.to_string(),
                    reason: reason.as_ref().map(wire::to_sealed),
                    at: at.millis(),
                    home: Some(wire::to_home(home)),
                },
            ),
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("CommentPosted", 1) => read(record, posted),
            ("CommentEdited", 1) => read(record, edited),
            ("CommentDeleted", 1) => read(record, deleted),
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn posted_body(home: &Home, answered: &Answered, text: &Sealed, mentions: &[MemberId], at: Timestamp) -> CommentPosted {
    let (parent_id, parent_author_id) =
        answered.parent.map(|(id, author)| (id.to_string(), author.to_string())).unwrap_or_default();
    CommentPosted {
        community_id: home.community.to_string(),
        thread_id: home.thread.to_string(),
        thread_author_id: answered.thread_author.to_string(),
        parent_id,
        parent_author_id,
        author_id: home.author.to_string(),
        text: Some(wire::to_sealed(text)),
        mentioned_ids: wire::texts(mentions),
        at: at.millis(),
    }
}

fn posted(body: CommentPosted) -> Result<Event, Misfit> {
    let text = wire::sealed(body.text)?;
    let home = Home {
        community: wire::id(&body.community_id)?,
        thread: wire::id(&body.thread_id)?,
        author: wire::id(&body.author_id)?,
        author_key: text.key(),
    };
    let parent = match (wire::optional_id(&body.parent_id)?, wire::optional_id(&body.parent_author_id)?) {
        (Some(id), Some(author)) => Some((id, author)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(Misfit),
    };
    Ok(Event::Posted {
        home,
        answered: Answered { thread_author: wire::id(&body.thread_author_id)?, parent },
        text,
        mentions: wire::members(&body.mentioned_ids)?,
        at: Timestamp::from_millis(body.at),
    })
}

fn edited(body: CommentEdited) -> Result<Event, Misfit> {
    Ok(Event::Edited {
        home: wire::home(body.home)?,
        text: wire::sealed(body.text)?,
        mentions: wire::members(&body.mentioned_ids)?,
        at: Timestamp::from_millis(body.at),
    })
}

fn deleted(body: CommentDeleted) -> Result<Event, Misfit> {
    Ok(Event::Deleted {
        home: wire::home(body.home)?,
        by: wire::id(&body.deleted_by)?,
        reason: wire::optional_sealed(body.reason)?,
        at: Timestamp::from_millis(body.at),
    })
}
