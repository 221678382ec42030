//! How introductions and mentoring stand in the log: the only place that knows their event
//! messages.

mod check_in;
mod mentor;
mod mentor_wait;
mod pairing;
mod round;
mod weights;

use std::fmt::Display;
use std::str::FromStr;

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Sealed, Timestamp};
use kindred_ids::MemberId;
use kindred_proto::{common, matching as proto};
use kindred_service_host::wire::{fits, message, record, sealed_from_proto, sealed_to_proto};

use crate::domain::Introduction;
use crate::domain::introduction::Event;
pub use check_in::{mood_from_wire, mood_to_wire};
pub use pairing::{reason_from_wire, reason_to_wire};
pub use round::{mode_from_wire, mode_to_wire};

impl Contract for Introduction {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::IntroductionRequested { from, to, note, at } => {
                let note = note.as_ref().map(sealed_to_proto);
                let (from_member_id, to_member_id, at) = (from.to_string(), to.to_string(), at.millis());
                record(name, 1, &proto::IntroductionRequested { from_member_id, to_member_id, note, at })
            }
            Event::IntroductionAccepted { from, to, at } => {
                let (from_member_id, to_member_id, at) = (from.to_string(), to.to_string(), at.millis());
                record(name, 1, &proto::IntroductionAccepted { from_member_id, to_member_id, at })
            }
            Event::IntroductionDeclined { from, to, at } => {
                let (from_member_id, to_member_id, at) = (from.to_string(), to.to_string(), at.millis());
                record(name, 1, &proto::IntroductionDeclined { from_member_id, to_member_id, at })
            }
            Event::IntroductionWithdrawn { from, to, at } => {
                let (from_member_id, to_member_id, at) = (from.to_string(), to.to_string(), at.millis());
                record(name, 1, &proto::IntroductionWithdrawn { from_member_id, to_member_id, at })
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        match (record.event_type.as_str(), record.version) {
            ("IntroductionRequested", 1) => {
                let read: proto::IntroductionRequested = message(record)?;
                let (from, to) = pair(record, &read.from_member_id, &read.to_member_id)?;
                let note = note(record, read.note)?;
                Ok(Event::IntroductionRequested { from, to, note, at: Timestamp::from_millis(read.at) })
            }
            ("IntroductionAccepted", 1) => {
                let read: proto::IntroductionAccepted = message(record)?;
                let (from, to) = pair(record, &read.from_member_id, &read.to_member_id)?;
                Ok(Event::IntroductionAccepted { from, to, at: Timestamp::from_millis(read.at) })
            }
            ("IntroductionDeclined", 1) => {
                let read: proto::IntroductionDeclined = message(record)?;
                let (from, to) = pair(record, &read.from_member_id, &read.to_member_id)?;
                Ok(Event::IntroductionDeclined { from, to, at: Timestamp::from_millis(read.at) })
            }
            ("IntroductionWithdrawn", 1) => {
                let read: proto::IntroductionWithdrawn = message(record)?;
                let (from, to) = pair(record, &read.from_member_id, &read.to_member_id)?;
                Ok(Event::IntroductionWithdrawn { from, to, at: Timestamp::from_millis(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn pair(record: &Record, from: &str, to: &str) -> Result<(MemberId, MemberId), DecodeError> {
    Ok((fits(record, from.parse().ok())?, fits(record, to.parse().ok())?))
}

/// A text that may be missing, but not broken.
fn note(record: &Record, note: Option<common::Sealed>) -> Result<Option<Sealed>, DecodeError> {
    note.map(|note| fits(record, sealed_from_proto(note))).transpose()
}

/// An id that may be missing, but not broken.
fn optional<T: FromStr>(record: &Record, text: &str) -> Result<Option<T>, DecodeError> {
    if text.is_empty() { Ok(None) } else { fits(record, text.parse().ok()).map(Some) }
}

/// An id as it stands in a message: empty if there is none.
fn optional_to_wire(id: Option<impl Display>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
