//! People and moments for the tests of the rules.

use bytes::Bytes;
use kindred_eventsourcing::{Fingerprint, KeyId, Sealed, Timestamp};
use kindred_ids::{CommandId, MemberId, TenantSlug, derive_root_id};
use uuid::Uuid;

use super::introduction::{Event, Permission, RequestIntroduction};

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
    }
}
