//! What may become true of a delivery.

use kindred_eventsourcing::{DomainEvent, Timestamp};
use kindred_ids::{InboxItemId, MemberId};
use uuid::Uuid;

use super::{Cancellation, FailureCode};
use crate::domain::notice::{Channel, Kind};

/// A fact about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It waits to be sent.
    Queued {
        /// Who is told.
        member: MemberId,
        /// Of what kind.
        kind: Kind,
        /// How it goes out.
        channel: Channel,
        /// The inbox item of the same event and person.
        item: InboxItemId,
        /// The event that it tells of.
        source: Uuid,
        /// Since when.
        at: Timestamp,
    },
    /// An attempt failed.
    Failed {
        /// Who was to be told.
        member: MemberId,
        /// Which attempt, from 1.
        attempt: u32,
        /// How it failed.
        code: FailureCode,
        /// When it is tried again; never if none.
        retry_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// The mail server took it.
    Sent {
        /// Who was told.
        member: MemberId,
        /// Which attempt, from 1.
        attempt: u32,
        /// When.
        at: Timestamp,
    },
    /// It is not to be sent any more, or never was.
    Cancelled {
        /// Who is not told.
        member: MemberId,
        /// Why.
        reason: Cancellation,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for Event {
    fn event_type(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "DeliveryQueued",
            Self::Failed { .. } => "DeliveryFailed",
            Self::Sent { .. } => "DeliverySent",
            Self::Cancelled { .. } => "DeliveryCancelled",
        }
    }
}
