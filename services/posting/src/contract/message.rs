//! Events of messages.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::posting::{MessageDeleted, MessageWritten};

use super::wire::{self, Misfit, read};
use crate::domain::message::Event;
use crate::domain::{Message, Route};

impl Contract for Message {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::MessageWritten { route, text, at } => wire::record(
                name,
                &MessageWritten {
                    conversation_id: route.conversation.to_string(),
                    from_member_id: route.from.to_string(),
                    to_member_id: route.to.to_string(),
                    text: Some(wire::to_sealed(text)),
                    at: at.millis(),
                },
            ),
            Event::MessageDeleted { route, at } => wire::record(
                name,
                &MessageDeleted {
                    conversation_id: route.conversation.to_string(),
                    from_member_id: route.from.to_string(),
                    to_member_id: route.to.to_string(),
                    at: at.millis(),
                },
            ),
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("MessageWritten", 1) => read(record, |body: MessageWritten| {
                let route = route(&body.conversation_id, &body.from_member_id, &body.to_member_id)?;
                let text = wire::sealed(body.text)?;
                Ok(Event::MessageWritten { route, text, at: Timestamp::from_millis(body.at) })
            }),
            ("MessageDeleted", 1) => read(record, |body: MessageDeleted| {
                let route = route(&body.conversation_id, &body.from_member_id, &body.to_member_id)?;
                Ok(Event::MessageDeleted { route, at: Timestamp::from_millis(body.at) })
            }),
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn route(conversation: &str, from: &str, to: &str) -> Result<Route, Misfit> {
    Ok(Route { conversation: wire::id(conversation)?, from: wire::id(from)?, to: wire::id(to)? })
}
