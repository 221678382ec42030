//! What a batch does to one post: writes it, edits it, takes it out.

use kindred_eventsourcing::Timestamp;
use kindred_ids::MemberId;
use uuid::Uuid;

use super::folded::joined;
use super::versions::Version;
use crate::domain::Home;

/// A post that was written in this batch, as it stands at its end.
pub(super) struct NewPost {
    pub(super) thread: Uuid,
    pub(super) community: Uuid,
    pub(super) author: Uuid,
    pub(super) parent: Option<Uuid>,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    pub(super) mentions: String,
    pub(super) written_at: i64,
    pub(super) edited_at: Option<i64>,
    pub(super) deletion: Option<Deletion>,
    pub(super) author_erased: bool,
    pub(super) sequence: i64,
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
    pub(super) retitled: bool,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    pub(super) mentions: String,
    pub(super) at: i64,
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
    pub(super) at: i64,
    pub(super) by: Uuid,
    pub(super) reason: Option<String>,
    pub(super) author_erased: bool,
}

impl Deletion {
    /// `reason` is what opening a moderator's reason gave: nothing if its author was erased.
    pub(super) fn new(by: MemberId, reason: Option<Option<String>>, at: Timestamp) -> Self {
        let author_erased = reason == Some(None);
        Self { at: at.millis(), by: by.as_uuid(), reason: reason.flatten(), author_erased }
    }
}
