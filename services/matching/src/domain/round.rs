//! A round: those who wait are brought together with mentors who have a place. Each round is
//! an entity of its own, as a tenant has them without end; it is ordered by the tenant.
//!
//! # Invariants
//!
//! * What a round proposes holds once it has finished, all of it at once: parts of an
//!   attempt that never finished are given up.
//! * A round finishes at most once.

mod event;
mod propose;
mod refusal;
mod start;

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decider, Decision, commands};
use kindred_ids::{CommandId, EntityId, MemberId, Partition, RoundId, TenantSlug};

pub use event::Event;
pub use propose::{MOST_PROPOSALS, ProposeMentors};
pub use refusal::Refusal;
pub use start::StartRound;

/// The rules of rounds.
#[derive(Debug)]
pub struct Round;

/// The round that a command starts; ordered by the tenant.
#[must_use]
pub fn round_id(tenant: &TenantSlug, command: CommandId) -> RoundId {
    let home = Partition::of(tenant.as_str(), tenant.as_str());
    RoundId(EntityId::placed(tenant.as_str(), Round::CATEGORY, &[command.as_uuid().as_bytes()], home))
}

/// How a round chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As many as can be, and of all such ways the one that suits best in all.
    Cheapest,
    /// So that no two would both rather have each other.
    Stable,
}

impl Canonical for Mode {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let name = match self {
            Self::Cheapest => "cheapest",
            Self::Stable => "stable",
        };
        name.canonical(writer);
    }
}

/// Whom a round asks in whose name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Who waits.
    pub mentee: MemberId,
    /// Who is asked.
    pub mentor: MemberId,
    /// What the two share; 0 if nothing is known.
    pub score: u32,
}

impl Canonical for Proposal {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.field("mentee", &self.mentee);
        writer.field("mentor", &self.mentor);
        writer.field("score", &self.score);
    }
}

/// What a round began from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// How many waited.
    pub waiting: u32,
    /// How many mentors had a place.
    pub mentors: u32,
    /// How many places.
    pub places: u32,
    /// How long whoever waited longest had been waiting.
    pub longest_wait_millis: u64,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    mode: Option<Mode>,
    attempt: u32,
    /// How many parts of the attempt there are.
    parts: u32,
    proposals: Vec<Proposal>,
    finished: bool,
}

impl State {
    /// How it chooses; none if it was not started.
    #[must_use]
    pub const fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// The number of the attempt that comes next.
    #[must_use]
    pub const fn next_attempt(&self) -> u32 {
        self.attempt + 1
    }

    /// What it proposes; none while it has not finished.
    #[must_use]
    pub fn outcome(&self) -> Option<&[Proposal]> {
        self.finished.then_some(&self.proposals)
    }
}

commands! {
    /// What may be asked of a round.
    pub enum Command { StartRound, ProposeMentors } for State => Event, Refusal
}

impl Decider for Round {
    const CATEGORY: &'static str = "round";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match event {
            Event::MentorRoundStarted { mode, .. } => state.mode = Some(*mode),
            Event::MentorsProposed { attempt, part, proposals, .. } => {
                if *part == 0 {
                    state.proposals.clear();
                }
                (state.attempt, state.parts) = (*attempt, part + 1);
                state.proposals.extend(proposals);
            }
            Event::MentorRoundFinished { attempt, .. } => {
                if *attempt != state.attempt {
                    state.proposals.clear();
                }
                state.finished = true;
            }
        }
    }
}
