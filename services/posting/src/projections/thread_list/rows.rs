//! Rows of `threads`: started, replied to, changed.

use kindred_projections::CopyRows;
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::Change;

/// Tenant and thread.
type Key = (String, Uuid);

#[derive(Default)]
pub(super) struct Started {
    keys: (Vec<String>, Vec<Uuid>),
    communities: Vec<Uuid>,
    authors: Vec<Uuid>,
    titles: Vec<Option<String>>,
    started_at: Vec<i64>,
    last_activity_at: Vec<i64>,
    replies: Vec<i64>,
    deleted: Vec<bool>,
    author_erased: Vec<bool>,
}

impl Started {
    pub(super) fn push(&mut self, key: Key, change: Change) {
        let started_at = change.started_at.unwrap_or_default();
        self.keys.0.push(key.0);
        self.keys.1.push(key.1);
        self.communities.push(change.community.as_uuid());
        self.authors.push(change.author.as_uuid());
        self.titles.push(change.title);
        self.started_at.push(started_at);
        self.last_activity_at.push(change.last_activity_at.unwrap_or(started_at));
        self.replies.push(change.replies);
        self.deleted.push(change.deleted);
        self.author_erased.push(change.author_erased);
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.keys.0.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread_list/started.sql",
            &self.keys.0,
            &self.keys.1,
            &self.communities,
            &self.authors,
            &self.titles as &[Option<String>],
            &self.started_at,
            &self.last_activity_at,
            &self.replies,
            &self.deleted,
            &self.author_erased
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

impl Started {
    /// As [`Self::write`], by `COPY`: in a load no reply comes before its thread.
    pub(super) async fn copy(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let mut rows = CopyRows::default();
        for row in 0..self.started_at.len() {
            rows.text(&self.keys.0[row]).uuid(self.keys.1[row]).uuid(self.communities[row]).uuid(self.authors[row]);
            rows.optional(self.titles[row].as_deref()).integer(self.started_at[row]);
            rows.integer(self.last_activity_at[row]).integer(self.replies[row]);
            rows.boolean(self.deleted[row]).boolean(self.author_erased[row]).end();
        }
        rows.send(transaction, COLUMNS).await?;
        Ok(())
    }
}

/// Where [`Started::copy`] puts its rows.
const COLUMNS: &str = "threads (tenant, thread_id, community_id, author_id, title, started_at, last_activity_at, \
    replies, deleted, author_erased)";

/// What a batch does to threads that started before it.
pub(super) struct Others {
    pub replied: Replied,
    pub changed: Changed,
}

impl Others {
    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        self.replied.write(transaction).await?;
        self.changed.write(transaction).await
    }
}

#[derive(Default)]
pub(super) struct Replied {
    keys: (Vec<String>, Vec<Uuid>),
    communities: Vec<Uuid>,
    authors: Vec<Uuid>,
    last_activity_at: Vec<i64>,
    replies: Vec<i64>,
}

impl Replied {
    pub(super) fn push(&mut self, key: Key, change: &Change) {
        self.keys.0.push(key.0);
        self.keys.1.push(key.1);
        self.communities.push(change.community.as_uuid());
        self.authors.push(change.author.as_uuid());
        // A batch that only takes replies out moves nothing forward.
        self.last_activity_at.push(change.last_activity_at.unwrap_or(0));
        self.replies.push(change.replies);
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.keys.0.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread_list/replied.sql",
            &self.keys.0,
            &self.keys.1,
            &self.communities,
            &self.authors,
            &self.last_activity_at,
            &self.replies
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Changed {
    keys: (Vec<String>, Vec<Uuid>),
    retitled: Vec<bool>,
    titles: Vec<Option<String>>,
    deleted: Vec<bool>,
    author_erased: Vec<bool>,
}

impl Changed {
    pub(super) fn push(&mut self, key: Key, change: &Change) {
        self.keys.0.push(key.0);
        self.keys.1.push(key.1);
        self.retitled.push(change.retitled);
        self.titles.push(change.title.clone());
        self.deleted.push(change.deleted);
        self.author_erased.push(change.author_erased);
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.keys.0.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread_list/changed.sql",
            &self.keys.0,
            &self.keys.1,
            &self.retitled,
            &self.titles as &[Option<String>],
            &self.deleted,
            &self.author_erased
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
