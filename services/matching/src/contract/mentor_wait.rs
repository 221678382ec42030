//! Wishes for a mentor in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record};

use super::{optional, optional_to_wire, pair};
use crate::domain::MentorWait;
use crate::domain::mentor_wait::{Event, Proposed};

impl Contract for MentorWait {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        let (Event::MentorWaitBegan { member, at }
        | Event::MentorProposed { member, at, .. }
        | Event::MentorWaitResumed { member, at, .. }
        | Event::MentorWaitStopped { member, at, .. }
        | Event::MentorWaitFulfilled { member, at, .. }) = event;
        let (member_id, at) = (member.to_string(), at.millis());
        match event {
            Event::MentorWaitBegan { .. } => record(name, 1, &proto::MentorWaitBegan { member_id, at }),
            Event::MentorProposed { mentor, round, .. } => {
                let (mentor_id, round_id) = (mentor.to_string(), round.to_string());
                record(name, 1, &proto::MentorProposed { member_id, mentor_id, round_id, at })
            }
            Event::MentorWaitResumed { mentor, .. } => {
                record(name, 1, &proto::MentorWaitResumed { member_id, mentor_id: mentor.to_string(), at })
            }
            Event::MentorWaitStopped { open, .. } => {
                let (mentor_id, round_id) = open_to_wire(*open);
                record(name, 1, &proto::MentorWaitStopped { member_id, mentor_id, round_id, at })
            }
            Event::MentorWaitFulfilled { open, .. } => {
                let (mentor_id, round_id) = open_to_wire(*open);
                record(name, 1, &proto::MentorWaitFulfilled { member_id, mentor_id, round_id, at })
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        let moment = Timestamp::from_millis;
        match (record.event_type.as_str(), record.version) {
            ("MentorWaitBegan", 1) => {
                let read: proto::MentorWaitBegan = message(record)?;
                Ok(Event::MentorWaitBegan { member: fits(record, read.member_id.parse().ok())?, at: moment(read.at) })
            }
            ("MentorProposed", 1) => {
                let read: proto::MentorProposed = message(record)?;
                let (member, mentor) = pair(record, &read.member_id, &read.mentor_id)?;
                let round = fits(record, read.round_id.parse().ok())?;
                Ok(Event::MentorProposed { member, mentor, round, at: moment(read.at) })
            }
            ("MentorWaitResumed", 1) => {
                let read: proto::MentorWaitResumed = message(record)?;
                let (member, mentor) = pair(record, &read.member_id, &read.mentor_id)?;
                Ok(Event::MentorWaitResumed { member, mentor, at: moment(read.at) })
            }
            ("MentorWaitStopped", 1) => {
                let read: proto::MentorWaitStopped = message(record)?;
                let open = open(record, &read.mentor_id, &read.round_id)?;
                let member = fits(record, read.member_id.parse().ok())?;
                Ok(Event::MentorWaitStopped { member, open, at: moment(read.at) })
            }
            ("MentorWaitFulfilled", 1) => {
                let read: proto::MentorWaitFulfilled = message(record)?;
                let open = open(record, &read.mentor_id, &read.round_id)?;
                let member = fits(record, read.member_id.parse().ok())?;
                Ok(Event::MentorWaitFulfilled { member, open, at: moment(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn open_to_wire(open: Option<Proposed>) -> (String, String) {
    (optional_to_wire(open.map(|open| open.mentor)), optional_to_wire(open.map(|open| open.round)))
}

/// Both or neither.
fn open(record: &Record, mentor: &str, round: &str) -> Result<Option<Proposed>, DecodeError> {
    match (optional(record, mentor)?, optional(record, round)?) {
        (Some(mentor), Some(round)) => Ok(Some(Proposed { mentor, round })),
        (None, None) => Ok(None),
        _ => Err(DecodeError::bytes(record)),
    }
}
