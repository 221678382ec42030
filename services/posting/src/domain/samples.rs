//! People, places and texts for the tests of the rules.

use kindred_eventsourcing::{Fingerprint, KeyId, Sealed, Timestamp};
use kindred_ids::{CommandId, CommentId, CommunityId, EntityId, MemberId, ThreadId, derive_owned_id, derive_root_id};

use super::{Home, Pair, Route, conversation};

pub const NOW: Timestamp = Timestamp::from_millis(1_000);
pub const LATER: Timestamp = Timestamp::from_millis(2_000);

fn command(seed: u8) -> CommandId {
    CommandId::derived(&[&[seed]])
}

fn root(seed: u8, category: &str) -> EntityId {
    derive_root_id("riverside", "anonymous", command(seed), category, 0)
}

pub fn community() -> CommunityId {
    CommunityId(root(1, "community"))
}

pub fn member(seed: u8) -> MemberId {
    MemberId(root(seed, "member"))
}

pub fn thread_id(seed: u8) -> ThreadId {
    ThreadId(derive_owned_id("riverside", "a", command(seed), "thread", 0, community().0))
}

pub fn comment_id(seed: u8) -> CommentId {
    CommentId(derive_owned_id("riverside", "a", command(seed), "comment", 0, community().0))
}

pub fn key(seed: u8) -> KeyId {
    KeyId(root(seed, "key").as_uuid())
}

/// A text of the member with this seed; equal texts are equal.
pub fn sealed(member: u8, text: u8) -> Sealed {
    Sealed::from_parts(key(member), [text; 12], b"unread".to_vec(), Fingerprint([text; 16]))
}

pub fn home(author: u8) -> Home {
    Home { community: community(), thread: thread_id(1), author: member(author), author_key: key(author) }
}

/// Members 1 and 2.
pub fn pair() -> Pair {
    Pair::of(member(1), member(2)).expect("two people")
}

pub fn opened(by: u8, at: Timestamp) -> conversation::Event {
    conversation::Event::ConversationOpened { pair: pair(), by: member(by), at }
}

pub fn left(by: u8, at: Timestamp) -> conversation::Event {
    conversation::Event::ConversationLeft { pair: pair(), by: member(by), at }
}

pub fn route(from: u8, to: u8) -> Route {
    let conversation = conversation::conversation_id(&"riverside".parse().expect("a slug"), &pair());
    Route { conversation, from: member(from), to: member(to) }
}
