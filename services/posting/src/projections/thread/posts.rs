//! Rows of `posts`: written, edited, taken out.

use kindred_projections::CopyRows;
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::folded::PostKey;
use super::post::{Deletion, Edit, NewPost};

#[derive(Default)]
pub(super) struct Posted {
    tenants: Vec<String>,
    ids: Vec<Uuid>,
    threads: Vec<Uuid>,
    communities: Vec<Uuid>,
    authors: Vec<Uuid>,
    parents: Vec<Option<Uuid>>,
    titles: Vec<Option<String>>,
    texts: Vec<Option<String>>,
    mentions: Vec<String>,
    written_at: Vec<i64>,
    edited_at: Vec<Option<i64>>,
    deleted_at: Vec<Option<i64>>,
    deleted_by: Vec<Option<Uuid>>,
    reasons: Vec<Option<String>>,
    author_erased: Vec<bool>,
    sequences: Vec<i64>,
}

impl Posted {
    pub(super) fn push(&mut self, key: PostKey, post: NewPost) {
        self.tenants.push(key.0);
        self.ids.push(key.1);
        self.threads.push(post.thread);
        self.communities.push(post.community);
        self.authors.push(post.author);
        self.parents.push(post.parent);
        self.titles.push(post.title);
        self.texts.push(post.text);
        self.mentions.push(post.mentions);
        self.written_at.push(post.written_at);
        self.edited_at.push(post.edited_at);
        self.deleted_at.push(post.deletion.as_ref().map(|deletion| deletion.at));
        self.deleted_by.push(post.deletion.as_ref().map(|deletion| deletion.by));
        self.reasons.push(post.deletion.and_then(|deletion| deletion.reason));
        self.author_erased.push(post.author_erased);
        self.sequences.push(post.sequence);
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread/posted.sql",
            &self.tenants,
            &self.ids,
            &self.threads,
            &self.communities,
            &self.authors,
            &self.parents as &[Option<Uuid>],
            &self.titles as &[Option<String>],
            &self.texts as &[Option<String>],
            &self.mentions,
            &self.written_at,
            &self.edited_at as &[Option<i64>],
            &self.deleted_at as &[Option<i64>],
            &self.deleted_by as &[Option<Uuid>],
            &self.reasons as &[Option<String>],
            &self.author_erased,
            &self.sequences
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

impl Posted {
    /// As lines for `COPY`.
    pub(super) fn lines(self) -> CopyRows {
        let mut rows = CopyRows::default();
        for row in 0..self.ids.len() {
            rows.text(&self.tenants[row]).uuid(self.ids[row]).uuid(self.threads[row]).uuid(self.communities[row]);
            rows.uuid(self.authors[row]);
            optional(&mut rows, self.parents[row].as_ref());
            rows.optional(self.titles[row].as_deref()).optional(self.texts[row].as_deref());
            rows.shown(format_args!("{{{}}}", self.mentions[row])).integer(self.written_at[row]);
            optional(&mut rows, self.edited_at[row].as_ref());
            optional(&mut rows, self.deleted_at[row].as_ref());
            optional(&mut rows, self.deleted_by[row].as_ref());
            rows.optional(self.reasons[row].as_deref()).boolean(self.author_erased[row]).integer(self.sequences[row]);
            rows.end();
        }
        rows
    }
}

/// Where the lines of [`Posted::lines`] go.
pub(super) const COLUMNS: &str = "posts (tenant, post_id, thread_id, community_id, author_id, parent_id, title, text, \
    mentioned_ids, written_at, edited_at, deleted_at, deleted_by, removal_reason, author_erased, sequence)";

fn optional(rows: &mut CopyRows, value: Option<&impl std::fmt::Display>) {
    match value {
        Some(value) => rows.shown(value),
        None => rows.null(),
    };
}

#[derive(Default)]
pub(super) struct Edited {
    tenants: Vec<String>,
    ids: Vec<Uuid>,
    retitled: Vec<bool>,
    titles: Vec<Option<String>>,
    texts: Vec<Option<String>>,
    mentions: Vec<String>,
    at: Vec<i64>,
    author_erased: Vec<bool>,
}

impl Edited {
    pub(super) fn push(&mut self, key: PostKey, edit: Edit) {
        self.tenants.push(key.0);
        self.ids.push(key.1);
        self.retitled.push(edit.retitled);
        self.titles.push(edit.title);
        self.author_erased.push(edit.text.is_none());
        self.texts.push(edit.text);
        self.mentions.push(edit.mentions);
        self.at.push(edit.at);
    }

    pub(super) async fn keep_first_versions(&self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!("src/projections/thread/first_versions.sql", &self.tenants, &self.ids).execute(transaction).await?;
        Ok(())
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread/edited.sql",
            &self.tenants,
            &self.ids,
            &self.retitled,
            &self.titles as &[Option<String>],
            &self.texts as &[Option<String>],
            &self.mentions,
            &self.at,
            &self.author_erased
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Deleted {
    tenants: Vec<String>,
    ids: Vec<Uuid>,
    at: Vec<i64>,
    by: Vec<Uuid>,
    reasons: Vec<Option<String>>,
    author_erased: Vec<bool>,
}

impl Deleted {
    pub(super) fn push(&mut self, key: PostKey, deletion: Deletion) {
        self.tenants.push(key.0);
        self.ids.push(key.1);
        self.at.push(deletion.at);
        self.by.push(deletion.by);
        self.reasons.push(deletion.reason);
        self.author_erased.push(deletion.author_erased);
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/thread/deleted.sql",
            &self.tenants,
            &self.ids,
            &self.at,
            &self.by,
            &self.reasons as &[Option<String>],
            &self.author_erased
        )
        .execute(&mut *transaction)
        .await?;
        query_file!("src/projections/thread/forget_versions.sql", &self.tenants, &self.ids)
            .execute(transaction)
            .await?;
        Ok(())
    }
}
