//! Decisions: pure functions from state and command to facts.

use crate::{Canonical, DecodeError, Record, ReservationKey};

/// A fact in the past tense.
pub trait DomainEvent {
    /// Its name in the log; frozen once released.
    fn event_type(&self) -> &'static str;
}

/// The rules of one kind of entity: no async, no clock, no randomness, no I/O.
pub trait Decider: 'static {
    /// Its token in subjects; frozen once released.
    const CATEGORY: &'static str;
    /// What may be asked of it.
    type Command: Canonical + Send + Sync;
    /// What may become true of it.
    type Event: DomainEvent + Send + Sync;
    /// What a decision needs to know.
    type State: Default + Clone + Send + Sync + 'static;
    /// Why a command may be turned down.
    type Refusal: Clone + Send + Sync;

    /// Decides what a command makes true.
    ///
    /// # Errors
    ///
    /// The refusal, if the state does not allow it.
    fn decide(
        state: &Self::State,
        command: &Self::Command,
    ) -> Result<Decision<Self::Event, Self::Refusal>, Self::Refusal>;

    /// Takes a fact into the state.
    fn evolve(state: &mut Self::State, event: &Self::Event);
}

/// How an entity's events stand in the log; implemented beside the protobuf types.
pub trait Contract: Decider {
    /// Writes an event in its newest version.
    fn encode(event: &Self::Event) -> Record;

    /// Reads an event of any version ever released.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if type or version is unknown or the bytes do not fit.
    fn decode(record: &Record) -> Result<Self::Event, DecodeError>;
}

/// What an accepted command makes true: events of the entity, and names it takes or frees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<Event, Refusal> {
    /// Facts in order; none means that all is already as asked.
    pub events: Vec<Event>,
    /// Claims and releases that stand or fall with the events.
    pub reservations: Vec<ReservationChange<Refusal>>,
}

/// A change of one unique name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReservationChange<Refusal> {
    /// Takes the name, or refuses with `taken` if another holds it.
    Claim {
        /// The name, as a digest.
        key: ReservationKey,
        /// The answer when another entity holds it.
        taken: Refusal,
    },
    /// Frees the name if this entity holds it.
    Release {
        /// The name, as a digest.
        key: ReservationKey,
    },
}

impl<Event, Refusal> Decision<Event, Refusal> {
    /// Nothing to do: all is already as asked.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { events: Vec::new(), reservations: Vec::new() }
    }

    /// These facts.
    #[must_use]
    pub fn events(events: impl IntoIterator<Item = Event>) -> Self {
        Self { events: events.into_iter().collect(), reservations: Vec::new() }
    }

    /// And this name, taken.
    #[must_use]
    pub fn claiming(mut self, key: ReservationKey, taken: Refusal) -> Self {
        self.reservations.push(ReservationChange::Claim { key, taken });
        self
    }

    /// And this name, freed.
    #[must_use]
    pub fn releasing(mut self, key: ReservationKey) -> Self {
        self.reservations.push(ReservationChange::Release { key });
        self
    }
}

impl<Event, Refusal> From<Event> for Decision<Event, Refusal> {
    fn from(event: Event) -> Self {
        Self::events([event])
    }
}
