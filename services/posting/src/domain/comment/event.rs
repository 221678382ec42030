//! What may become true of a comment.

use kindred_eventsourcing::{DomainEvent, Sealed, Timestamp};
use kindred_ids::{CommentId, MemberId};

use crate::domain::Home;

/// What a comment answers, and whose words those are: told in the event, so that whoever
/// notifies people need not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// Who started the thread.
    pub thread_author: MemberId,
    /// The comment that is answered, and who wrote it; none for the thread itself.
    pub parent: Option<(CommentId, MemberId)>,
}

/// A fact about one comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A member wrote it.
    Posted {
        /// Where, and whose.
        home: Home,
        /// What it answers.
        answered: Answered,
        /// Its text, under the author's key.
        text: Sealed,
        /// Whom the text mentions.
        mentions: Vec<MemberId>,
        /// When.
        at: Timestamp,
    },
    /// Its author changed it; this is how it stands from now on.
    Edited {
        /// Where, and whose.
        home: Home,
        /// Its text.
        text: Sealed,
        /// Whom the text mentions.
        mentions: Vec<MemberId>,
        /// When.
        at: Timestamp,
    },
    /// Its author or a moderator took it out.
    Deleted {
        /// Where, and whose.
        home: Home,
        /// Who did.
        by: MemberId,
        /// A moderator's reason; none if the author did it.
        reason: Option<Sealed>,
        /// When.
        at: Timestamp,
    },
}

impl DomainEvent for Event {
    fn event_type(&self) -> &'static str {
        match self {
            Self::Posted { .. } => "CommentPosted",
            Self::Edited { .. } => "CommentEdited",
            Self::Deleted { .. } => "CommentDeleted",
        }
    }
}
