//! Taking a message out.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks to take the message out; that it was there stays visible, its words do not.
#[derive(Debug, Clone)]
pub struct DeleteMessage {
    /// Who asks.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}
canonical!(DeleteMessage { by } without { at });

impl DeleteMessage {
    /// Decides whether the message may be taken out; nothing happens if it already was.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTheAuthor`] for the one who reads it, [`Refusal::NotFound`] for
    /// everybody else.
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let (State::Written(route) | State::Deleted(route)) = *state else { return Err(Refusal::NotFound) };
        if route.from != self.by {
            return Err(if route.to == self.by { Refusal::NotTheAuthor } else { Refusal::NotFound });
        }
        match state {
            State::Deleted(_) => Ok(Decision::nothing()),
            State::Unknown | State::Written(_) => Ok(Event::MessageDeleted { route, at: self.at }.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::super::write::tests::written;
    use super::*;
    use crate::domain::Message;
    use crate::domain::samples::{LATER, member, route};

    fn delete(by: u8) -> DeleteMessage {
        DeleteMessage { by: member(by), at: LATER }
    }

    fn deleted() -> Event {
        Event::MessageDeleted { route: route(1, 2), at: LATER }
    }

    #[test]
    fn its_author_takes_it_out_once() {
        given::<Message>([written()]).when(delete(1)).then([deleted()]);
        given::<Message>([written(), deleted()]).when(delete(1)).then_nothing();
    }

    #[test]
    fn nobody_else_does_and_only_its_reader_learns_that_it_is_there() {
        given::<Message>([written()]).when(delete(2)).then_err(Refusal::NotTheAuthor);
        given::<Message>([written()]).when(delete(3)).then_err(Refusal::NotFound);
        given::<Message>([]).when(delete(1)).then_err(Refusal::NotFound);
    }
}
