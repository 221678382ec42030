//! A mentor: a member who offers to help others, as many at once as they say. There is one
//! entity for each member, ordered by the member.

mod capacity;
mod change_capacity;
mod confirm_training;
mod enrol;
mod event;
mod leave;
mod pause;
mod refusal;

use kindred_eventsourcing::{Decider, Decision, Sealed, commands};
use kindred_ids::{EntityId, MemberId, MentorId, TenantSlug};

pub use capacity::{Capacity, MOST};
pub use change_capacity::ChangeCapacity;
pub use confirm_training::ConfirmTraining;
pub use enrol::EnrolMentor;
pub use event::Event;
pub use leave::LeaveMentoring;
pub use pause::PauseMentoring;
pub use refusal::Refusal;

/// The rules of a mentor's offer.
#[derive(Debug)]
pub struct Mentor;

/// The offer of a member; ordered by them.
#[must_use]
pub fn mentor_id(tenant: &TenantSlug, member: MemberId) -> MentorId {
    MentorId(EntityId::keyed(tenant.as_str(), Mentor::CATEGORY, &[member.0.as_bytes()], member.0))
}

/// An offer that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Whose.
    pub member: MemberId,
    /// What they can help with, under their key.
    pub about: Sealed,
    /// How many at once.
    pub capacity: Capacity,
    /// Whether staff confirmed that they are trained.
    pub trained: bool,
    /// Whether they take nobody new for now.
    pub paused: bool,
}

/// What a decision needs to know.
#[derive(Debug, Clone, Default)]
pub struct State(Option<Offer>);

impl State {
    /// The offer; none if the member is no mentor, or no longer.
    #[must_use]
    pub const fn offer(&self) -> Option<&Offer> {
        self.0.as_ref()
    }

    fn enrolled(&self) -> Result<&Offer, Refusal> {
        self.offer().ok_or(Refusal::NotEnrolled)
    }
}

commands! {
    /// What may be asked of a mentor's offer.
    pub enum Command { EnrolMentor, ChangeCapacity, PauseMentoring, LeaveMentoring, ConfirmTraining }
    for State => Event, Refusal
}

impl Decider for Mentor {
    const CATEGORY: &'static str = "mentor";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match (&mut state.0, event) {
            (Some(offer), Event::MentorEnrolled { about, capacity, .. }) => {
                (offer.about, offer.capacity) = (about.clone(), *capacity);
            }
            (none, Event::MentorEnrolled { member, about, capacity, .. }) => {
                let (member, about, capacity) = (*member, about.clone(), *capacity);
                *none = Some(Offer { member, about, capacity, trained: false, paused: false });
            }
            (offer, Event::MentorLeft { .. }) => *offer = None,
            (Some(offer), Event::MentorTrained { .. }) => offer.trained = true,
            (Some(offer), Event::MentorCapacityChanged { capacity, .. }) => offer.capacity = *capacity,
            (Some(offer), Event::MentorPaused { .. }) => offer.paused = true,
            (Some(offer), Event::MentorResumed { .. }) => offer.paused = false,
            (
                None,
                Event::MentorTrained { .. }
                | Event::MentorCapacityChanged { .. }
                | Event::MentorPaused { .. }
                | Event::MentorResumed { .. },
            ) => {}
        }
    }
}
