//! Values that the rules of several entities share.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Fingerprint, KeyId, Sealed};
use kindred_ids::{CommunityId, ConversationId, EntityId, MemberId, ThreadId};

/// What a rule remembers of a sealed text: enough to see whether another one is the same,
/// without keeping the text itself in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The key that seals it: its author's.
    pub key: KeyId,
    fingerprint: Fingerprint,
}

impl Mark {
    /// The mark of a text.
    #[must_use]
    pub const fn of(text: &Sealed) -> Self {
        Self { key: text.key(), fingerprint: text.fingerprint() }
    }
}

/// Where a post stands and whose it is; never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Home {
    /// The community that orders it.
    pub community: CommunityId,
    /// The thread that it starts or answers.
    pub thread: ThreadId,
    /// Who wrote it.
    pub author: MemberId,
    /// The data key of who wrote it.
    pub author_key: KeyId,
}

/// A post that somebody reacts to, as it is known at the moment of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// A thread's or a comment's id.
    pub post: EntityId,
    /// Its community.
    pub community: CommunityId,
    /// Its thread.
    pub thread: ThreadId,
    /// Whether it was taken out.
    pub deleted: bool,
}

/// Two members, in the order of their ids: whoever of them names it, it is the same pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pair {
    first: MemberId,
    second: MemberId,
}

impl Pair {
    /// The pair of these two; none of somebody with themselves.
    #[must_use]
    pub fn of(one: MemberId, other: MemberId) -> Option<Self> {
        (one != other).then(|| Self { first: one.min(other), second: one.max(other) })
    }

    /// The one whose id comes first: whom all that the two share is ordered by.
    #[must_use]
    pub const fn first(&self) -> MemberId {
        self.first
    }

    /// The other one of the order.
    #[must_use]
    pub const fn second(&self) -> MemberId {
        self.second
    }

    /// Whom `member` is paired with; none if they are neither of the two.
    #[must_use]
    pub fn other(&self, member: MemberId) -> Option<MemberId> {
        match member {
            member if member == self.first => Some(self.second),
            member if member == self.second => Some(self.first),
            _ => None,
        }
    }
}

/// Whose message it is, in which conversation and to whom; never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Its conversation.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub from: MemberId,
    /// Who reads it.
    pub to: MemberId,
}

/// What a reader may say to a post without words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReactionKind {
    /// "It is the same with me."
    MeToo,
    /// "This helped."
    Helpful,
    /// "I feel with you."
    Hug,
}

impl Canonical for ReactionKind {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let number: u8 = match self {
            Self::MeToo => 1,
            Self::Helpful => 2,
            Self::Hug => 3,
        };
        writer.bytes(&[number]);
    }
}
