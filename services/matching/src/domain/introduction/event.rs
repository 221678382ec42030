//! What may become true of an introduction.

use kindred_eventsourcing::{Sealed, Timestamp, event_types};
use kindred_ids::MemberId;

/// A fact about one member's wish to meet another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// One asks to meet the other; `note` is under the key of the one who asks.
    IntroductionRequested { from: MemberId, to: MemberId, note: Option<Sealed>, at: Timestamp },
    /// The other agrees.
    IntroductionAccepted { from: MemberId, to: MemberId, at: Timestamp },
    /// The other does not; never shown to the one who asked.
    IntroductionDeclined { from: MemberId, to: MemberId, at: Timestamp },
    /// Whoever asked takes it back.
    IntroductionWithdrawn { from: MemberId, to: MemberId, at: Timestamp },
}
event_types!(Event { IntroductionRequested, IntroductionAccepted, IntroductionDeclined, IntroductionWithdrawn });
