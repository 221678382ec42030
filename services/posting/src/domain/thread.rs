//! A thread: the post that starts a conversation, with its title.

mod delete;
mod edit;
mod event;
mod refusal;
mod start;

use kindred_eventsourcing::{Decider, Decision, commands};
use kindred_ids::MemberId;

use super::{Home, Mark};
pub use delete::DeleteThread;
pub use edit::EditThread;
pub use event::Event;
pub use refusal::Refusal;
pub use start::StartThread;

/// The rules of threads.
#[derive(Debug)]
pub struct Thread;

/// What the rules know of a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Never started.
    #[default]
    Unknown,
    /// Readable, and open for replies.
    Open(Open),
    /// Taken out.
    Deleted(Home),
}

/// A thread that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Where, and whose.
    pub home: Home,
    /// Its title.
    pub title: Mark,
    /// Its text.
    pub text: Mark,
    /// Whom the text mentions.
    pub mentions: Vec<MemberId>,
}

impl State {
    /// Where the thread stands and whose it is, once it was started.
    #[must_use]
    pub const fn home(&self) -> Option<&Home> {
        match self {
            Self::Unknown => None,
            Self::Open(open) => Some(&open.home),
            Self::Deleted(home) => Some(home),
        }
    }

    /// Whom its text mentions now.
    #[must_use]
    pub fn mentions(&self) -> &[MemberId] {
        match self {
            Self::Open(open) => &open.mentions,
            Self::Unknown | Self::Deleted(_) => &[],
        }
    }
}

commands! {
    /// What may be asked of a thread.
    pub enum Command { StartThread, EditThread, DeleteThread } for State => Event, Refusal
}

impl Decider for Thread {
    const CATEGORY: &'static str = "thread";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match (event, &mut *state) {
            (Event::Started { home, title, text, mentions, .. }, _) => {
                *state = State::Open(Open {
                    home: *home,
                    title: Mark::of(title),
                    text: Mark::of(text),
                    mentions: mentions.clone(),
                });
            }
            (Event::Edited { title, text, mentions, .. }, State::Open(open)) => {
                if let Some(title) = title {
                    open.title = Mark::of(title);
                }
                open.text = Mark::of(text);
                open.mentions.clone_from(mentions);
            }
            (Event::Deleted { .. }, State::Open(open)) => *state = State::Deleted(open.home),
            // The rules write neither of them for a thread that is not open.
            (Event::Edited { .. } | Event::Deleted { .. }, State::Unknown | State::Deleted(_)) => {}
        }
    }
}
