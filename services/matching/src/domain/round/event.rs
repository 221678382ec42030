//! What may become true of a round.

use kindred_eventsourcing::{Timestamp, event_types};
use kindred_ids::MemberId;

use super::{Found, Mode, Proposal};

/// A fact about a round: ids and numbers, nobody's words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// It is to be held; `by` is none where it runs by itself.
    MentorRoundStarted { mode: Mode, by: Option<MemberId>, at: Timestamp },
    /// A part of what it proposes, if the attempt finishes.
    MentorsProposed { attempt: u32, part: u32, proposals: Vec<Proposal>, at: Timestamp },
    /// The parts of this attempt hold.
    MentorRoundFinished { attempt: u32, found: Found, proposed: u32, at: Timestamp },
}
event_types!(Event { MentorRoundStarted, MentorsProposed, MentorRoundFinished });
