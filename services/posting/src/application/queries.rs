//! What members may read: the same standing as for writing, then rows by pages.

mod conversations;
mod similar;
mod writing;

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;
use kindred_eventsourcing::EventStore;
use kindred_ids::{CommunityId, EntityId, MemberId, TenantSlug, ThreadId};
use kindred_projections::Projection;
use kindred_service_host::Queries as Snapshots;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::{ApiError, ErrorCode};
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use super::page::{Page, PageRequest, paged};
use super::refusals::community_unknown;
use super::{Application, Cursor, Meanings, Standing};
use crate::projections::{ThreadList, ThreadProjection};
use crate::read_model::{PostRow, ReactionRow, Reading, ThreadRow, VersionRow};

/// In how many communities one member's posts are looked for.
const MOST_COMMUNITIES: i64 = 50;

/// Rows, and whether they may not yet show what the caller's position asks for.
#[derive(Debug)]
pub struct Answer<T> {
    /// The rows.
    pub rows: T,
    /// Whether the read model had not come as far as was asked.
    pub stale: bool,
}

/// A post, how members react to it, and whether the caller may see why it was taken out.
#[derive(Debug)]
pub struct PostView {
    /// The post.
    pub post: PostRow,
    /// How often each reaction was given.
    pub reactions: Vec<ReactionRow>,
}

/// A thread with a page of its replies.
#[derive(Debug)]
pub struct ThreadView {
    /// The post that starts it.
    pub thread: PostView,
    /// Its replies; none of a thread that was taken out.
    pub replies: Page<PostView>,
}

pub use conversations::ConversationView;
pub use writing::Alike;

/// The queries of posting.
#[derive(Clone)]
pub struct Queries<S> {
    application: Application<S>,
    snapshots: Snapshots,
    meanings: Meanings,
}

impl<S: EventStore> Queries<S> {
    /// Asks for standing as `application` does, and reads what `snapshots` show.
    pub fn new(application: Application<S>, snapshots: Snapshots) -> Self {
        Self { application, snapshots, meanings: Meanings::default() }
    }

    /// Finds what was asked before by meaning, too.
    #[must_use]
    pub fn with_meanings(self, meanings: Meanings) -> Self {
        Self { meanings, ..self }
    }

    /// Threads of a community of the caller, the newest activity first.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller has no standing there, or something does not answer.
    #[tracing::instrument(name = "query.thread.list", skip_all, fields(kindred.community.id = %community))]
    pub async fn list_threads(
        &self,
        caller: &Caller,
        community: CommunityId,
        page: PageRequest,
        metadata: &MetadataMap,
    ) -> Result<Answer<Page<ThreadRow>>, ApiError> {
        let tenant = &caller.member()?.tenant;
        if !community.0.is_root_of(tenant.as_str()) {
            return Err(community_unknown());
        }
        let begun = self.begin::<ThreadList>(metadata, tenant);
        let (_standing, (mut reading, stale)) = self.application.with_standing(caller, community, begun).await?;
        let behind = page.behind.map(|cursor| (cursor.order, cursor.id));
        let rows = reading.threads(community, behind, page.look_ahead()).await?;
        reading.end().await?;
        let rows = paged(rows, page, |row| Cursor::behind(community.0, row.last_activity_at, row.thread_id));
        Ok(Answer { rows, stale })
    }

    /// A thread of a community of the caller with a page of its replies.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if there is no such thread, the caller has no standing there, or
    /// something does not answer.
    #[tracing::instrument(name = "query.thread.get", skip_all, fields(kindred.thread.id = %thread))]
    pub async fn get_thread(
        &self,
        caller: &Caller,
        thread: ThreadId,
        page: PageRequest,
        metadata: &MetadataMap,
    ) -> Result<Answer<ThreadView>, ApiError> {
        let member = caller.member()?;
        let community = self.application.community_of(&member.tenant, thread).await?;
        let begun = self.begin::<ThreadProjection>(metadata, &member.tenant);
        let (standing, (mut reading, stale)) = self.application.with_standing(caller, community, begun).await?;
        let post = reading.post(thread.0).await?.ok_or_else(not_yet)?;
        let replies = match post.deleted_at {
            Some(_) => Vec::new(),
            None => {
                let behind = page.behind.map_or(0, |cursor| cursor.order);
                reading.replies(thread, behind, page.look_ahead()).await?
            }
        };
        let replies = paged(replies, page, |row| Cursor::behind(thread.0, row.sequence, row.post_id));
        let next = replies.next;
        let mut posts = views(&mut reading, member.member, &standing, vec![post], replies.rows).await?;
        reading.end().await?;
        let rows = posts.split_off(1);
        let thread = posts.pop().ok_or_else(not_yet)?;
        Ok(Answer { rows: ThreadView { thread, replies: Page { rows, next } }, stale })
    }

    /// What a post said, from its first version on; empty if it was taken out.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if there is no such post, the caller has no standing there, or
    /// something does not answer.
    #[tracing::instrument(name = "query.post.history", skip_all, fields(kindred.post.id = %post))]
    pub async fn post_history(
        &self,
        caller: &Caller,
        post: EntityId,
        metadata: &MetadataMap,
    ) -> Result<Vec<VersionRow>, ApiError> {
        let tenant = &caller.member()?.tenant;
        let community = self.application.community_of_post(tenant, post).await?;
        let begun = self.begin::<ThreadProjection>(metadata, tenant);
        let (_standing, (mut reading, stale)) = self.application.with_standing(caller, community, begun).await?;
        if stale {
            return Err(not_yet());
        }
        let row = reading.post(post).await?.ok_or_else(not_yet)?;
        let versions = reading.versions(post).await?;
        reading.end().await?;
        if row.deleted_at.is_some() || !versions.is_empty() {
            return Ok(versions);
        }
        Ok(vec![VersionRow { title: row.title, text: row.text, written_at: row.written_at }])
    }

    /// Newest posts of a member in the communities that the caller belongs to as well.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the caller may act nowhere, or something does not answer.
    #[tracing::instrument(name = "query.post.by_member", skip_all, fields(kindred.member.id = %author))]
    pub async fn posts_by_member(
        &self,
        caller: &Caller,
        author: MemberId,
        most: u32,
        metadata: &MetadataMap,
    ) -> Result<Vec<PostView>, ApiError> {
        let member = caller.member()?;
        let (mut reading, stale) = self.begin::<ThreadProjection>(metadata, &member.tenant).await?;
        if stale {
            return Err(not_yet());
        }
        let communities = reading.communities_of(author, MOST_COMMUNITIES).await?;
        reading.end().await?;
        let shared = self.standings(caller, communities).await?;
        if shared.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = shared.keys().copied().collect();
        // No transaction stays open while another service is asked.
        let (mut reading, _) = self.begin::<ThreadProjection>(&MetadataMap::new(), &member.tenant).await?;
        let posts = reading.posts_of(author, &ids, i64::from(most)).await?;
        let post_ids: Vec<Uuid> = posts.iter().map(|post| post.post_id).collect();
        let mut reactions = by_post(reading.reactions(&post_ids, member.member).await?);
        reading.end().await?;
        Ok(posts
            .into_iter()
            .map(|post| PostView { reactions: reactions.remove(&post.post_id).unwrap_or_default(), post })
            .collect())
    }

    /// Where of these communities the caller may read.
    async fn standings(&self, caller: &Caller, communities: Vec<Uuid>) -> Result<HashMap<Uuid, Standing>, ApiError> {
        let asked = communities.into_iter().filter_map(|id| CommunityId::try_from(id).ok());
        let answers = join_all(asked.map(|community| async move {
            (community.as_uuid(), self.application.membership.standing(caller, community).await)
        }));
        let mut shared = HashMap::new();
        for (community, answer) in answers.await {
            match answer {
                Ok(standing) => {
                    shared.insert(community, standing);
                }
                Err(error) if matches!(error.code(), ErrorCode::PermissionDenied | ErrorCode::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(shared)
    }

    /// Waits for the caller's own writes, then begins to read as the tenant; also says
    /// whether the wait was in vain.
    async fn begin<P: Projection>(
        &self,
        metadata: &MetadataMap,
        tenant: &TenantSlug,
    ) -> Result<(Reading, bool), ApiError> {
        let snapshot = self.snapshots.begin(metadata, tenant, &[(P::NAME, P::VERSION)]).await?;
        Ok((Reading::new(snapshot.transaction, tenant.clone()), snapshot.stale))
    }
}

/// Posts with their reactions, in the order given.
async fn views(
    reading: &mut Reading,
    viewer: MemberId,
    standing: &Standing,
    first: Vec<PostRow>,
    others: Vec<PostRow>,
) -> Result<Vec<PostView>, ApiError> {
    let posts: Vec<PostRow> = first.into_iter().chain(others).collect();
    let ids: Vec<Uuid> = posts.iter().map(|post| post.post_id).collect();
    let mut reactions = by_post(reading.reactions(&ids, viewer).await?);
    Ok(posts
        .into_iter()
        .map(|mut post| {
            // Why a post was taken out is between its author and the moderators.
            if post.author_id != viewer.as_uuid() && !standing.moderates() {
                post.removal_reason = None;
            }
            PostView { reactions: reactions.remove(&post.post_id).unwrap_or_default(), post }
        })
        .collect())
}

fn by_post(rows: Vec<ReactionRow>) -> HashMap<Uuid, Vec<ReactionRow>> {
    let mut posts: HashMap<Uuid, Vec<ReactionRow>> = HashMap::new();
    for row in rows {
        posts.entry(row.post_id).or_default().push(row);
    }
    posts
}

/// The log has it, the read model does not yet.
fn not_yet() -> ApiError {
    ApiError::new(ErrorCode::Stale, "READ_MODEL_BEHIND", "the read model has not come so far yet; ask again")
        .with_retry_after(Duration::from_millis(100))
}
