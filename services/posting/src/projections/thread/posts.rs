//! Rows of `posts`: written, edited, taken out.

use kindred_eventsourcing::Timestamp;
use kindred_ids::MemberId;
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::folded::{PostKey, joined};
use super::versions::Version;
use crate::domain::Home;

/// A post that was written in this batch, as it stands at its end.
pub(super) struct NewPost {
    thread: Uuid,
    community: Uuid,
    author: Uuid,
    parent: Option<Uuid>,
    title: Option<String>,
    text: Option<String>,
    mentions: String,
    written_at: i64,
    pub(super) edited_at: Option<i64>,
    deletion: Option<Deletion>,
    author_erased: bool,
    sequence: i64,
}

impl NewPost {
    pub(super) fn new(
        home: &Home,
        parent: Option<Uuid>,
        title: Option<String>,
        text: Option<String>,
        mentions: &[MemberId],
        at: Timestamp,
        sequence: u64,
    ) -> Self {
        Self {
            thread: home.thread.as_uuid(),
            community: home.community.as_uuid(),
            author: home.author.as_uuid(),
            parent,
            title,
            author_erased: text.is_none(),
            text,
            mentions: joined(mentions),
            written_at: at.millis(),
            edited_at: None,
            deletion: None,
            sequence: sequence as i64,
        }
    }

    pub(super) fn first_version(&self) -> Version {
        Version { version: 1, title: self.title.clone(), text: self.text.clone(), written_at: self.written_at }
    }

    pub(super) fn edit(&mut self, edit: Edit) {
        if edit.retitled {
            self.title = edit.title;
        }
        self.author_erased |= edit.text.is_none();
        self.text = edit.text;
        self.mentions = edit.mentions;
        self.edited_at = Some(edit.at);
    }

    pub(super) fn delete(&mut self, deletion: Deletion) {
        self.title = None;
        self.text = None;
        self.mentions = String::new();
        self.author_erased |= deletion.author_erased;
        self.deletion = Some(deletion);
    }
}

/// How an edit leaves a post.
pub(super) struct Edit {
    retitled: bool,
    title: Option<String>,
    text: Option<String>,
    mentions: String,
    at: i64,
}

impl Edit {
    pub(super) fn new(
        retitled: bool,
        title: Option<String>,
        text: Option<String>,
        mentions: &[MemberId],
        at: Timestamp,
    ) -> Self {
        Self { retitled, title, text, mentions: joined(mentions), at: at.millis() }
    }

    pub(super) fn version(&self, version: u64) -> Version {
        let (title, text) = (self.title.clone(), self.text.clone());
        Version { version: version as i64, title, text, written_at: self.at }
    }

    /// Both edits at once: this one, with the earlier one's title if it sets none.
    pub(super) fn after(mut self, earlier: Option<Self>) -> Self {
        if let Some(earlier) = earlier.filter(|earlier| earlier.retitled && !self.retitled) {
            self.retitled = true;
            self.title = earlier.title;
        }
        self
    }
}

/// How a post was taken out.
pub(super) struct Deletion {
    at: i64,
    by: Uuid,
    reason: Option<String>,
    author_erased: bool,
}

impl Deletion {
    /// `reason` is what opening a moderator's reason gave: nothing if its author was erased.
    pub(super) fn new(by: MemberId, reason: Option<Option<String>>, at: Timestamp) -> Self {
        let author_erased = reason == Some(None);
        Self { at: at.millis(), by: by.as_uuid(), reason: reason.flatten(), author_erased }
    }
}

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
