//! What may become true of a pairing.

use kindred_eventsourcing::{Sealed, Timestamp, event_types};
use kindred_ids::{MemberId, RoundId};

use super::Reason;

/// A fact about one member's wish to be mentored by another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// One asks the other for help, or a round does in their name; `note` is under the key
    /// of the one who asks.
    PairingRequested { mentee: MemberId, mentor: MemberId, note: Option<Sealed>, round: Option<RoundId>, at: Timestamp },
    /// The mentor agrees, and gives one of their places.
    PairingAccepted { mentee: MemberId, mentor: MemberId, place: u32, at: Timestamp },
    /// The mentor does not; never shown to the mentee.
    PairingDeclined { mentee: MemberId, mentor: MemberId, at: Timestamp },
    /// The mentee takes the question back.
    PairingWithdrawn { mentee: MemberId, mentor: MemberId, at: Timestamp },
    /// One of the two ends it; why is told to nobody but them.
    PairingEnded { mentee: MemberId, mentor: MemberId, by: MemberId, reason: Reason, at: Timestamp },
    /// What a round asked is open no longer; never shown to the mentee.
    PairingLapsed { mentee: MemberId, mentor: MemberId, at: Timestamp },
}
event_types!(Event {
    PairingRequested,
    PairingAccepted,
    PairingDeclined,
    PairingWithdrawn,
    PairingEnded,
    PairingLapsed
});
