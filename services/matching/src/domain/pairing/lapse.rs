//! Letting what a round asked run out.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::RoundId;

use super::{Event, Refusal, State};

/// What a round asked is open no longer: nobody answered in time, or the mentee does not
/// wait any more.
#[derive(Debug, Clone)]
pub struct LapseProposal {
    /// Which round asked.
    pub round: RoundId,
    /// When.
    pub at: Timestamp,
}
canonical!(LapseProposal { round } without { at });

impl LapseProposal {
    /// Decides; nothing happens if this round asked nothing, or it was answered.
    ///
    /// # Errors
    ///
    /// None.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let open = state.asked().filter(|asked| asked.is_open_by(self.round));
        Ok(open.map_or_else(Decision::nothing, |asked| {
            Event::PairingLapsed { mentee: asked.mentee, mentor: asked.mentor, at: self.at }.into()
        }))
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Pairing;
    use crate::domain::samples::{
        LATER, NOW, pairing_accepted, pairing_declined, pairing_lapsed, pairing_proposed, pairing_requested, round,
    };

    #[test]
    fn only_what_this_round_asked_and_nobody_answered_lapses() {
        let lapse = || LapseProposal { round: round(1), at: LATER };
        given::<Pairing>([pairing_proposed(NOW)]).when(lapse()).then([pairing_lapsed()]);
        let other = LapseProposal { round: round(2), ..lapse() };
        given::<Pairing>([pairing_proposed(NOW)]).when(other).then_nothing();
        given::<Pairing>([]).when(lapse()).then_nothing();
        given::<Pairing>([pairing_requested(NOW)]).when(lapse()).then_nothing();
        given::<Pairing>([pairing_proposed(NOW), pairing_requested(LATER)]).when(lapse()).then_nothing();
        for answered in [pairing_accepted(1), pairing_declined(), pairing_lapsed()] {
            given::<Pairing>([pairing_proposed(NOW), answered]).when(lapse()).then_nothing();
        }
    }
}
