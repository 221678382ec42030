//! Begins a member's erasure.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Event, Refusal, Standing, State};

/// Asks that everything the member wrote become unreadable, for ever. Frees their
/// address and pseudonym in the same commit.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Erase {
    pub at: Timestamp,
}
canonical!(Erase {} without { at });

impl Erase {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.standing == Standing::Erased {
            return Ok(Decision::nothing());
        }
        let registration = state.registration.as_ref().ok_or(Refusal::Unknown)?;
        let erased = Decision::from(Event::MemberErased { key: registration.key, at: self.at });
        Ok(registration.reservations().into_iter().fold(erased, Decision::releasing))
    }
}
