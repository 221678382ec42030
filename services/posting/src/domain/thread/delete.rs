//! Taking a thread out.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks to take the thread out; its replies stay in the log and are no longer shown.
#[derive(Debug, Clone)]
pub struct DeleteThread {
    /// Who asks.
    pub by: MemberId,
    /// Whether they moderate the community, as membership says.
    pub moderates: bool,
    /// Why, if they are not the author; under the author's key.
    pub reason: Option<Sealed>,
    /// Whether the author was erased, so that there is no key for a reason, nobody to
    /// read it, and no word left to take out.
    pub author_erased: bool,
    /// When.
    pub at: Timestamp,
}
canonical!(DeleteThread { by, reason } without { moderates, author_erased, at });

impl DeleteThread {
    /// Decides whether the thread may be taken out; nothing happens if it already was.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if there is no thread, the one who asks neither wrote it nor moderates
    /// the community, or a moderator gives no reason.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let home = *state.home().ok_or(Refusal::NotFound)?;
        let own = home.author == self.by;
        if !own && !self.moderates {
            return Err(Refusal::NotTheAuthor);
        }
        if matches!(state, State::Deleted(_)) {
            return Ok(Decision::nothing());
        }
        if own {
            return Ok(Event::Deleted { home, by: self.by, reason: None, at: self.at }.into());
        }
        if self.reason.is_none() && !self.author_erased {
            return Err(Refusal::ReasonMissing);
        }
        Ok(Event::Deleted { home, by: self.by, reason: self.reason.clone(), at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::super::start::tests::started;
    use super::*;
    use crate::domain::Thread;
    use crate::domain::samples::{LATER, home, member, sealed};

    fn delete(by: u8, moderates: bool, reason: Option<u8>) -> DeleteThread {
        DeleteThread {
            by: member(by),
            moderates,
            reason: reason.map(|text| sealed(1, text)),
            author_erased: false,
            at: LATER,
        }
    }

    #[test]
    fn the_author_needs_no_reason() {
        let deleted = Event::Deleted { home: home(1), by: member(1), reason: None, at: LATER };
        given::<Thread>([started()]).when(delete(1, false, None)).then([deleted]);
    }

    #[test]
    fn a_moderator_gives_a_reason() {
        let deleted = Event::Deleted { home: home(1), by: member(2), reason: Some(sealed(1, 6)), at: LATER };
        given::<Thread>([started()]).when(delete(2, true, Some(6))).then([deleted]);
        given::<Thread>([started()]).when(delete(2, true, None)).then_err(Refusal::ReasonMissing);
    }

    #[test]
    fn what_an_erased_author_left_goes_without_a_reason() {
        let deleted = Event::Deleted { home: home(1), by: member(2), reason: None, at: LATER };
        let delete = DeleteThread { author_erased: true, ..delete(2, true, None) };
        given::<Thread>([started()]).when(delete).then([deleted]);
    }

    #[test]
    fn anybody_else_is_refused_also_with_a_reason() {
        given::<Thread>([started()]).when(delete(2, false, Some(6))).then_err(Refusal::NotTheAuthor);
    }

    #[test]
    fn taking_out_twice_changes_nothing() {
        let deleted = Event::Deleted { home: home(1), by: member(1), reason: None, at: LATER };
        given::<Thread>([started(), deleted]).when(delete(1, false, None)).then_nothing();
    }

    #[test]
    fn a_thread_that_is_not_there_is_refused() {
        given::<Thread>([]).when(delete(1, true, Some(6))).then_err(Refusal::NotFound);
    }
}
