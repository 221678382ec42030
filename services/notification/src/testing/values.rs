//! Values that tests of several modules speak of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kindred_eventsourcing::Timestamp;
use kindred_ids::{CommandId, CommunityId, EntityId, MemberId, TenantSlug, ThreadId, derive_root_id};
use uuid::Uuid;

use crate::domain::notice::{Kind, Notice};
use crate::mail::{Composer, Links, UnsubscribeKeys};

/// The tenant of most tests.
pub const TENANT: &str = "riverside";

pub fn tenant(slug: &str) -> TenantSlug {
    slug.parse().expect("a slug")
}

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn entity(category: &str, seed: u8) -> EntityId {
    derive_root_id(TENANT, "anonymous", CommandId::derived(&[category.as_bytes(), &[seed]]), category, 0)
}

/// A member of [`TENANT`].
pub fn member(seed: u8) -> MemberId {
    MemberId(entity("member", seed))
}

pub fn community(seed: u8) -> CommunityId {
    CommunityId(entity("community", seed))
}

pub fn thread(seed: u8) -> ThreadId {
    ThreadId(entity("thread", seed))
}

pub fn event(seed: u8) -> Uuid {
    kindred_ids::event_id(CommandId::derived(&[&[seed]]), "thread:0", 0)
}

/// A reply by member 2 that member 1 is told of.
pub fn notice() -> Notice {
    Notice {
        member: member(1),
        kind: Kind::Reply,
        actor: member(2),
        subject: entity("comment", 1),
        thread: Some(thread(1)),
        community: Some(community(1)),
        declined: false,
        source: event(1),
    }
}

/// Mails of `kindred.example`, signed with a key of sevens.
pub fn composer() -> Composer {
    let keys = UnsubscribeKeys::from_base64([STANDARD.encode([7; 32]).as_str()]).expect("a key");
    let links =
        Links::try_new("https://kindred.example", "/inbox", "/sign-in?token={token}", "/unsubscribe?token={token}");
    let from = "Kindred <no-reply@kindred.example>".parse().expect("a mailbox");
    Composer::new(from, links.expect("templates"), keys)
}
