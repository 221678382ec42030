//! Changing a thread.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::MemberId;

use super::{Event, Refusal, State};
use crate::domain::Mark;

/// Asks to change title and text; earlier versions stay readable.
#[derive(Debug, Clone)]
pub struct EditThread {
    /// Who asks.
    pub by: MemberId,
    /// The title from now on; none to keep it.
    pub title: Option<Sealed>,
    /// The text as it was typed; tells a resent command from another one.
    pub typed: Sealed,
    /// The text from now on, with each mention standing as a reference.
    pub text: Sealed,
    /// Whom the text mentions.
    pub mentions: Vec<MemberId>,
    /// When.
    pub at: Timestamp,
}
canonical!(EditThread { by, title, typed } without { text, mentions, at });

impl EditThread {
    /// Decides whether the thread may change; nothing happens if the words stay the same.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if there is no thread, it was taken out, or somebody else wrote it.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let open = match state {
            State::Unknown => return Err(Refusal::NotFound),
            State::Deleted(_) => return Err(Refusal::Deleted),
            State::Open(open) => open,
        };
        if open.home.author != self.by {
            return Err(Refusal::NotTheAuthor);
        }
        let title = self.title.clone().filter(|title| open.title != Mark::of(title));
        if title.is_none() && open.text == Mark::of(&self.text) {
            return Ok(Decision::nothing());
        }
        Ok(Event::Edited {
            home: open.home,
            title,
            text: self.text.clone(),
            mentions: self.mentions.clone(),
            at: self.at,
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::super::start::tests::started;
    use super::*;
    use crate::domain::Thread;
    use crate::domain::samples::{LATER, home, member, sealed};

    fn edit(by: u8, title: Option<u8>, text: u8) -> EditThread {
        EditThread {
            by: member(by),
            title: title.map(|title| sealed(1, title)),
            typed: sealed(1, text),
            text: sealed(1, text),
            mentions: vec![],
            at: LATER,
        }
    }

    fn deleted() -> Event {
        Event::Deleted { home: home(1), by: member(1), reason: None, at: LATER }
    }

    #[test]
    fn the_author_changes_the_words() {
        let edited = Event::Edited { home: home(1), title: None, text: sealed(1, 5), mentions: vec![], at: LATER };
        given::<Thread>([started()]).when(edit(1, Some(1), 5)).then([edited]);
    }

    #[test]
    fn a_new_title_stands_in_the_event_and_the_old_one_does_not() {
        let titled =
            Event::Edited { home: home(1), title: Some(sealed(1, 7)), text: sealed(1, 2), mentions: vec![], at: LATER };
        given::<Thread>([started()]).when(edit(1, Some(7), 2)).then([titled.clone()]);
        given::<Thread>([started(), titled]).when(edit(1, Some(7), 2)).then_nothing();
    }

    #[test]
    fn the_same_words_change_nothing() {
        given::<Thread>([started()]).when(edit(1, Some(1), 2)).then_nothing();
        given::<Thread>([started()]).when(edit(1, None, 2)).then_nothing();
    }

    #[test]
    fn going_back_to_the_first_words_is_a_change() {
        let edited = Event::Edited { home: home(1), title: None, text: sealed(1, 5), mentions: vec![], at: LATER };
        let back = Event::Edited { home: home(1), title: None, text: sealed(1, 2), mentions: vec![], at: LATER };
        given::<Thread>([started(), edited]).when(edit(1, Some(1), 2)).then([back]);
    }

    #[test]
    fn another_member_is_refused() {
        given::<Thread>([started()]).when(edit(2, None, 5)).then_err(Refusal::NotTheAuthor);
    }

    #[test]
    fn what_is_not_there_or_was_taken_out_is_refused() {
        given::<Thread>([]).when(edit(1, Some(1), 5)).then_err(Refusal::NotFound);
        given::<Thread>([started(), deleted()]).when(edit(1, Some(1), 5)).then_err(Refusal::Deleted);
    }
}
