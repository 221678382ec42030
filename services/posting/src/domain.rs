//! The rules of conversations as pure functions over events.
//!
//! # Invariants
//!
//! * Nothing here performs I/O, reads a clock or draws randomness: moments, ids and sealed
//!   texts are passed in, so a replay always yields the same state.
//! * A post is written once, changed only by its author, and taken out once; a message
//!   stays as it was written until its author takes it out.
//! * A pair of members has one conversation, whoever of them opens it.
//! * What a rule needs to know of another entity is handed in as part of the command, so
//!   that a resent command is recognized before any rule is asked.
//! * Texts are sealed before they get here; rules compare them and never read them.

pub mod comment;
pub mod conversation;
pub mod message;
pub mod reaction;
#[cfg(test)]
pub(crate) mod samples;
pub mod thread;
pub mod value;

pub use comment::Comment;
pub use conversation::Conversation;
pub use message::Message;
pub use reaction::Reaction;
pub use thread::Thread;
pub use value::{Home, Mark, Pair, ReactionKind, Route, Target};
