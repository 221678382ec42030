//! A thread or reply: whoever is answered or named is told. Edits tell nobody.

use kindred_eventsourcing::{DecodeError, EventStore, Record, RecordedCommit};
use kindred_ids::{CommentId, MemberId, TenantSlug, ThreadId};
use kindred_projections::{ReactError, Reaction};
use kindred_proto::posting as wire;

use super::{tell, undecodable};
use crate::application::Application;
use crate::contract::{body, id, optional_id};
use crate::domain::fan_out::Post;

/// See the module.
pub struct TellOfPosts<S>(Application<S>);

impl<S: EventStore> TellOfPosts<S> {
    /// Tells through `application`.
    pub const fn new(application: Application<S>) -> Self {
        Self(application)
    }
}

impl<S: EventStore> Reaction for TellOfPosts<S> {
    const NAME: &'static str = "tell_of_posts";
    const CONTEXT: &'static str = "posting";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "thread" | "comment")
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let Some(tenant) = commit.key.scope().tenant() else { return Ok(()) };
        for (index, record) in commit.records.iter().enumerate() {
            let post = read(commit, index, record, tenant).map_err(|error| undecodable(index, &error))?;
            let notices = post.iter().flat_map(Post::notices);
            tell(&self.0, Self::NAME, (commit, index), tenant, notices).await?;
        }
        Ok(())
    }
}

/// The post that an event tells of, if it tells of a new one.
fn read(
    commit: &RecordedCommit,
    index: usize,
    record: &Record,
    tenant: &TenantSlug,
) -> Result<Option<Post>, DecodeError> {
    let source = commit.event_id(index);
    let entity = || commit.key.id().ok_or_else(|| DecodeError::bytes(record));
    match record.event_type.as_str() {
        "ThreadStarted" => {
            let started: wire::ThreadStarted = body(record)?;
            Ok(Some(Post {
                source,
                author: id(record, &started.author_id)?,
                community: id(record, &started.community_id)?,
                thread: ThreadId(entity()?),
                comment: None,
                answered: Vec::new(),
                mentioned: members(record, &started.mentioned_ids, tenant)?,
            }))
        }
        "CommentPosted" => {
            let posted: wire::CommentPosted = body(record)?;
            let parent: Option<MemberId> = optional_id(record, &posted.parent_author_id)?;
            let author_of_thread: MemberId = id(record, &posted.thread_author_id)?;
            Ok(Some(Post {
                source,
                author: id(record, &posted.author_id)?,
                community: id(record, &posted.community_id)?,
                thread: id(record, &posted.thread_id)?,
                comment: Some(CommentId(entity()?)),
                answered: parent.into_iter().chain([author_of_thread]).collect(),
                mentioned: members(record, &posted.mentioned_ids, tenant)?,
            }))
        }
        _ => Ok(None),
    }
}

/// Ids of members of this tenant; one of another tenant has nobody to tell here.
fn members(record: &Record, ids: &[String], tenant: &TenantSlug) -> Result<Vec<MemberId>, DecodeError> {
    let ids: Vec<MemberId> = ids.iter().map(|text| id(record, text)).collect::<Result<_, _>>()?;
    Ok(ids.into_iter().filter(|member| member.0.is_root_of(tenant.as_str())).collect())
}
