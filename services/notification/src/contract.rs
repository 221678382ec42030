//! Events of this context as protobuf, and back: fallible, and nothing is repaired.

mod delivery;
mod inbox_item;
mod kinds;
mod preference;

use kindred_eventsourcing::{DecodeError, DomainEvent, Record, Timestamp};
use kindred_ids::IdError;
use prost::Message;
use uuid::Uuid;

pub use kinds::{kind_from_wire, kind_to_wire, preference_from_wire, preference_to_wire};

/// Version of the shape of every event written here.
const VERSION: u32 = 1;

/// The record of an event.
fn record(event: &impl DomainEvent, message: &impl Message) -> Record {
    Record { event_type: event.event_type().to_owned(), version: VERSION, data: message.encode_to_vec().into() }
}

/// Reads the bytes of a record whose type is known.
pub(crate) fn body<M: Message + Default>(record: &Record) -> Result<M, DecodeError> {
    if record.version != VERSION {
        return Err(DecodeError::unknown(record));
    }
    M::decode(record.data.clone()).map_err(|_| DecodeError::bytes(record))
}

/// An id of any kind that must be there.
pub(crate) fn id<T: std::str::FromStr<Err = IdError>>(record: &Record, text: &str) -> Result<T, DecodeError> {
    text.parse().map_err(|_| DecodeError::bytes(record))
}

/// An id of any kind, or none where the field is empty.
pub(crate) fn optional_id<T: std::str::FromStr<Err = IdError>>(
    record: &Record,
    text: &str,
) -> Result<Option<T>, DecodeError> {
    if text.is_empty() { Ok(None) } else { id(record, text).map(Some) }
}

fn event_id(record: &Record, text: &str) -> Result<Uuid, DecodeError> {
    Uuid::try_parse(text).map_err(|_| DecodeError::bytes(record))
}

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use kindred_eventsourcing::Contract;

    use super::*;
    use crate::domain::delivery::{self, Cancellation, Delivery, FailureCode};
    use crate::domain::identity::inbox_item_id;
    use crate::domain::inbox_item::{self, InboxItem};
    use crate::domain::notice::{Channel, Kind, Notice, Suppression};
    use crate::domain::preference::{Preference, PreferenceSet};
    use crate::testing::{at, event, member, notice, tenant};

    #[track_caller]
    fn survives<D: Contract>(event: D::Event)
    where
        D::Event: Debug + PartialEq,
    {
        let record = D::encode(&event);
        assert_eq!(record.event_type, event.event_type());
        assert_eq!(D::decode(&record).as_ref(), Ok(&event));
        let newer = Record { version: 2, ..record.clone() };
        assert_eq!(D::decode(&newer), Err(DecodeError::unknown(&newer)));
        let torn = Record { data: record.data.slice(..record.data.len() - 1), ..record.clone() };
        assert!(D::decode(&torn) != Ok(event), "cut bytes were read as the same event");
        let foreign = Record { event_type: "Nothing".to_owned(), ..record };
        assert_eq!(D::decode(&foreign), Err(DecodeError::unknown(&foreign)));
    }

    #[test]
    fn every_event_of_an_inbox_item_survives_the_log() {
        let bare = Notice { thread: None, community: None, declined: true, kind: Kind::JoinDecided, ..notice() };
        for notice in [notice(), bare] {
            survives::<InboxItem>(inbox_item::Event::Added { notice, at: at(7) });
        }
        for reason in [Suppression::Blocked, Suppression::TurnedOff] {
            let Notice { member, kind, source, .. } = notice();
            survives::<InboxItem>(inbox_item::Event::Suppressed { member, kind, source, reason, at: at(7) });
        }
        survives::<InboxItem>(inbox_item::Event::Read { member: member(1), at: at(7) });
    }

    #[test]
    fn every_event_of_a_delivery_survives_the_log() {
        use delivery::Event;
        let member = member(1);
        survives::<Delivery>(Event::Queued {
            member,
            kind: Kind::Mention,
            channel: Channel::Email,
            item: inbox_item_id(&tenant("riverside"), event(1), member),
            source: event(1),
            at: at(7),
        });
        for retry_at in [None, Some(at(9))] {
            survives::<Delivery>(Event::Failed {
                member,
                attempt: 2,
                code: FailureCode::smtp(451),
                retry_at,
                at: at(7),
            });
        }
        survives::<Delivery>(Event::Sent { member, attempt: 3, at: at(7) });
        for reason in Cancellation::ALL {
            survives::<Delivery>(Event::Cancelled { member, reason, at: at(7) });
        }
    }

    #[test]
    fn every_preference_survives_the_log() {
        for (kind, channel) in Kind::ALL.into_iter().flat_map(|kind| Channel::ALL.map(|channel| (kind, channel))) {
            survives::<Preference>(PreferenceSet { member: member(1), kind, channel, on: true, at: at(7) });
        }
    }
}
