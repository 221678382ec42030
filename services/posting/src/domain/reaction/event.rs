//! What may become true of a reaction.

use kindred_eventsourcing::{DomainEvent, Timestamp};
use kindred_ids::{CommunityId, EntityId, MemberId, ThreadId};

use crate::domain::ReactionKind;

/// A fact about what one member says to one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// This is what they say from now on.
    Set {
        /// Where.
        community: CommunityId,
        /// The post's thread.
        thread: ThreadId,
        /// The post.
        post: EntityId,
        /// Who.
        member: MemberId,
        /// What.
        reaction: ReactionKind,
        /// When.
        at: Timestamp,
    },
    /// They take it back.
    Cleared {
        /// Where.
        community: CommunityId,
        /// The post's thread.
        thread: ThreadId,
        /// The post.
        post: EntityId,
        /// Who.
        member: MemberId,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for Event {
    fn event_type(&self) -> &'static str {
        match self {
            Self::Set { .. } => "ReactionSet",
            Self::Cleared { .. } => "ReactionCleared",
        }
    }
}
