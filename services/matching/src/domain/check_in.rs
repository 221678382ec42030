//! A check-in: one of two who are paired says how it goes. It is an entity of its own,
//! ordered by the mentee, as a pairing may last for years.

mod write;

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decider, Decision, Sealed, Timestamp, event_types};
use kindred_ids::{MemberId, PairingId};

pub use write::WriteCheckIn;

/// The rules of check-ins.
#[derive(Debug)]
pub struct CheckIn;

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Well.
    GoingWell,
    /// It could be better.
    CouldBeBetter,
    /// They need help.
    NeedsHelp,
}

impl Canonical for Mood {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let name = match self {
            Self::GoingWell => "going_well",
            Self::CouldBeBetter => "could_be_better",
            Self::NeedsHelp => "needs_help",
        };
        name.canonical(writer);
    }
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Event {
    /// One of the two says how it goes; `note` is under the key of the one who says it.
    PairingCheckedIn {
        pairing: PairingId,
        mentee: MemberId,
        mentor: MemberId,
        by: MemberId,
        mood: Mood,
        note: Option<Sealed>,
        at: Timestamp,
    },
}
event_types!(Event { PairingCheckedIn });

/// A rule that says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such pairing for this member, or the other cannot be met any more.
    #[error("there is no such pairing")]
    NotFound,
    /// It does not go on; the same whether or not the mentor declined.
    #[error("this pairing does not go on")]
    NotActive,
}

impl Decider for CheckIn {
    const CATEGORY: &'static str = "check_in";
    type Command = WriteCheckIn;
    type Event = Event;
    /// Whether it was written.
    type State = bool;
    type Refusal = Refusal;

    fn decide(written: &bool, command: &WriteCheckIn) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(*written)
    }

    fn evolve(written: &mut bool, _event: &Event) {
        *written = true;
    }
}
