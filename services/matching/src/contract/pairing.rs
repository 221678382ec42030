//! Pairings in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record, sealed_to_proto};

use super::{note, optional, optional_to_wire, pair};
use crate::domain::Pairing;
use crate::domain::pairing::{Event, Reason};

impl Contract for Pairing {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        let (Event::PairingRequested { mentee, mentor, at, .. }
        | Event::PairingAccepted { mentee, mentor, at, .. }
        | Event::PairingDeclined { mentee, mentor, at }
        | Event::PairingWithdrawn { mentee, mentor, at }
        | Event::PairingEnded { mentee, mentor, at, .. }
        | Event::PairingLapsed { mentee, mentor, at }) = event;
        let (mentee_id, mentor_id, at) = (mentee.to_string(), mentor.to_string(), at.millis());
        match event {
            Event::PairingRequested { note, round, .. } => {
                let (note, round_id) = (note.as_ref().map(sealed_to_proto), optional_to_wire(*round));
                record(name, 1, &proto::PairingRequested { mentee_id, mentor_id, note, at, round_id })
            }
            Event::PairingAccepted { place, .. } => {
                record(name, 1, &proto::PairingAccepted { mentee_id, mentor_id, place: *place, at })
            }
            Event::PairingDeclined { .. } => record(name, 1, &proto::PairingDeclined { mentee_id, mentor_id, at }),
            Event::PairingWithdrawn { .. } => record(name, 1, &proto::PairingWithdrawn { mentee_id, mentor_id, at }),
            Event::PairingEnded { by, reason, .. } => {
                let (ended_by_id, reason) = (by.to_string(), reason_to_wire(*reason).into());
                record(name, 1, &proto::PairingEnded { mentee_id, mentor_id, ended_by_id, reason, at })
            }
            Event::PairingLapsed { .. } => record(name, 1, &proto::PairingLapsed { mentee_id, mentor_id, at }),
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        let moment = Timestamp::from_millis;
        match (record.event_type.as_str(), record.version) {
            ("PairingRequested", 1) => {
                let read: proto::PairingRequested = message(record)?;
                let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
                let (note, round) = (note(record, read.note)?, optional(record, &read.round_id)?);
                Ok(Event::PairingRequested { mentee, mentor, note, round, at: moment(read.at) })
            }
            ("PairingAccepted", 1) => {
                let read: proto::PairingAccepted = message(record)?;
                let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
                Ok(Event::PairingAccepted { mentee, mentor, place: read.place, at: moment(read.at) })
            }
            ("PairingDeclined", 1) => {
                let read: proto::PairingDeclined = message(record)?;
                let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
                Ok(Event::PairingDeclined { mentee, mentor, at: moment(read.at) })
            }
            ("PairingWithdrawn", 1) => {
                let read: proto::PairingWithdrawn = message(record)?;
                let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
                Ok(Event::PairingWithdrawn { mentee, mentor, at: moment(read.at) })
            }
            ("PairingEnded", 1) => {
                let read: proto::PairingEnded = message(record)?;
                let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
                let by = fits(record, read.ended_by_id.parse().ok())?;
                let reason = fits(record, reason_from_wire(read.reason))?;
                Ok(Event::PairingEnded { mentee, mentor, by, reason, at: moment(read.at) })
            }
            ("PairingLapsed", 1) => {
                let read: proto::PairingLapsed = message(record)?;
                let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
                Ok(Event::PairingLapsed { mentee, mentor, at: moment(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

/// The protocol's number of a reason.
#[must_use]
pub const fn reason_to_wire(reason: Reason) -> proto::PairingEnd {
    match reason {
        Reason::GoalReached => proto::PairingEnd::GoalReached,
        Reason::NoTime => proto::PairingEnd::NoTime,
        Reason::NotAFit => proto::PairingEnd::NotAFit,
        Reason::Other => proto::PairingEnd::Other,
    }
}

/// The reason with this number; none for an unknown one.
#[must_use]
pub fn reason_from_wire(number: i32) -> Option<Reason> {
    match proto::PairingEnd::try_from(number).ok()? {
        proto::PairingEnd::Unspecified => None,
        proto::PairingEnd::GoalReached => Some(Reason::GoalReached),
        proto::PairingEnd::NoTime => Some(Reason::NoTime),
        proto::PairingEnd::NotAFit => Some(Reason::NotAFit),
        proto::PairingEnd::Other => Some(Reason::Other),
    }
}
