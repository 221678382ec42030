//! What may become true of a mentor's offer.

use kindred_eventsourcing::{Sealed, Timestamp, event_types};
use kindred_ids::MemberId;

use super::Capacity;

/// A fact about a member's offer to mentor others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// They offer to help, or word their offer anew; `about` is under their key.
    MentorEnrolled { member: MemberId, about: Sealed, capacity: Capacity, at: Timestamp },
    /// Staff confirm that they are trained.
    MentorTrained { member: MemberId, by: MemberId, at: Timestamp },
    /// They take more or fewer at once.
    MentorCapacityChanged { member: MemberId, capacity: Capacity, at: Timestamp },
    /// They take nobody new for now.
    MentorPaused { member: MemberId, at: Timestamp },
    /// They take people again.
    MentorResumed { member: MemberId, at: Timestamp },
    /// They offer nothing any more; who is paired with them stays so until one ends it.
    MentorLeft { member: MemberId, at: Timestamp },
}
event_types!(Event { MentorEnrolled, MentorTrained, MentorCapacityChanged, MentorPaused, MentorResumed, MentorLeft });
