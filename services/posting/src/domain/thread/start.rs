//! Starting a thread.

use kindred_eventsourcing::{Decision, Sealed, Timestamp, canonical};
use kindred_ids::{CommunityId, MemberId, ThreadId};

use super::{Event, Refusal, State};
use crate::domain::Home;

/// Asks to start a thread in a community.
#[derive(Debug, Clone)]
pub struct StartThread {
    /// Its id, derived from the command.
    pub thread: ThreadId,
    /// Where.
    pub community: CommunityId,
    /// Who writes.
    pub author: MemberId,
    /// Its title.
    pub title: Sealed,
    /// Its text as it was typed; tells a resent command from another one.
    pub typed: Sealed,
    /// Its text with each mention standing as a reference.
    pub text: Sealed,
    /// Whom the text mentions.
    pub mentions: Vec<MemberId>,
    /// When.
    pub at: Timestamp,
}
// What a handle stands for may change between two sends of one command.
canonical!(StartThread { community, author, title, typed } without { thread, text, mentions, at });

impl StartThread {
    /// Decides whether the thread may start.
    ///
    /// # Errors
    ///
    /// [`Refusal::AlreadyStarted`] if it was.
    pub fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state {
            State::Unknown => Ok(self.started().into()),
            State::Open(_) | State::Deleted(_) => Err(Refusal::AlreadyStarted),
        }
    }

    fn started(&self) -> Event {
        let home =
            Home { community: self.community, thread: self.thread, author: self.author, author_key: self.text.key() };
        Event::Started {
            home,
            title: self.title.clone(),
            text: self.text.clone(),
            mentions: self.mentions.clone(),
            at: self.at,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use kindred_eventsourcing::RequestHash;
    use kindred_eventsourcing::testing::given;

    use super::super::Command;
    use super::*;
    use crate::domain::Thread;
    use crate::domain::samples::{LATER, NOW, community, home, member, sealed, thread_id};

    /// The thread of member 1, in their words 1 and 2.
    pub fn started() -> Event {
        Event::Started { home: home(1), title: sealed(1, 1), text: sealed(1, 2), mentions: vec![member(3)], at: NOW }
    }

    fn start() -> StartThread {
        StartThread {
            thread: thread_id(1),
            community: community(),
            author: member(1),
            title: sealed(1, 1),
            typed: sealed(1, 9),
            text: sealed(1, 2),
            mentions: vec![member(3)],
            at: NOW,
        }
    }

    #[test]
    fn a_thread_starts_with_its_words() {
        given::<Thread>([]).when(start()).then([started()]);
    }

    #[test]
    fn starting_twice_is_refused() {
        given::<Thread>([started()]).when(start()).then_err(Refusal::AlreadyStarted);
    }

    #[test]
    fn a_resent_command_is_the_same_command_and_other_words_are_another() {
        let hash = |command: StartThread| RequestHash::of(&Command::from(command));
        let again = StartThread { at: LATER, text: sealed(1, 7), mentions: vec![], ..start() };
        assert_eq!(hash(start()), hash(again));
        assert_ne!(hash(start()), hash(StartThread { typed: sealed(1, 8), ..start() }));
        assert_ne!(hash(start()), hash(StartThread { title: sealed(1, 8), ..start() }));
        assert_ne!(hash(start()), hash(StartThread { author: member(2), ..start() }));
    }
}
