//! Changing a comment.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};
use crate::domain::Mark;

/// Asks to change the text; earlier versions stay readable.
#[derive(Debug, Clone)]
pub struct EditComment {
    /// Who asks.
    pub by: MemberId,
    /// The text as it was typed; tells a resent command from another one.
    pub typed: Sealed,
    /// The text from now on, with each mention standing as a reference.
    pub text: Sealed,
    /// Whom the text mentions.
    pub mentions: Vec<MemberId>,
    /// When.
    pub at: Timestamp,
}
canonical!(EditComment { by, typed } without { text, mentions, at });

impl EditComment {
    /// Decides whether the comment may change; nothing happens if the words stay the same.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if there is no comment, it was taken out, or somebody else wrote it.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let open = match state {
            State::Unknown => return Err(Refusal::NotFound),
            State::Deleted(_) => return Err(Refusal::Deleted),
            State::Open(open) => open,
        };
        if open.home.author != self.by {
            return Err(Refusal::NotTheAuthor);
        }
        if open.text == Mark::of(&self.text) {
            return Ok(Decision::nothing());
        }
        let (text, mentions) = (self.text.clone(), self.mentions.clone());
        Ok(Event::Edited { home: open.home, text, mentions, at: self.at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::super::post::tests::posted;
    use super::*;
    use crate::domain::Comment;
    use crate::domain::samples::{LATER, home, member, sealed};

    fn edit(by: u8, text: u8) -> EditComment {
        EditComment {
            by: member(by),
            typed: sealed(2, text),
            text: sealed(2, text),
            mentions: vec![member(4)],
            at: LATER,
        }
    }

    #[test]
    fn the_author_changes_the_words() {
        let edited = Event::Edited { home: home(2), text: sealed(2, 5), mentions: vec![member(4)], at: LATER };
        given::<Comment>([posted()]).when(edit(2, 5)).then([edited]);
    }

    #[test]
    fn the_same_words_change_nothing() {
        given::<Comment>([posted()]).when(edit(2, 3)).then_nothing();
    }

    #[test]
    fn another_member_is_refused_the_author_of_the_thread_too() {
        given::<Comment>([posted()]).when(edit(1, 5)).then_err(Refusal::NotTheAuthor);
    }

    #[test]
    fn what_is_not_there_or_was_taken_out_is_refused() {
        given::<Comment>([]).when(edit(2, 5)).then_err(Refusal::NotFound);
        let deleted = Event::Deleted { home: home(2), by: member(2), reason: None, at: LATER };
        given::<Comment>([posted(), deleted]).when(edit(2, 5)).then_err(Refusal::Deleted);
    }
}
