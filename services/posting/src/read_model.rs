//! Rows of the read models, read as one tenant: row-level security sees to it, and every
//! query names the tenant as well.

mod conversations;
mod similar;
mod written;

use kindred_ids::{CommunityId, EntityId, MemberId, TenantSlug, ThreadId};
use kindred_service_host::database_error;
use kindred_service_kit::error::ApiError;
use sqlx::{Postgres, Transaction, query_file, query_file_as};
use uuid::Uuid;

pub use conversations::{ConversationRow, MessageRow};
pub use similar::VectorRow;
pub use written::{Authored, WrittenRow};

/// A thread in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct ThreadRow {
    pub thread_id: Uuid,
    pub community_id: Uuid,
    pub title: Option<String>,
    pub author_id: Uuid,
    pub started_at: i64,
    pub last_activity_at: i64,
    pub replies: i64,
    pub author_erased: bool,
}

/// A thread or reply as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct PostRow {
    pub post_id: Uuid,
    pub thread_id: Uuid,
    pub community_id: Uuid,
    pub author_id: Uuid,
    pub parent_id: Option<Uuid>,
    pub title: Option<String>,
    pub text: Option<String>,
    pub mentioned_ids: Vec<Uuid>,
    pub written_at: i64,
    pub edited_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub removal_reason: Option<String>,
    pub author_erased: bool,
    pub sequence: i64,
    pub replies: i64,
}

/// How often one reaction was given to one post.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct ReactionRow {
    pub post_id: Uuid,
    pub reaction: i16,
    pub count: i64,
    pub yours: bool,
}

/// What a post said at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct VersionRow {
    pub title: Option<String>,
    pub text: Option<String>,
    pub written_at: i64,
}

/// One request's reads: one transaction, one tenant.
pub struct Reading {
    transaction: Transaction<'static, Postgres>,
    tenant: TenantSlug,
}

impl Reading {
    /// Reads in `transaction`, which was begun for `tenant`.
    #[must_use]
    pub const fn new(transaction: Transaction<'static, Postgres>, tenant: TenantSlug) -> Self {
        Self { transaction, tenant }
    }

    /// Threads of a community behind (last activity, id), newest activity first.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn threads(
        &mut self,
        community: CommunityId,
        behind: Option<(i64, Uuid)>,
        most: i64,
    ) -> Result<Vec<ThreadRow>, ApiError> {
        let (at, id) = behind.unwrap_or((i64::MAX, Uuid::max()));
        query_file_as!(
            ThreadRow,
            "src/read_model/threads_page.sql",
            self.tenant.as_str(),
            community.as_uuid(),
            at,
            id,
            most
        )
        .fetch_all(&mut *self.transaction)
        .await
        .map_err(|error| database_error(&error))
    }

    /// One post, if the read model has it.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn post(&mut self, post: EntityId) -> Result<Option<PostRow>, ApiError> {
        query_file_as!(PostRow, "src/read_model/post.sql", self.tenant.as_str(), post.as_uuid())
            .fetch_optional(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Replies of a thread behind a sequence.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn replies(&mut self, thread: ThreadId, behind: i64, most: i64) -> Result<Vec<PostRow>, ApiError> {
        let (tenant, thread) = (self.tenant.as_str(), thread.as_uuid());
        query_file_as!(PostRow, "src/read_model/replies_page.sql", tenant, thread, behind, most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Reactions to these posts, and which are `member`'s.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn reactions(&mut self, posts: &[Uuid], member: MemberId) -> Result<Vec<ReactionRow>, ApiError> {
        let tenant = self.tenant.as_str();
        query_file_as!(ReactionRow, "src/read_model/reactions.sql", tenant, posts, member.as_uuid())
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Versions of an edited post, the first one first; none of one that never was.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn versions(&mut self, post: EntityId) -> Result<Vec<VersionRow>, ApiError> {
        query_file_as!(VersionRow, "src/read_model/versions.sql", self.tenant.as_str(), post.as_uuid())
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Where a member has readable posts, the most recent places first.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn communities_of(&mut self, author: MemberId, most: i64) -> Result<Vec<Uuid>, ApiError> {
        let tenant = self.tenant.as_str();
        let rows = query_file!("src/read_model/communities_of_author.sql", tenant, author.as_uuid(), most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))?;
        Ok(rows.into_iter().map(|row| row.community_id).collect())
    }

    /// Newest posts of a member in these communities; `title` is the thread's.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn posts_of(
        &mut self,
        author: MemberId,
        communities: &[Uuid],
        most: i64,
    ) -> Result<Vec<PostRow>, ApiError> {
        let (tenant, author) = (self.tenant.as_str(), author.as_uuid());
        query_file_as!(PostRow, "src/read_model/posts_of_author.sql", tenant, author, communities, most)
            .fetch_all(&mut *self.transaction)
            .await
            .map_err(|error| database_error(&error))
    }

    /// Ends the reads.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if Postgres does not answer.
    pub async fn end(self) -> Result<(), ApiError> {
        self.transaction.commit().await.map_err(|error| database_error(&error))
    }
}
