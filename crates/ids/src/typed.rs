//! One type per kind of entity, so that ids cannot be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{EntityId, IdError};

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub EntityId);

        impl $name {
            /// As a plain UUID, for a database column.
            #[must_use]
            pub const fn as_uuid(self) -> uuid::Uuid {
                self.0.as_uuid()
            }
        }
        impl From<$name> for EntityId {
            fn from(id: $name) -> Self {
                id.0
            }
        }
        impl TryFrom<uuid::Uuid> for $name {
            type Error = IdError;
            fn try_from(uuid: uuid::Uuid) -> Result<Self, IdError> {
                EntityId::try_from(uuid).map(Self)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    )*};
}

typed_ids! {
    /// A community inside a tenant.
    CommunityId
    /// A person inside a tenant.
    MemberId
    /// A person's membership of a community.
    MembershipId
    /// A browser or API session of a member.
    SessionId
    /// A sign-in link that was asked for.
    SignInLinkId
    /// An invitation to a community.
    InvitationId
    /// One member's block of another.
    BlockId
    /// A conversation thread in a community.
    ThreadId
    /// A reply in a thread.
    CommentId
    /// One member's reaction to one post.
    ReactionId
    /// A request of one member to meet another.
    IntroductionId
    /// A member's offer to mentor others.
    MentorId
    /// A member's wish to be mentored by another, and what became of it.
    PairingId
    /// A member's wish for a mentor, whoever it may be.
    MentorWaitId
    /// One assignment of those who wait to mentors who have a place.
    RoundId
    /// What one of two who are paired said of how it goes.
    CheckInId
    /// One notification in a member's inbox.
    InboxItemId
    /// One message on its way out of the platform.
    DeliveryId
    /// What a member wants to be told, and how.
    PreferenceId
    /// What two members say to each other, and nobody else.
    ConversationId
    /// One message of a conversation.
    MessageId
}
