//! Who spoke where, from posting's log: never what they said.
//!
//! # Promises
//!
//! * No text is opened: ids are read and nothing else.

use std::sync::PoisonError;

use kindred_eventsourcing::{Batch, DecodeError, EventStore, Record, RecordedCommit, StoreError};
use kindred_proto::posting as proto;
use kindred_service_host::wire::{fits, message};
use tokio_util::sync::CancellationToken;

use super::fact::Fact;
use super::follow::{Take, follow};
use super::tenant::Opened;
use super::{Index, move_up};

/// Takes who spoke where into an index.
pub struct TalkFeed<S> {
    index: Index,
    store: S,
}

impl<S: EventStore> TalkFeed<S> {
    /// Reads posting's log, `store`, into `index`.
    pub const fn new(index: Index, store: S) -> Self {
        Self { index, store }
    }

    /// Feeds until told to stop. `ready` is told once the index has come to where the log
    /// ended at the start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the log is damaged or an event that matters cannot be read.
    pub async fn run(self, ready: impl Fn(bool), stop: CancellationToken) -> Result<(), StoreError> {
        follow(&self.store, &self, ready, &stop).await
    }
}

impl<S: EventStore> Take for TalkFeed<S> {
    fn position(&self) -> u64 {
        *self.index.0.talk.borrow()
    }

    async fn take(&self, batch: Batch, _stop: &CancellationToken) -> Result<bool, StoreError> {
        let read = |commit: &RecordedCommit| {
            facts(commit).map_err(|source| StoreError::Unreadable { sequence: commit.sequence, source })
        };
        for (slug, facts) in super::by_tenant(&batch, read)? {
            let tenant = self.index.tenant_or_new(&slug);
            tenant.write().unwrap_or_else(PoisonError::into_inner).observe(facts, &mut Opened::new());
        }
        move_up(&self.index.0.talk, batch.position);
        Ok(true)
    }
}

fn facts(commit: &RecordedCommit) -> Result<Vec<Fact>, DecodeError> {
    if !matches!(commit.key.category(), "thread" | "comment" | "message") {
        return Ok(Vec::new());
    }
    commit.records.iter().filter_map(|record| fact(record).transpose()).collect()
}

fn fact(record: &Record) -> Result<Option<Fact>, DecodeError> {
    if record.version != 1 {
        return Err(DecodeError::unknown(record));
    }
    match record.event_type.as_str() {
        "ThreadStarted" => {
            let read: proto::ThreadStarted = message(record)?;
            spoke(record, &read.author_id, &read.thread_id, &read.community_id).map(Some)
        }
        "CommentPosted" => {
            let read: proto::CommentPosted = message(record)?;
            spoke(record, &read.author_id, &read.thread_id, &read.community_id).map(Some)
        }
        "CommentDeleted" => {
            let home = fits(record, message::<proto::CommentDeleted>(record)?.home)?;
            let member = fits(record, home.author_id.parse().ok())?;
            Ok(Some(Fact::Unsaid { member, thread: fits(record, home.thread_id.parse().ok())? }))
        }
        "ThreadDeleted" => {
            let home = fits(record, message::<proto::ThreadDeleted>(record)?.home)?;
            Ok(Some(Fact::ThreadGone { thread: fits(record, home.thread_id.parse().ok())? }))
        }
        "MessageWritten" => {
            let read: proto::MessageWritten = message(record)?;
            let from = fits(record, read.from_member_id.parse().ok())?;
            Ok(Some(Fact::Wrote { from, to: fits(record, read.to_member_id.parse().ok())? }))
        }
        // What was written is changed, not who wrote it where.
        _ => Ok(None),
    }
}

fn spoke(record: &Record, member: &str, thread: &str, community: &str) -> Result<Fact, DecodeError> {
    Ok(Fact::Spoke {
        member: fits(record, member.parse().ok())?,
        thread: fits(record, thread.parse().ok())?,
        community: fits(record, community.parse().ok())?,
    })
}
