//! Mentors' offers in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_ids::MemberId;
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record, sealed_from_proto, sealed_to_proto};

use crate::domain::Mentor;
use crate::domain::mentor::{Capacity, Event};

impl Contract for Mentor {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::MentorEnrolled { member, about, capacity, at } => {
                let (member_id, about) = (member.to_string(), Some(sealed_to_proto(about)));
                let (capacity, at) = (capacity.get(), at.millis());
                record(name, 1, &proto::MentorEnrolled { member_id, about, capacity, at })
            }
            Event::MentorTrained { member, by, at } => {
                let (member_id, confirmed_by_id, at) = (member.to_string(), by.to_string(), at.millis());
                record(name, 1, &proto::MentorTrained { member_id, confirmed_by_id, at })
            }
            Event::MentorCapacityChanged { member, capacity, at } => {
                let (member_id, capacity, at) = (member.to_string(), capacity.get(), at.millis());
                record(name, 1, &proto::MentorCapacityChanged { member_id, capacity, at })
            }
            Event::MentorPaused { member, at } => {
                record(name, 1, &proto::MentorPaused { member_id: member.to_string(), at: at.millis() })
            }
            Event::MentorResumed { member, at } => {
                record(name, 1, &proto::MentorResumed { member_id: member.to_string(), at: at.millis() })
            }
            Event::MentorLeft { member, at } => {
                record(name, 1, &proto::MentorLeft { member_id: member.to_string(), at: at.millis() })
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        let moment = Timestamp::from_millis;
        match (record.event_type.as_str(), record.version) {
            ("MentorEnrolled", 1) => {
                let read: proto::MentorEnrolled = message(record)?;
                let about = fits(record, read.about.and_then(sealed_from_proto))?;
                let (member, capacity) = (id(record, &read.member_id)?, capacity(record, read.capacity)?);
                Ok(Event::MentorEnrolled { member, about, capacity, at: moment(read.at) })
            }
            ("MentorTrained", 1) => {
                let read: proto::MentorTrained = message(record)?;
                let (member, by) = (id(record, &read.member_id)?, id(record, &read.confirmed_by_id)?);
                Ok(Event::MentorTrained { member, by, at: moment(read.at) })
            }
            ("MentorCapacityChanged", 1) => {
                let read: proto::MentorCapacityChanged = message(record)?;
                let (member, capacity) = (id(record, &read.member_id)?, capacity(record, read.capacity)?);
                Ok(Event::MentorCapacityChanged { member, capacity, at: moment(read.at) })
            }
            ("MentorPaused", 1) => {
                let read: proto::MentorPaused = message(record)?;
                Ok(Event::MentorPaused { member: id(record, &read.member_id)?, at: moment(read.at) })
            }
            ("MentorResumed", 1) => {
                let read: proto::MentorResumed = message(record)?;
                Ok(Event::MentorResumed { member: id(record, &read.member_id)?, at: moment(read.at) })
            }
            ("MentorLeft", 1) => {
                let read: proto::MentorLeft = message(record)?;
                Ok(Event::MentorLeft { member: id(record, &read.member_id)?, at: moment(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn id(record: &Record, text: &str) -> Result<MemberId, DecodeError> {
    fits(record, text.parse().ok())
}

fn capacity(record: &Record, places: u32) -> Result<Capacity, DecodeError> {
    fits(record, Capacity::try_new(places))
}
