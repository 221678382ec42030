//! Events of threads.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::posting::{ThreadDeleted, ThreadEdited, ThreadStarted};

use super::wire::{self, Misfit, read};
use crate::domain::thread::Event;
use crate::domain::{Home, Thread};

impl Contract for Thread {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::Started { home, title, text, mentions, at } => wire::record(
                name,
                &ThreadStarted {
                    community_id: home.community.to_string(),
                    author_id: home.author.to_string(),
                    title: Some(wire::to_sealed(title)),
                    text: Some(wire::to_sealed(text)),
                    mentioned_ids: wire::texts(mentions),
                    at: at.millis(),
                    thread_id: home.thread.to_string(),
                },
            ),
            Event::Edited { home, title, text, mentions, at } => wire::record(
                name,
                &ThreadEdited {
                    title: title.as_ref().map(wire::to_sealed),
                    text: Some(wire::to_sealed(text)),
                    mentioned_ids: wire::texts(mentions),
                    at: at.millis(),
                    home: Some(wire::to_home(home)),
                },
            ),
            Event::Deleted { home, by, reason, at } => wire::record(
                name,
                &ThreadDeleted {
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
            ("ThreadStarted", 1) => read(record, started),
            ("ThreadEdited", 1) => read(record, edited),
            ("ThreadDeleted", 1) => read(record, deleted),
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn started(body: ThreadStarted) -> Result<Event, Misfit> {
    let text = wire::sealed(body.text)?;
    let home = Home {
        community: wire::id(&body.community_id)?,
        thread: wire::id(&body.thread_id)?,
        author: wire::id(&body.author_id)?,
        author_key: text.key(),
    };
    Ok(Event::Started {
        home,
        title: wire::sealed(body.title)?,
        text,
        mentions: wire::members(&body.mentioned_ids)?,
        at: Timestamp::from_millis(body.at),
    })
}

fn edited(body: ThreadEdited) -> Result<Event, Misfit> {
    Ok(Event::Edited {
        home: wire::home(body.home)?,
        title: wire::optional_sealed(body.title)?,
        text: wire::sealed(body.text)?,
        mentions: wire::members(&body.mentioned_ids)?,
        at: Timestamp::from_millis(body.at),
    })
}

fn deleted(body: ThreadDeleted) -> Result<Event, Misfit> {
    Ok(Event::Deleted {
        home: wire::home(body.home)?,
        by: wire::id(&body.deleted_by)?,
        reason: wire::optional_sealed(body.reason)?,
        at: Timestamp::from_millis(body.at),
    })
}
