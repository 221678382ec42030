//! Posting a comment.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::{CommentId, MemberId, ThreadId};

use super::{Answered, Event, Refusal, State};
use crate::domain::{Home, thread};

/// Asks to reply in a thread.
#[derive(Debug, Clone)]
pub struct PostComment {
    /// Which thread.
    pub thread_id: ThreadId,
    /// The comment that is answered; none for the thread itself.
    pub parent_id: Option<CommentId>,
    /// Who writes.
    pub author: MemberId,
    /// The text as it was typed; tells a resent command from another one.
    pub typed: Sealed,
    /// The text with each mention standing as a reference.
    pub text: Sealed,
    /// Whom the text mentions.
    pub mentions: Vec<MemberId>,
    /// When.
    pub at: Timestamp,
    /// The thread as it stands at the log's leader.
    pub thread: thread::State,
    /// The comment that is answered, likewise; unknown if there is none.
    pub parent: State,
}
canonical!(PostComment { thread_id, parent_id, author, typed } without { text, mentions, at, thread, parent });

impl PostComment {
    /// Decides whether the comment may be posted.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if the thread or the comment that is answered is not there or was
    /// taken out.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if *state != State::Unknown {
            return Err(Refusal::AlreadyPosted);
        }
        let thread = match &self.thread {
            thread::State::Unknown => return Err(Refusal::ThreadNotFound),
            thread::State::Deleted(_) => return Err(Refusal::ThreadDeleted),
            thread::State::Open(open) => &open.home,
        };
        let answered = Answered { thread_author: thread.author, parent: self.answers()? };
        let home = Home { author: self.author, author_key: self.text.key(), ..*thread };
        let (text, mentions) = (self.text.clone(), self.mentions.clone());
        Ok(Event::Posted { home, answered, text, mentions, at: self.at }.into())
    }

    fn answers(&self) -> Result<Option<(CommentId, MemberId)>, Refusal> {
        let Some(id) = self.parent_id else { return Ok(None) };
        match &self.parent {
            State::Open(open) if open.home.thread == self.thread_id => Ok(Some((id, open.home.author))),
            State::Deleted(home) if home.thread == self.thread_id => Err(Refusal::ParentDeleted),
            State::Unknown | State::Open(_) | State::Deleted(_) => Err(Refusal::ParentNotFound),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use kindred_eventsourcing::testing::given;
    use kindred_eventsourcing::{Decider, RequestHash};

    use super::super::Command;
    use super::*;
    use crate::domain::samples::{LATER, NOW, comment_id, home, member, sealed, thread_id};
    use crate::domain::value::Mark;
    use crate::domain::{Comment, Thread};

    /// A comment of member 2, in their word 3, on the thread of member 1.
    pub fn posted() -> Event {
        Event::Posted {
            home: home(2),
            answered: Answered { thread_author: member(1), parent: None },
            text: sealed(2, 3),
            mentions: vec![],
            at: NOW,
        }
    }

    fn thread() -> thread::State {
        thread::State::Open(thread::Open {
            home: home(1),
            title: Mark::of(&sealed(1, 1)),
            text: Mark::of(&sealed(1, 2)),
            mentions: vec![],
        })
    }

    fn post() -> PostComment {
        PostComment {
            thread_id: thread_id(1),
            parent_id: None,
            author: member(2),
            typed: sealed(2, 3),
            text: sealed(2, 3),
            mentions: vec![],
            at: NOW,
            thread: thread(),
            parent: State::Unknown,
        }
    }

    fn folded(events: &[Event]) -> State {
        let mut state = State::default();
        for event in events {
            Comment::evolve(&mut state, event);
        }
        state
    }

    #[test]
    fn a_comment_is_posted_where_its_thread_is() {
        given::<Comment>([]).when(post()).then([posted()]);
    }

    #[test]
    fn an_answer_names_whom_it_answers() {
        let command =
            PostComment { parent_id: Some(comment_id(1)), parent: folded(&[posted()]), author: member(3), ..post() };
        let answered = Answered { thread_author: member(1), parent: Some((comment_id(1), member(2))) };
        let home = Home { author: member(3), ..home(2) };
        let answer = Event::Posted { home, answered, text: sealed(2, 3), mentions: vec![], at: NOW };
        given::<Comment>([]).when(command).then([answer]);
    }

    #[test]
    fn a_thread_that_is_not_there_or_was_taken_out_takes_no_reply() {
        let unknown = PostComment { thread: thread::State::Unknown, ..post() };
        given::<Comment>([]).when(unknown).then_err(Refusal::ThreadNotFound);
        let mut deleted = thread();
        Thread::evolve(&mut deleted, &thread::Event::Deleted { home: home(1), by: member(1), reason: None, at: NOW });
        given::<Comment>([]).when(PostComment { thread: deleted, ..post() }).then_err(Refusal::ThreadDeleted);
    }

    #[test]
    fn an_answer_needs_its_parent_in_the_same_thread() {
        let to = |parent| PostComment { parent_id: Some(comment_id(1)), parent, ..post() };
        given::<Comment>([]).when(to(State::Unknown)).then_err(Refusal::ParentNotFound);
        let deleted = Event::Deleted { home: home(2), by: member(2), reason: None, at: NOW };
        given::<Comment>([]).when(to(folded(&[posted(), deleted]))).then_err(Refusal::ParentDeleted);
        let elsewhere = Home { thread: thread_id(7), ..home(2) };
        for state in [
            State::Open(Open { home: elsewhere, text: Mark::of(&sealed(2, 3)), mentions: vec![] }),
            State::Deleted(elsewhere),
        ] {
            given::<Comment>([]).when(to(state)).then_err(Refusal::ParentNotFound);
        }
    }

    #[test]
    fn posting_twice_is_refused() {
        given::<Comment>([posted()]).when(post()).then_err(Refusal::AlreadyPosted);
    }

    #[test]
    fn what_is_known_of_others_does_not_make_another_command() {
        let hash = |command: PostComment| RequestHash::of(&Command::from(command));
        let later = PostComment { thread: thread::State::Unknown, at: LATER, text: sealed(2, 8), ..post() };
        assert_eq!(hash(post()), hash(later));
        assert_ne!(hash(post()), hash(PostComment { typed: sealed(2, 4), ..post() }));
        assert_ne!(hash(post()), hash(PostComment { parent_id: Some(comment_id(1)), ..post() }));
    }

    use super::super::Open;
}
