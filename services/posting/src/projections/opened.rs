//! What the two projections share: decoding an entity's events and opening their words.

use kindred_eventsourcing::{Contract, KeyId, RecordedCommit, Sealed};
use kindred_ids::{EntityId, MemberId, TenantSlug};
use kindred_projections::{Aad, ApplyError, Batch, BatchEvent, Opened};

use crate::domain::{Comment, Thread, comment, thread};

/// An event of a post.
pub(super) enum PostEvent {
    Thread(thread::Event),
    Comment(comment::Event),
}

/// Reads an event of a thread or a comment; none of another entity.
pub(super) fn post_event(event: &BatchEvent<'_>) -> Result<Option<PostEvent>, ApplyError> {
    let read = match event.commit.key.category() {
        "thread" => Thread::decode(event.record).map(PostEvent::Thread),
        "comment" => Comment::decode(event.record).map(PostEvent::Comment),
        _ => return Ok(None),
    };
    read.map(Some).map_err(|error| event.undecodable(&error))
}

/// Whose entity an event is: tenant and id.
pub(super) fn owner<'a>(event: &BatchEvent<'a>) -> Result<(&'a TenantSlug, EntityId), ApplyError> {
    let key = &event.commit.key;
    let found = key.scope().tenant().zip(key.id());
    found.ok_or_else(|| event.poison("a post outside any tenant"))
}

/// The text of a sealed field; none if its owner was erased.
pub(super) fn text(
    batch: &Batch<'_>,
    event: &BatchEvent<'_>,
    sealed: &Sealed,
    member: MemberId,
    field: &str,
) -> Result<Option<String>, ApplyError> {
    let place = Aad::of_commit(event.commit, member, field).ok_or_else(|| event.poison("words outside any tenant"))?;
    match batch.keys.open(sealed, &place).map_err(|error| event.broken_seal(&error))? {
        Opened::Text(text) => Ok(Some(text.to_string())),
        Opened::Redacted => Ok(None),
    }
}

/// The keys of all posts in these commits: each event names its author's.
pub(super) fn author_keys(commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
    let mut keys = Vec::with_capacity(commits.len());
    for commit in commits {
        let Some(tenant) = commit.key.scope().tenant() else { continue };
        for record in &commit.records {
            // What cannot be read is parked by `apply`, which reads it again.
            let key = match commit.key.category() {
                "thread" => Thread::decode(record).ok().map(|event| thread_key(&event)),
                "comment" => Comment::decode(record).ok().map(|event| comment_key(&event)),
                _ => None,
            };
            keys.extend(key.map(|key| (tenant.clone(), key)));
        }
    }
    keys
}

fn thread_key(event: &thread::Event) -> KeyId {
    match event {
        thread::Event::Started { home, .. }
        | thread::Event::Edited { home, .. }
        | thread::Event::Deleted { home, .. } => home.author_key,
    }
}

fn comment_key(event: &comment::Event) -> KeyId {
    match event {
        comment::Event::Posted { home, .. }
        | comment::Event::Edited { home, .. }
        | comment::Event::Deleted { home, .. } => home.author_key,
    }
}
