//! What may become true of an inbox item.

use kindred_eventsourcing::{DomainEvent, Timestamp};
use kindred_ids::MemberId;
use uuid::Uuid;

use crate::domain::notice::{Kind, Notice, Suppression};

/// A fact about an inbox item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It lies in the inbox.
    Added {
        /// What it tells.
        notice: Notice,
        /// Since when.
        at: Timestamp,
    },
    /// It was decided not to tell them.
    Suppressed {
        /// Who is not told.
        member: MemberId,
        /// Of what kind it would have been.
        kind: Kind,
        /// Of which event.
        source: Uuid,
        /// Why.
        reason: Suppression,
        /// Since when.
        at: Timestamp,
    },
    /// They have seen it.
    Read {
        /// Who.
        member: MemberId,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for Event {
    fn event_type(&self) -> &'static str {
        match self {
            Self::Added { .. } => "InboxItemAdded",
            Self::Suppressed { .. } => "InboxItemSuppressed",
            Self::Read { .. } => "InboxItemRead",
        }
    }
}
