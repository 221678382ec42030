//! People and moments for the tests of the rules.

use bytes::Bytes;
use kindred_eventsourcing::{Fingerprint, KeyId, Sealed, Timestamp};
use kindred_ids::{CommandId, MemberId, PairingId, RoundId, TenantSlug, derive_root_id};
use uuid::Uuid;

use super::introduction::{Event, Permission, RequestIntroduction};
use super::mentor::Capacity;
use super::pairing::{Opening, RequestPairing};
use super::{check_in, mentor, mentor_wait, pairing, round};

pub const NOW: Timestamp = Timestamp::from_millis(1_000);
pub const LATER: Timestamp = Timestamp::from_millis(2_000);

pub fn tenant() -> TenantSlug {
    "riverside".parse().expect("a slug")
}

pub fn member(seed: u32) -> MemberId {
    MemberId(derive_root_id("riverside", "anonymous", CommandId::derived(&[&seed.to_be_bytes()]), "member", 0))
}

/// A text of the member with this seed; equal texts are equal.
pub fn sealed(member: u8, text: u8) -> Sealed {
    let key = KeyId(Uuid::from_bytes([member; 16]));
    Sealed::from_parts(key, [text; 12], Bytes::from_static(b"unread"), Fingerprint([text; 16]))
}

pub fn ask() -> RequestIntroduction {
    RequestIntroduction {
        from: member(1),
        to: member(2),
        note: Some(sealed(1, 1)),
        permission: Permission::Granted,
        tenant: tenant(),
        turn: Some(1),
        at: NOW,
    }
}

pub fn requested(at: Timestamp) -> Event {
    Event::IntroductionRequested { from: member(1), to: member(2), note: Some(sealed(1, 1)), at }
}

pub fn accepted() -> Event {
    Event::IntroductionAccepted { from: member(1), to: member(2), at: LATER }
}

pub fn declined() -> Event {
    Event::IntroductionDeclined { from: member(1), to: member(2), at: LATER }
}

pub fn withdrawn() -> Event {
    Event::IntroductionWithdrawn { from: member(1), to: member(2), at: LATER }
}

/// A part of a table with one value.
pub fn part(table: u32, part: u32, parts: u32) -> crate::domain::weights::Part {
    crate::domain::weights::Part {
        table,
        part,
        parts,
        membership_position: 40,
        population: 12,
        floor: 11,
        features: vec!["condition:E06.3".to_owned()],
        weights: vec![7],
        learned_from: 11,
        associations: vec![crate::domain::weights::Association {
            feature: "condition:E06.3".to_owned(),
            others: vec!["condition:E11".to_owned()],
            says: vec![-120],
        }],
        answered: 1_200,
        factors: vec![("condition".to_owned(), 20)],
    }
}

pub fn places(count: u32) -> Capacity {
    Capacity::try_new(count).expect("a capacity")
}

/// The mentor is the member with seed 2.
pub fn enrolled(count: u32) -> mentor::Event {
    mentor::Event::MentorEnrolled { member: member(2), about: sealed(2, 1), capacity: places(count), at: NOW }
}

pub fn trained() -> mentor::Event {
    mentor::Event::MentorTrained { member: member(2), by: member(9), at: LATER }
}

pub fn left() -> mentor::Event {
    mentor::Event::MentorLeft { member: member(2), at: LATER }
}

pub fn ask_mentor() -> RequestPairing {
    let (mentee, mentor, note) = (member(1), member(2), Some(sealed(1, 1)));
    RequestPairing { mentee, mentor, note, opening: Opening::Free, round: None, at: NOW }
}

pub fn pairing_requested(at: Timestamp) -> pairing::Event {
    let (mentee, mentor, note) = (member(1), member(2), Some(sealed(1, 1)));
    pairing::Event::PairingRequested { mentee, mentor, note, round: None, at }
}

/// Asked by the first round.
pub fn pairing_proposed(at: Timestamp) -> pairing::Event {
    let (mentee, mentor, round) = (member(1), member(2), Some(round(1)));
    pairing::Event::PairingRequested { mentee, mentor, note: None, round, at }
}

pub fn pairing_lapsed() -> pairing::Event {
    pairing::Event::PairingLapsed { mentee: member(1), mentor: member(2), at: LATER }
}

pub fn pairing_accepted(place: u32) -> pairing::Event {
    pairing::Event::PairingAccepted { mentee: member(1), mentor: member(2), place, at: LATER }
}

pub fn pairing_declined() -> pairing::Event {
    pairing::Event::PairingDeclined { mentee: member(1), mentor: member(2), at: LATER }
}

pub fn pairing_withdrawn() -> pairing::Event {
    pairing::Event::PairingWithdrawn { mentee: member(1), mentor: member(2), at: LATER }
}

/// By the mentee.
pub fn pairing_ended() -> pairing::Event {
    let (mentee, mentor, by) = (member(1), member(2), member(1));
    pairing::Event::PairingEnded { mentee, mentor, by, reason: pairing::Reason::GoalReached, at: LATER }
}

pub fn paired() -> PairingId {
    pairing::pairing_id(&tenant(), member(1), member(2))
}

pub fn checked_in(by: u32) -> check_in::Event {
    let (mentee, mentor, by, note) = (member(1), member(2), member(by), Some(sealed(1, 7)));
    let mood = check_in::Mood::NeedsHelp;
    check_in::Event::PairingCheckedIn { pairing: paired(), mentee, mentor, by, mood, note, at: LATER }
}

pub fn round(seed: u32) -> RoundId {
    round::round_id(&tenant(), CommandId::derived(&[b"round", &seed.to_be_bytes()]))
}

pub fn wait_began(at: Timestamp) -> mentor_wait::Event {
    mentor_wait::Event::MentorWaitBegan { member: member(1), at }
}

/// What the first round asked.
pub fn open_proposal() -> mentor_wait::Proposed {
    mentor_wait::Proposed { mentor: member(2), round: round(1) }
}

pub fn proposed() -> mentor_wait::Event {
    mentor_wait::Event::MentorProposed { member: member(1), mentor: member(2), round: round(1), at: LATER }
}

pub fn wait_resumed() -> mentor_wait::Event {
    mentor_wait::Event::MentorWaitResumed { member: member(1), mentor: member(2), at: LATER }
}

pub fn wait_stopped(open: Option<mentor_wait::Proposed>) -> mentor_wait::Event {
    mentor_wait::Event::MentorWaitStopped { member: member(1), open, at: LATER }
}

pub fn wait_fulfilled(open: Option<mentor_wait::Proposed>) -> mentor_wait::Event {
    mentor_wait::Event::MentorWaitFulfilled { member: member(1), open, at: LATER }
}

/// By a member of the staff, in stable mode.
pub fn round_started() -> round::Event {
    round::Event::MentorRoundStarted { mode: round::Mode::Stable, by: Some(member(9)), at: NOW }
}

/// To the mentor with seed 2.
pub fn proposal(mentee: u32) -> round::Proposal {
    round::Proposal { mentee: member(mentee), mentor: member(2), score: 7 }
}

pub fn proposed_part(attempt: u32, part: u32, mentees: &[u32]) -> round::Event {
    let proposals = mentees.iter().map(|mentee| proposal(*mentee)).collect();
    round::Event::MentorsProposed { attempt, part, proposals, at: LATER }
}

pub fn found() -> round::Found {
    round::Found { waiting: 5, mentors: 2, places: 4, longest_wait_millis: 9_000 }
}

pub fn round_finished(attempt: u32, proposed: u32) -> round::Event {
    round::Event::MentorRoundFinished { attempt, found: found(), proposed, at: LATER }
}
