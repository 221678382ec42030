//! What may become true of a wish for a mentor.

use kindred_eventsourcing::{Timestamp, event_types};
use kindred_ids::{MemberId, RoundId};

use super::Proposed;

/// A fact about one member's wish for a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// They wait from now on.
    MentorWaitBegan { member: MemberId, at: Timestamp },
    /// A round asks a mentor in their name.
    MentorProposed { member: MemberId, mentor: MemberId, round: RoundId, at: Timestamp },
    /// Nothing came of it: they wait as before.
    MentorWaitResumed { member: MemberId, mentor: MemberId, at: Timestamp },
    /// They wait no longer; `open` is what a round had asked by then.
    MentorWaitStopped { member: MemberId, open: Option<Proposed>, at: Timestamp },
    /// Somebody mentors them; `open` is what a round had asked by then.
    MentorWaitFulfilled { member: MemberId, open: Option<Proposed>, at: Timestamp },
}
event_types!(Event { MentorWaitBegan, MentorProposed, MentorWaitResumed, MentorWaitStopped, MentorWaitFulfilled });
