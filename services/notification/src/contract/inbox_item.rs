//! The events of an inbox item.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_proto::notification as wire;

use super::{at, body, event_id, id, kind_from_wire, kind_to_wire, optional_id, record};
use crate::domain::inbox_item::{Event, InboxItem};
use crate::domain::notice::{Notice, Suppression};

impl Contract for InboxItem {
    fn encode(event: &Event) -> Record {
        match event {
            Event::Added { notice, at } => record(event, &added(notice, at.millis())),
            Event::Suppressed { member, kind, source, reason, at } => record(
                event,
                &wire::InboxItemSuppressed {
                    member_id: member.to_string(),
                    kind: kind_to_wire(*kind) as i32,
                    source_event_id: source.simple().to_string(),
                    reason_code: reason.as_str().to_owned(),
                    at: at.millis(),
                },
            ),
            Event::Read { member, at } => {
                record(event, &wire::InboxItemRead { member_id: member.to_string(), at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match record.event_type.as_str() {
            "InboxItemAdded" => read_added(record),
            "InboxItemSuppressed" => read_suppressed(record),
            "InboxItemRead" => {
                let read: wire::InboxItemRead = body(record)?;
                Ok(Event::Read { member: id(record, &read.member_id)?, at: at(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn added(notice: &Notice, at: i64) -> wire::InboxItemAdded {
    wire::InboxItemAdded {
        member_id: notice.member.to_string(),
        kind: kind_to_wire(notice.kind) as i32,
        actor_id: notice.actor.to_string(),
        subject_id: notice.subject.to_string(),
        thread_id: notice.thread.map(|id| id.to_string()).unwrap_or_default(),
        community_id: notice.community.map(|id| id.to_string()).unwrap_or_default(),
        source_event_id: notice.source.simple().to_string(),
        at,
        declined: notice.declined,
    }
}

fn read_added(record: &Record) -> Result<Event, DecodeError> {
    let added: wire::InboxItemAdded = body(record)?;
    let notice = Notice {
        member: id(record, &added.member_id)?,
        kind: kind_from_wire(added.kind).ok_or_else(|| DecodeError::bytes(record))?,
        actor: id(record, &added.actor_id)?,
        subject: id(record, &added.subject_id)?,
        thread: optional_id(record, &added.thread_id)?,
        community: optional_id(record, &added.community_id)?,
        declined: added.declined,
        source: event_id(record, &added.source_event_id)?,
    };
    Ok(Event::Added { notice, at: at(added.at) })
}

fn read_suppressed(record: &Record) -> Result<Event, DecodeError> {
    let suppressed: wire::InboxItemSuppressed = body(record)?;
    let reason = [Suppression::Blocked, Suppression::TurnedOff]
        .into_iter()
        .find(|reason| reason.as_str() == suppressed.reason_code)
        .ok_or_else(|| DecodeError::bytes(record))?;
    Ok(Event::Suppressed {
        member: id(record, &suppressed.member_id)?,
        kind: kind_from_wire(suppressed.kind).ok_or_else(|| DecodeError::bytes(record))?,
        source: event_id(record, &suppressed.source_event_id)?,
        reason,
        at: at(suppressed.at),
    })
}
