//! Taking a comment out.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};

/// Asks to take the comment out; that it was there stays visible, its words do not.
#[derive(Debug, Clone)]
pub struct DeleteComment {
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
canonical!(DeleteComment { by, reason } without { moderates, author_erased, at });

impl DeleteComment {
    /// Decides whether the comment may be taken out; nothing happens if it already was.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if there is no comment, the one who asks neither wrote it nor moderates
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

    use super::super::post::tests::posted;
    use super::*;
    use crate::domain::Comment;
    use crate::domain::samples::{LATER, home, member, sealed};

    fn delete(by: u8, moderates: bool, reason: Option<u8>) -> DeleteComment {
        DeleteComment {
            by: member(by),
            moderates,
            reason: reason.map(|text| sealed(2, text)),
            author_erased: false,
            at: LATER,
        }
    }

    fn deleted(by: u8, reason: Option<u8>) -> Event {
        Event::Deleted { home: home(2), by: member(by), reason: reason.map(|text| sealed(2, text)), at: LATER }
    }

    #[test]
    fn the_author_needs_no_reason_and_gives_none() {
        given::<Comment>([posted()]).when(delete(2, false, None)).then([deleted(2, None)]);
        given::<Comment>([posted()]).when(delete(2, true, Some(6))).then([deleted(2, None)]);
    }

    #[test]
    fn a_moderator_gives_a_reason() {
        given::<Comment>([posted()]).when(delete(5, true, Some(6))).then([deleted(5, Some(6))]);
        given::<Comment>([posted()]).when(delete(5, true, None)).then_err(Refusal::ReasonMissing);
    }

    #[test]
    fn what_an_erased_author_left_goes_without_a_reason() {
        let delete = DeleteComment { author_erased: true, ..delete(5, true, None) };
        given::<Comment>([posted()]).when(delete).then([deleted(5, None)]);
    }

    #[test]
    fn anybody_else_is_refused_the_author_of_the_thread_too() {
        given::<Comment>([posted()]).when(delete(1, false, Some(6))).then_err(Refusal::NotTheAuthor);
    }

    #[test]
    fn taking_out_twice_changes_nothing() {
        given::<Comment>([posted(), deleted(2, None)]).when(delete(5, true, None)).then_nothing();
    }

    #[test]
    fn a_comment_that_is_not_there_is_refused() {
        given::<Comment>([]).when(delete(2, true, Some(6))).then_err(Refusal::NotFound);
    }
}
