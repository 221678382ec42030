//! Check-ins in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record, sealed_to_proto};

use super::{note, pair};
use crate::domain::CheckIn;
use crate::domain::check_in::{Event, Mood};

impl Contract for CheckIn {
    fn encode(event: &Event) -> Record {
        let Event::PairingCheckedIn { pairing, mentee, mentor, by, mood, note, at } = event;
        let body = proto::PairingCheckedIn {
            pairing_id: pairing.to_string(),
            mentee_id: mentee.to_string(),
            mentor_id: mentor.to_string(),
            written_by_id: by.to_string(),
            mood: mood_to_wire(*mood).into(),
            note: note.as_ref().map(sealed_to_proto),
            at: at.millis(),
        };
        record(event.event_type(), 1, &body)
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        if (record.event_type.as_str(), record.version) != ("PairingCheckedIn", 1) {
            return Err(DecodeError::unknown(record));
        }
        let read: proto::PairingCheckedIn = message(record)?;
        let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
        Ok(Event::PairingCheckedIn {
            pairing: fits(record, read.pairing_id.parse().ok())?,
            mentee,
            mentor,
            by: fits(record, read.written_by_id.parse().ok())?,
            mood: fits(record, mood_from_wire(read.mood))?,
            note: note(record, read.note)?,
            at: Timestamp::from_millis(read.at),
        })
    }
}

/// The protocol's number of a mood.
#[must_use]
pub const fn mood_to_wire(mood: Mood) -> proto::PairingMood {
    match mood {
        Mood::GoingWell => proto::PairingMood::GoingWell,
        Mood::CouldBeBetter => proto::PairingMood::CouldBeBetter,
        Mood::NeedsHelp => proto::PairingMood::NeedsHelp,
    }
}

/// The mood with this number; none for an unknown one.
#[must_use]
pub fn mood_from_wire(number: i32) -> Option<Mood> {
    match proto::PairingMood::try_from(number).ok()? {
        proto::PairingMood::Unspecified => None,
        proto::PairingMood::GoingWell => Some(Mood::GoingWell),
        proto::PairingMood::CouldBeBetter => Some(Mood::CouldBeBetter),
        proto::PairingMood::NeedsHelp => Some(Mood::NeedsHelp),
    }
}
