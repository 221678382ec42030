//! What may become true of a thread.

use kindred_eventsourcing::{DomainEvent, Sealed, Timestamp};
use kindred_ids::MemberId;

use crate::domain::Home;

/// A fact about one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A member started it.
    Started {
        /// Where, and whose.
        home: Home,
        /// Its title, under the author's key.
        title: Sealed,
        /// Its text, under the author's key.
        text: Sealed,
        /// Whom the text mentions.
        mentions: Vec<MemberId>,
        /// When.
        at: Timestamp,
    },
    /// Its author changed it; this is how it stands from now on.
    Edited {
        /// Where, and whose.
        home: Home,
        /// Its title; none where it stays as it is.
        title: Option<Sealed>,
        /// Its text.
        text: Sealed,
        /// Whom the text mentions.
        mentions: Vec<MemberId>,
        /// When.
        at: Timestamp,
    },
    /// Its author or a moderator took it out.
    Deleted {
        /// Where, and whose.
        home: Home,
        /// Who did.
        by: MemberId,
        /// A moderator's reason; none if the author did it.
        reason: Option<Sealed>,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for Event {
    fn event_type(&self) -> &'static str {
        match self {
            Self::Started { .. } => "ThreadStarted",
            Self::Edited { .. } => "ThreadEdited",
            Self::Deleted { .. } => "ThreadDeleted",
        }
    }
}
