//! People and moments for the tests of the rules.

use bytes::Bytes;
use kindred_eventsourcing::{Fingerprint, KeyId, Sealed, Timestamp};
use kindred_ids::{CommandId, MemberId, PairingId, TenantSlug, derive_root_id};
use uuid::Uuid;

use super::introduction::{Event, Permission, RequestIntroduction};
use super::mentor::Capacity;
use super::pairing::{Opening, RequestPairing};
use super::{check_in, mentor, pairing};

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
    RequestPairing { mentee, mentor, note, opening: Opening::Free, at: NOW }
}

pub fn pairing_requested(at: Timestamp) -> pairing::Event {
    let (mentee, mentor, note) = (member(1), member(2), Some(sealed(1, 1)));
    pairing::Event::PairingRequested { mentee, mentor, note, at }
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
