//! Saying how it goes.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::{MemberId, PairingId};

use super::{Event, Mood, Refusal};
use crate::domain::pairing::{Asked, Standing};

/// One of the two says how it goes.
#[derive(Debug, Clone)]
pub struct WriteCheckIn {
    /// Of which pairing.
    pub pairing: PairingId,
    /// Who says so.
    pub by: MemberId,
    /// How it goes.
    pub mood: Mood,
    /// A few words for the other, under the key of the one who writes.
    pub note: Option<Sealed>,
    /// The pairing as its log says; none if there is none.
    pub between: Option<Asked>,
    /// Whether the other can still be met.
    pub reachable: bool,
    /// When.
    pub at: Timestamp,
}
canonical!(WriteCheckIn { pairing, by, mood, note } without { between, reachable, at });

impl WriteCheckIn {
    /// Decides; nothing happens if it was written already.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`] for anybody but the two; [`Refusal::NotActive`].
    pub(super) fn decide(&self, written: bool) -> Result<Decision<Event, Refusal>, Refusal> {
        if written {
            return Ok(Decision::nothing());
        }
        let between = self.between.filter(|between| between.is_known_to(self.by)).ok_or(Refusal::NotFound)?;
        if !matches!(between.standing, Standing::Active { .. }) {
            return Err(Refusal::NotActive);
        }
        if !self.reachable {
            return Err(Refusal::NotFound);
        }
        let Self { pairing, by, mood, note, at, .. } = self.clone();
        let Asked { mentee, mentor, .. } = between;
        Ok(Event::PairingCheckedIn { pairing, mentee, mentor, by, mood, note, at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::CheckIn;
    use crate::domain::samples::{LATER, NOW, checked_in, member, paired, sealed};

    fn write(by: u32) -> WriteCheckIn {
        let between = Asked {
            mentee: member(1),
            mentor: member(2),
            at: NOW,
            round: None,
            standing: Standing::Active { place: 1 },
        };
        WriteCheckIn {
            pairing: paired(),
            by: member(by),
            mood: Mood::NeedsHelp,
            note: Some(sealed(1, 7)),
            between: Some(between),
            reachable: true,
            at: LATER,
        }
    }

    #[test]
    fn either_of_the_two_says_how_it_goes() {
        given::<CheckIn>([]).when(write(1)).then([checked_in(1)]);
        given::<CheckIn>([]).when(write(2)).then([checked_in(2)]);
        given::<CheckIn>([checked_in(1)]).when(write(1)).then_nothing();
    }

    #[test]
    fn nobody_else_does_and_nobody_to_somebody_who_is_gone() {
        for command in
            [write(3), WriteCheckIn { between: None, ..write(1) }, WriteCheckIn { reachable: false, ..write(1) }]
        {
            given::<CheckIn>([]).when(command).then_err(Refusal::NotFound);
        }
    }

    #[test]
    fn only_while_it_goes_on_and_alike_after_a_decline() {
        for standing in [Standing::Open, Standing::Declined, Standing::Withdrawn, Standing::Ended] {
            let between = write(1).between.map(|asked| Asked { standing, ..asked });
            // Somebody who never was paired is told so, whether or not they can be met.
            for reachable in [true, false] {
                let command = WriteCheckIn { between, reachable, ..write(1) };
                given::<CheckIn>([]).when(command).then_err(Refusal::NotActive);
            }
        }
    }
}
