//! What the index takes from posting's log: who spoke where, never what they said.

use kindred_eventsourcing::{DecodeError, Record, RecordedCommit};
use kindred_proto::posting as proto;
use kindred_service_host::wire::{fits, message};

use super::fact::{Fact, version_one};

/// What a commit tells of who spoke where.
pub(super) fn facts(commit: &RecordedCommit) -> Result<Vec<Fact>, DecodeError> {
    if !matches!(commit.key.category(), "thread" | "comment" | "message") {
        return Ok(Vec::new());
    }
    commit.records.iter().filter_map(|record| fact(record).transpose()).collect()
}

fn fact(record: &Record) -> Result<Option<Fact>, DecodeError> {
    let known = match record.event_type.as_str() {
        "ThreadStarted" => {
            let read: proto::ThreadStarted = message(record)?;
            spoke(record, &read.author_id, &read.thread_id, &read.community_id)?
        }
        "CommentPosted" => {
            let read: proto::CommentPosted = message(record)?;
            spoke(record, &read.author_id, &read.thread_id, &read.community_id)?
        }
        "CommentDeleted" => {
            let home = fits(record, message::<proto::CommentDeleted>(record)?.home)?;
            let member = fits(record, home.author_id.parse().ok())?;
            Fact::Unsaid { member, thread: fits(record, home.thread_id.parse().ok())? }
        }
        "ThreadDeleted" => {
            let home = fits(record, message::<proto::ThreadDeleted>(record)?.home)?;
            Fact::ThreadGone { thread: fits(record, home.thread_id.parse().ok())? }
        }
        "MessageWritten" => {
            let read: proto::MessageWritten = message(record)?;
            let from = fits(record, read.from_member_id.parse().ok())?;
            Fact::Wrote { from, to: fits(record, read.to_member_id.parse().ok())? }
        }
        // What was written is changed, not who wrote it where.
        _ => return Ok(None),
    };
    version_one(record).map(|()| Some(known))
}

fn spoke(record: &Record, member: &str, thread: &str, community: &str) -> Result<Fact, DecodeError> {
    Ok(Fact::Spoke {
        member: fits(record, member.parse().ok())?,
        thread: fits(record, thread.parse().ok())?,
        community: fits(record, community.parse().ok())?,
    })
}
