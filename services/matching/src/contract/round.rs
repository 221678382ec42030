//! Rounds in the log.

use kindred_eventsourcing::{Contract, DecodeError, DomainEvent, Record, Timestamp};
use kindred_proto::matching as proto;
use kindred_service_host::wire::{fits, message, record};

use super::{optional, optional_to_wire, pair};
use crate::domain::Round;
use crate::domain::round::{Event, Found, Mode, Proposal};

impl Contract for Round {
    fn encode(event: &Event) -> Record {
        let name = event.event_type();
        match event {
            Event::MentorRoundStarted { mode, by, at } => {
                let (mode, started_by_id, at) = (mode_to_wire(*mode).into(), optional_to_wire(*by), at.millis());
                record(name, 1, &proto::MentorRoundStarted { mode, started_by_id, at })
            }
            Event::MentorsProposed { attempt, part, proposals, at } => {
                let proposals = proposals.iter().map(proposal_to_wire).collect();
                let (attempt, part, at) = (*attempt, *part, at.millis());
                record(name, 1, &proto::MentorsProposed { attempt, part, proposals, at })
            }
            Event::MentorRoundFinished { attempt, found, proposed, at } => {
                let Found { waiting, mentors, places, longest_wait_millis } = *found;
                let (attempt, proposed, at) = (*attempt, *proposed, at.millis());
                let body =
                    proto::MentorRoundFinished { attempt, waiting, mentors, places, proposed, longest_wait_millis, at };
                record(name, 1, &body)
            }
        }
    }

    fn decode(record: &Record) -> Result<Event, DecodeError> {
        let moment = Timestamp::from_millis;
        match (record.event_type.as_str(), record.version) {
            ("MentorRoundStarted", 1) => {
                let read: proto::MentorRoundStarted = message(record)?;
                let mode = fits(record, mode_from_wire(read.mode))?;
                let by = optional(record, &read.started_by_id)?;
                Ok(Event::MentorRoundStarted { mode, by, at: moment(read.at) })
            }
            ("MentorsProposed", 1) => {
                let read: proto::MentorsProposed = message(record)?;
                let attempt = fits(record, Some(read.attempt).filter(|attempt| *attempt > 0))?;
                let proposals = read.proposals.iter().map(|one| proposal(record, one)).collect::<Result<_, _>>()?;
                Ok(Event::MentorsProposed { attempt, part: read.part, proposals, at: moment(read.at) })
            }
            ("MentorRoundFinished", 1) => {
                let read: proto::MentorRoundFinished = message(record)?;
                let attempt = fits(record, Some(read.attempt).filter(|attempt| *attempt > 0))?;
                let proto::MentorRoundFinished { waiting, mentors, places, proposed, longest_wait_millis, .. } = read;
                let found = Found { waiting, mentors, places, longest_wait_millis };
                Ok(Event::MentorRoundFinished { attempt, found, proposed, at: moment(read.at) })
            }
            _ => Err(DecodeError::unknown(record)),
        }
    }
}

fn proposal_to_wire(proposal: &Proposal) -> proto::Proposal {
    let Proposal { mentee, mentor, score } = *proposal;
    proto::Proposal { mentee_id: mentee.to_string(), mentor_id: mentor.to_string(), score }
}

fn proposal(record: &Record, read: &proto::Proposal) -> Result<Proposal, DecodeError> {
    let (mentee, mentor) = pair(record, &read.mentee_id, &read.mentor_id)?;
    Ok(Proposal { mentee, mentor, score: read.score })
}

/// The protocol's number of a mode.
#[must_use]
pub const fn mode_to_wire(mode: Mode) -> proto::RoundMode {
    match mode {
        Mode::Cheapest => proto::RoundMode::Cheapest,
        Mode::Stable => proto::RoundMode::Stable,
    }
}

/// The mode with this number; none for an unknown one.
#[must_use]
pub fn mode_from_wire(number: i32) -> Option<Mode> {
    match proto::RoundMode::try_from(number).ok()? {
        proto::RoundMode::Unspecified => None,
        proto::RoundMode::Cheapest => Some(Mode::Cheapest),
        proto::RoundMode::Stable => Some(Mode::Stable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::round::MOST_PROPOSALS;
    use crate::domain::samples::proposed_part;

    #[test]
    fn the_largest_part_stays_under_200_kib() {
        let mentees: Vec<u32> = (10..).take(MOST_PROPOSALS).collect();
        let Event::MentorsProposed { attempt, part, mut proposals, at } =
            proposed_part(u32::MAX, u32::MAX - 1, &mentees)
        else {
            panic!("a part")
        };
        proposals.iter_mut().for_each(|proposal| proposal.score = u32::MAX);
        let record = Round::encode(&Event::MentorsProposed { attempt, part, proposals, at });
        assert!(record.data.len() < 200 * 1024, "{}", record.data.len());
    }
}
