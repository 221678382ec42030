//! A comment: a reply in a thread, to the thread itself or to another reply.

mod delete;
mod edit;
mod event;
mod post;
mod refusal;

use kindred_eventsourcing::{Decider, Decision, commands};
use kindred_ids::MemberId;

use super::{Home, Mark};
pub use delete::DeleteComment;
pub use edit::EditComment;
pub use event::{Answered, Event};
pub use post::PostComment;
pub use refusal::Refusal;

/// The rules of comments.
#[derive(Debug)]
pub struct Comment;

/// What the rules know of a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Never posted.
    #[default]
    Unknown,
    /// Readable, and open for replies.
    Open(Open),
    /// Taken out.
    Deleted(Home),
}

/// A comment that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Where, and whose.
    pub home: Home,
    /// Its text.
    pub text: Mark,
    /// Whom the text mentions.
    pub mentions: Vec<MemberId>,
}

impl State {
    /// Where the comment stands and whose it is, once it was posted.
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
    /// What may be asked of a comment.
    pub enum Command { PostComment, EditComment, DeleteComment } for State => Event, Refusal
}

impl Decider for Comment {
    const CATEGORY: &'static str = "comment";
    type Command = Command;
    type Event = Event;
    type State = State;
    type Refusal = Refusal;

    fn decide(state: &State, command: &Command) -> Result<Decision<Event, Refusal>, Refusal> {
        command.decide(state)
    }

    fn evolve(state: &mut State, event: &Event) {
        match (event, &mut *state) {
            (Event::Posted { home, text, mentions, .. }, _) => {
                *state = State::Open(Open { home: *home, text: Mark::of(text), mentions: mentions.clone() });
            }
            (Event::Edited { text, mentions, .. }, State::Open(open)) => {
                open.text = Mark::of(text);
                open.mentions.clone_from(mentions);
            }
            (Event::Deleted { .. }, State::Open(open)) => *state = State::Deleted(open.home),
            // The rules write neither of them for a comment that is not open.
            (Event::Edited { .. } | Event::Deleted { .. }, State::Unknown | State::Deleted(_)) => {}
        }
    }
}
