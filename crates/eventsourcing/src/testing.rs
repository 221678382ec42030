//! Given events, when a command, then events or a refusal.

use std::fmt::Debug;

use crate::{Decider, Decision};

/// A decider with a past.
pub struct Given<D: Decider> {
    state: D::State,
}

/// Starts with what has happened.
#[must_use]
pub fn given<D: Decider>(events: impl IntoIterator<Item = D::Event>) -> Given<D> {
    let mut state = D::State::default();
    for event in events {
        D::evolve(&mut state, &event);
    }
    Given { state }
}

/// What a command led to.
pub struct Outcome<D: Decider>(Result<Decision<D::Event, D::Refusal>, D::Refusal>);

impl<D: Decider> Given<D> {
    /// Sends a command.
    #[must_use]
    pub fn when(self, command: impl Into<D::Command>) -> Outcome<D> {
        Outcome(D::decide(&self.state, &command.into()))
    }
}

impl<D: Decider> Outcome<D>
where
    D::Event: Debug + PartialEq,
    D::Refusal: Debug + PartialEq,
{
    /// Exactly these events.
    #[track_caller]
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) -> Decision<D::Event, D::Refusal> {
        let decision = self.0.unwrap_or_else(|refusal| panic!("refused: {refusal:?}"));
        assert_eq!(decision.events, events.into_iter().collect::<Vec<_>>());
        decision
    }

    /// Nothing to do.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then([]);
    }

    /// This refusal.
    #[track_caller]
    pub fn then_err(self, refusal: D::Refusal) {
        match self.0 {
            Err(found) => assert_eq!(found, refusal),
            Ok(decision) => panic!("accepted: {:?}", decision.events),
        }
    }
}
