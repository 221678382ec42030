//! The events of a delivery.

use kindred_eventsourcing::{Contract, DecodeError, Record};
use kindred_proto::notification as wire;

use super::kinds::{channel_from_wire, channel_to_wire};
use super::{at, body, event_id, id, kind_from_wire, kind_to_wire, record};
use crate::domain::delivery::{Cancellation, Delivery, Event};

impl Contract for Delivery {
    fn encode(event: &Event) -> Record {
        match event {
            Event::Queued { member, kind, channel, item, source, at } => record(
                event,
                &wire::DeliveryQueued {
                    member_id: member.to_string(),
                    kind: kind_to_wire(*kind) as i32,
                    channel: channel_to_wire(*channel) as i32,
                    item_id: item.to_string(),
                    source_event_id: source.simple().to_string(),
                    at: at.millis(),
                },
            ),
            Event::Failed { member, attempt, code, retry_at, at } => record(
                event,
                &wire::DeliveryFailed {
                    member_id: member.to_string(),
                    attempt: *attempt,
                    error_code: code.to_string(),
                    retry_at: retry_at.map_or(0, |retry_at| retry_at.millis()),
                    at: at.millis(),
                },
            ),
            Event::Sent { member, attempt, at } => {
                let sent = wire::DeliverySent { member_id: member.to_string(), attempt: *attempt, at: at.millis() };
                record(event, &sent)
            }
            Event::Cancelled { member, reason, at } => {
                let reason_code = reason.as_str().to_owned();
                let cancelled = wire::DeliveryCancelled { member_id: member.to_string(), reason_code, at: at.millis() };
                record(event, &cancelled)
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match record.event_type.as_str() {
            "DeliveryQueued" => read_queued(record),
            "DeliveryFailed" => read_failed(record),
            "DeliverySent" => {
                let sent: wire::DeliverySent = body(record)?;
                Ok(Event::Sent { member: id(record, &sent.member_id)?, attempt: sent.attempt, at: at(sent.at) })
            }
            "DeliveryCancelled" => read_cancelled(record),
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn read_queued(record: &Record) -> Result<Event, DecodeError> {
    let queued: wire::DeliveryQueued = body(record)?;
    Ok(Event::Queued {
        member: id(record, &queued.member_id)?,
        kind: kind_from_wire(queued.kind).ok_or_else(|| DecodeError::bytes(record))?,
        channel: channel_from_wire(queued.channel).ok_or_else(|| DecodeError::bytes(record))?,
        item: id(record, &queued.item_id)?,
        source: event_id(record, &queued.source_event_id)?,
        at: at(queued.at),
    })
}

fn read_failed(record: &Record) -> Result<Event, DecodeError> {
    let failed: wire::DeliveryFailed = body(record)?;
    Ok(Event::Failed {
        member: id(record, &failed.member_id)?,
        attempt: failed.attempt,
        code: failed.error_code.parse().map_err(|_| DecodeError::bytes(record))?,
        retry_at: (failed.retry_at != 0).then(|| at(failed.retry_at)),
        at: at(failed.at),
    })
}

fn read_cancelled(record: &Record) -> Result<Event, DecodeError> {
    let cancelled: wire::DeliveryCancelled = body(record)?;
    let reason = Cancellation::ALL.into_iter().find(|reason| reason.as_str() == cancelled.reason_code);
    Ok(Event::Cancelled {
        member: id(record, &cancelled.member_id)?,
        reason: reason.ok_or_else(|| DecodeError::bytes(record))?,
        at: at(cancelled.at),
    })
}
