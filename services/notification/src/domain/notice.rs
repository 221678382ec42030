//! What a member may be told of, and where.

use kindred_eventsourcing::{Canonical, CanonicalWriter, canonical};
use kindred_ids::{CommunityId, EntityId, MemberId, ThreadId};
use uuid::Uuid;

/// What happened, as far as the one who is told is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Somebody answered what they wrote.
    Reply,
    /// Somebody wrote their name.
    Mention,
    /// Somebody asks to be introduced to them.
    IntroductionRequested,
    /// Somebody accepted to be introduced to them.
    IntroductionAccepted,
    /// Their request to join a community was decided.
    JoinDecided,
    /// Somebody asks them to mentor.
    PairingRequested,
    /// A mentor whom they asked said yes.
    PairingAccepted,
    /// Somebody wrote to them in a conversation.
    Message,
}

impl Kind {
    /// All of them, in the order in which settings show them.
    pub const ALL: [Self; 8] = [
        Self::Reply,
        Self::Mention,
        Self::IntroductionRequested,
        Self::IntroductionAccepted,
        Self::JoinDecided,
        Self::PairingRequested,
        Self::PairingAccepted,
        Self::Message,
    ];

    /// Its name in ids, tokens and columns; frozen once released.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Mention => "mention",
            Self::IntroductionRequested => "introduction_requested",
            Self::IntroductionAccepted => "introduction_accepted",
            Self::JoinDecided => "join_decided",
            Self::PairingRequested => "pairing_requested",
            Self::PairingAccepted => "pairing_accepted",
            Self::Message => "message",
        }
    }

    /// Whether it tells what another member did as one member to another. A decision about
    /// joining is the community's, and is told whoever made it.
    #[must_use]
    pub const fn is_from_a_peer(self) -> bool {
        !matches!(self, Self::JoinDecided)
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Where a member is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The inbox inside the platform.
    Inbox,
    /// Their e-mail address.
    Email,
}

impl Channel {
    /// All of them, in the order in which settings show them.
    pub const ALL: [Self; 2] = [Self::Inbox, Self::Email];

    /// Its name in ids; frozen once released.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Email => "email",
        }
    }
}

/// Why somebody who would be told is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suppression {
    /// One of the two has blocked the other.
    Blocked,
    /// They have turned this kind off on this channel.
    TurnedOff,
}

impl Suppression {
    /// Its name in the log; frozen once released.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::TurnedOff => "turned_off",
        }
    }
}

/// One thing that one person is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Who is told.
    pub member: MemberId,
    /// Of what kind.
    pub kind: Kind,
    /// Who caused it.
    pub actor: MemberId,
    /// Thread, reply, introduction, community, pairing or conversation that it is about, by kind.
    pub subject: EntityId,
    /// The thread, if it is about one.
    pub thread: Option<ThreadId>,
    /// The community, if it happened in one.
    pub community: Option<CommunityId>,
    /// Of a decided join: whether it was turned down.
    pub declined: bool,
    /// The event that it tells of.
    pub source: Uuid,
}
canonical!(Notice { member, kind, actor, subject, thread, community, declined, source });

impl Notice {
    /// The channels that this may take. A join that was turned down is told in the inbox
    /// alone: nobody wants to find that among their mails.
    #[must_use]
    pub fn channels(&self) -> &'static [Channel] {
        if self.declined { &[Channel::Inbox] } else { &Channel::ALL }
    }
}

impl Canonical for Kind {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.as_str().canonical(writer);
    }
}

impl Canonical for Channel {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.as_str().canonical(writer);
    }
}
