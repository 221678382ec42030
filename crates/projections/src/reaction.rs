//! Reactions: an event in, commands out, at least once.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use kindred_ids::CommandId;
use uuid::Uuid;

/// Turns commits of one stream into commands.
///
/// A commit may come more than once, and after a lost checkpoint all come again from the
/// first: command ids are made with [`reaction_command_id`], so that a redelivery gets
/// the first receipt.
pub trait Reaction: Send + Sync + 'static {
    /// Its name; frozen once released (command ids derive from it).
    const NAME: &'static str;
    /// The context whose stream it reads.
    const CONTEXT: &'static str;

    /// Whether a commit matters here; others only move the checkpoint.
    fn wants(&self, commit: &RecordedCommit) -> bool {
        let _all = commit;
        true
    }

    /// Reacts to one commit. Commits of one partition come in order.
    fn react(&self, commit: &RecordedCommit) -> impl Future<Output = Result<(), ReactError>> + Send;
}

/// Why a reaction did not get through.
#[derive(Debug, thiserror::Error)]
pub enum ReactError {
    /// Tried again with growing pauses; the partition waits, others go on.
    #[error("react to a commit")]
    Transient(#[source] Box<dyn Error + Send + Sync>),
    /// Never going to work: this commit and all later ones of its entity are parked.
    #[error("event {event} cannot be reacted to: {reason}")]
    Poison {
        /// Index of the event in the commit.
        event: usize,
        /// Why; no personal text.
        reason: String,
    },
}

impl ReactError {
    /// Tried again.
    pub fn transient(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Transient(source.into())
    }

    /// Parked.
    #[must_use]
    pub fn poison(event: usize, reason: impl Into<String>) -> Self {
        Self::Poison { event, reason: reason.into() }
    }
}

/// The id of the command that a reaction makes of an event; `index` tells several
/// commands of one event apart.
#[must_use]
pub fn reaction_command_id(reaction: &str, event: Uuid, index: u32) -> CommandId {
    CommandId::derived(&[b"reaction", reaction.as_bytes(), event.as_bytes(), &index.to_be_bytes()])
}

/// A [`Reaction`] of any type.
#[derive(Clone)]
pub struct DynReaction(pub(crate) Arc<dyn Erased>);

impl DynReaction {
    /// Hides the type.
    pub fn new(reaction: impl Reaction) -> Self {
        Self(Arc::new(reaction))
    }
}

/// The object-safe twin of [`Reaction`].
pub(crate) trait Erased: Send + Sync {
    fn name(&self) -> &'static str;
    fn context(&self) -> &'static str;
    fn wants(&self, commit: &RecordedCommit) -> bool;
    fn react<'a>(&'a self, commit: &'a RecordedCommit) -> BoxFuture<'a, Result<(), ReactError>>;
}

impl<R: Reaction> Erased for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn context(&self) -> &'static str {
        R::CONTEXT
    }

    /// What names a removed commit is the core's own, no event of anybody.
    fn wants(&self, commit: &RecordedCommit) -> bool {
        !commit.is_redaction() && Reaction::wants(self, commit)
    }

    fn react<'a>(&'a self, commit: &'a RecordedCommit) -> BoxFuture<'a, Result<(), ReactError>> {
        Box::pin(Reaction::react(self, commit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reaction_event_or_index_gives_another_command() {
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let id = reaction_command_id("welcome", one, 0);
        assert_eq!(id, reaction_command_id("welcome", one, 0));
        for other in [
            reaction_command_id("fan_out", one, 0),
            reaction_command_id("welcome", two, 0),
            reaction_command_id("welcome", one, 1),
        ] {
            assert_ne!(id, other);
        }
    }
}
