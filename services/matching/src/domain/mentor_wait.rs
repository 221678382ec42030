//! A member's wish for a mentor, whoever it may be. There is one entity for each member,
//! ordered by the member: a wish is theirs, knows no second person until a round finds one,
//! and asked twice is still one.
//!
//! # Invariants
//!
//! * Who waits does so since they asked, whatever rounds proposed meanwhile.
//! * Of what a round proposed, and what became of it, the member is told nothing but a yes.

mod begin;
mod event;
mod fulfill;
mod propose;
mod refusal;
mod resume;
mod stop;

use kindred_eventsourcing::{Decider, Decision, Timestamp, commands};
use kindred_ids::{EntityId, MemberId, MentorWaitId, RoundId, TenantSlug};

pub use begin::WaitForMentor;
pub use event::Event;
pub use fulfill::FulfillWait;
pub use propose::ProposeMentor;
pub use refusal::Refusal;
pub use resume::ResumeWait;
pub use stop::StopWaiting;

use super::discretion::{Discreet, Versions};

/// The rules of waiting for a mentor.
#[derive(Debug)]
pub struct MentorWait;

/// The wish of a member; ordered by them.
#[must_use]
pub fn mentor_wait_id(tenant: &TenantSlug, member: MemberId) -> MentorWaitId {
    MentorWaitId(EntityId::keyed(tenant.as_str(), MentorWait::CATEGORY, &[member.0.as_bytes()], member.0))
}

/// Whom a round asked in the member's name, and whose answer is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed {
    /// Who was asked.
    pub mentor: MemberId,
    /// By which round.
    pub round: RoundId,
}

/// A wish that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Whose.
    pub member: MemberId,
    /// Since when.
    pub since: Timestamp,
    /// What is open; none while they wait for a round.
    pub proposed: Option<Proposed>,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State {
    wait: Option<Wait>,
    versions: Versions,
}

impl State {
    /// The wish; none if the member does not wait.
    #[must_use]
    pub const fn wait(&self) -> Option<&Wait> {
        self.wait.as_ref()
    }

    /// Whether this is what is open.
    #[must_use]
    pub fn is_proposed(&self, proposed: Proposed) -> bool {
        self.wait().is_some_and(|wait| wait.proposed == Some(proposed))
    }
}

impl Discreet for State {
    fn versions(&self) -> &Versions {
        &self.versions
    }
}

commands! {
    /// What may be asked of a wish.
    pub enum Command { WaitForMentor, StopWaiting, ProposeMentor, ResumeWait, FulfillWait }
    for State => Event, Refusal
}

impl Decider for MentorWait {
    const CATEGORY: &'static str = "mentor_wait";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        state.versions.advance(matches!(event, Event::MentorProposed { .. } | Event::MentorWaitResumed { .. }));
        match event {
            Event::MentorWaitBegan { member, at } => {
                state.wait = Some(Wait { member: *member, since: *at, proposed: None });
            }
            Event::MentorProposed { mentor, round, .. } => {
                let proposed = Some(Proposed { mentor: *mentor, round: *round });
                state.wait = state.wait.map(|wait| Wait { proposed, ..wait });
            }
            Event::MentorWaitResumed { .. } => state.wait = state.wait.map(|wait| Wait { proposed: None, ..wait }),
            Event::MentorWaitStopped { .. } | Event::MentorWaitFulfilled { .. } => state.wait = None,
        }
    }
}

#[cfg(test)]
mod tests;
