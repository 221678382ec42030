//! A mentor's places as names that are taken and given back: whoever holds one is paired.

use kindred_eventsourcing::ReservationKey;
use kindred_ids::{EntityId, MemberId, TenantSlug};

/// What a place is called among reservations; frozen once released.
const KIND: &str = "mentor_place";

/// The name of one place of a mentor, counted from 1. It is a hash of an id that stands in
/// the log anyway, so it needs no secret.
#[must_use]
pub fn place_key(tenant: &TenantSlug, mentor: MemberId, place: u32) -> ReservationKey {
    let id = EntityId::keyed(tenant.as_str(), KIND, &[mentor.0.as_bytes(), &place.to_be_bytes()], mentor.0);
    ReservationKey { kind: KIND, digest: *id.as_bytes() }
}
