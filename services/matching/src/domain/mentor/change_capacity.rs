//! Taking more or fewer people.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{Capacity, Event, Refusal, State};

/// The mentor takes this many at once from now on; nobody is sent away.
#[derive(Debug, Clone)]
pub struct ChangeCapacity {
    /// How many at once.
    pub capacity: Capacity,
    /// When.
    pub at: Timestamp,
}
canonical!(ChangeCapacity { capacity } without { at });

impl ChangeCapacity {
    /// Decides; nothing happens if it is so already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotEnrolled`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let offer = state.enrolled()?;
        if offer.capacity == self.capacity {
            return Ok(Decision::nothing());
        }
        Ok(Event::MentorCapacityChanged { member: offer.member, capacity: self.capacity, at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Mentor;
    use crate::domain::samples::{LATER, enrolled, member, places};

    #[test]
    fn a_mentor_takes_more_or_fewer() {
        let change = |count| ChangeCapacity { capacity: places(count), at: LATER };
        let changed = Event::MentorCapacityChanged { member: member(2), capacity: places(5), at: LATER };
        given::<Mentor>([enrolled(2)]).when(change(5)).then([changed]);
        given::<Mentor>([enrolled(2)]).when(change(2)).then_nothing();
        given::<Mentor>([]).when(change(5)).then_err(Refusal::NotEnrolled);
    }
}
