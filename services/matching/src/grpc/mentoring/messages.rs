//! Mentors and pairings as messages.

use kindred_proto::matching as wire;

use crate::application::{FreeMentor, Queue};
use crate::grpc::messages::{id, reasons as told};
use crate::index::Language;
use crate::read_model::mentoring::{LoadRow, OfferRow, PairingRow};
use crate::read_model::rounds::RoundRow;

pub(super) fn offer(row: OfferRow) -> wire::MentorOffer {
    wire::MentorOffer {
        about: row.about.unwrap_or_default(),
        capacity: places(row.capacity),
        trained: row.trained,
        paused: row.paused,
        active: count(row.active),
    }
}

pub(super) fn mentor(mentor: FreeMentor, language: Language) -> wire::FreeMentor {
    let FreeMentor { row, shared } = mentor;
    let free = row.free();
    let (score, reasons, communities) =
        shared.map_or((0, Vec::new(), Vec::new()), |shared| (shared.score, shared.reasons, shared.communities));
    wire::FreeMentor {
        member_id: id(row.member_id),
        about: row.about.unwrap_or_default(),
        free,
        score,
        reasons: told(reasons, language),
        community_ids: communities.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn load(row: LoadRow) -> wire::MentorLoad {
    wire::MentorLoad {
        member_id: id(row.member_id),
        capacity: places(row.capacity),
        active: count(row.active),
        recent: count(row.recent),
        trained: row.trained,
        paused: row.paused,
    }
}

pub(super) fn queue(queue: Queue) -> wire::MentorQueue {
    wire::MentorQueue {
        waiting: count(queue.row.waiting),
        longest_since: queue.row.longest_since.unwrap_or_default(),
        last_round: queue.last.map(round),
        exposure_gini_permille: queue.gini_permille,
        exposures: u32::try_from(queue.exposures).unwrap_or(u32::MAX),
    }
}

fn round(row: RoundRow) -> wire::MentorRound {
    let number = |number: Option<i32>| u32::try_from(number.unwrap_or_default()).unwrap_or_default();
    wire::MentorRound {
        round_id: id(row.round_id),
        mode: i32::from(row.mode),
        started_at: row.started_at,
        finished_at: row.finished_at.unwrap_or_default(),
        waiting: number(row.waiting),
        mentors: number(row.mentors),
        places: number(row.places),
        proposed: number(row.proposed),
        accepted: count(row.accepted),
        longest_wait_millis: row.longest_wait_millis.map(i64::unsigned_abs).unwrap_or_default(),
    }
}

pub(super) fn pairing(row: PairingRow) -> wire::Pairing {
    wire::Pairing {
        pairing_id: id(row.pairing_id),
        mentee_id: id(row.mentee_id),
        mentor_id: id(row.mentor_id),
        state: i32::from(row.state),
        note: row.note.unwrap_or_default(),
        asked_at: row.asked_at,
        accepted_at: row.accepted_at.unwrap_or_default(),
        ended_at: row.ended_at.unwrap_or_default(),
        reason: i32::from(row.reason.unwrap_or_default()),
        mentee_check_in: check_in(row.mentee_mood, row.mentee_note, row.mentee_said_at),
        mentor_check_in: check_in(row.mentor_mood, row.mentor_note, row.mentor_said_at),
    }
}

fn check_in(mood: Option<i16>, note: Option<String>, at: Option<i64>) -> Option<wire::CheckInView> {
    Some(wire::CheckInView { mood: i32::from(mood?), note: note.unwrap_or_default(), at: at? })
}

fn places(capacity: i16) -> u32 {
    u32::try_from(capacity).unwrap_or_default()
}

fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}
