//! Events of conversations.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::posting::{ConversationLeft, ConversationOpened};

use super::wire::{self, Misfit, read};
use crate::domain::conversation::Event;
use crate::domain::{Conversation, Pair};

impl Contract for Conversation {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::ConversationOpened { pair, by, at } => wire::record(
                name,
                &ConversationOpened {
                    first_member_id: pair.first().to_string(),
                    second_member_id: pair.second().to_string(),
                    member_id: by.to_string(),
                    at: at.millis(),
                },
            ),
            Event::ConversationLeft { pair, by, at } => wire::record(
                name,
                &ConversationLeft {
                    first_member_id: pair.first().to_string(),
                    second_member_id: pair.second().to_string(),
                    member_id: by.to_string(),
                    at: at.millis(),
                },
            ),
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("ConversationOpened", 1) => read(record, |body: ConversationOpened| {
                let pair = pair(&body.first_member_id, &body.second_member_id)?;
                let by = wire::id(&body.member_id)?;
                Ok(Event::ConversationOpened { pair, by, at: Timestamp::from_millis(body.at) })
            }),
            ("ConversationLeft", 1) => read(record, |body: ConversationLeft| {
                let pair = pair(&body.first_member_id, &body.second_member_id)?;
                let by = wire::id(&body.member_id)?;
                Ok(Event::ConversationLeft { pair, by, at: Timestamp::from_millis(body.at) })
            }),
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn pair(one: &str, other: &str) -> Result<Pair, Misfit> {
    Pair::of(wire::id(one)?, wire::id(other)?).ok_or(Misfit)
}
