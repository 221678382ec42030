//! A batch, folded so that each row is touched once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use futures::future::BoxFuture;
use kindred_eventsourcing::Contract;
use kindred_ids::MemberId;
use kindred_projections::{ApplyError, Batch, BatchEvent, BulkRows, CopyRows};
use kindred_proto::posting;
use sqlx::PgConnection;
use uuid::Uuid;

use super::post::{Deletion, Edit, NewPost};
use super::posts::{self, Deleted, Edited, Posted};
use super::reactions::{Reactions, Totals};
use super::versions::{Version, Versions};
use crate::application::field;
use crate::domain::{Home, Reaction, comment, reaction, thread};
use crate::projections::opened::{PostEvent, owner, post_event, text};

/// Tenant and post.
pub(super) type PostKey = (String, Uuid);

/// How new rows go in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// By a statement, into tables that are read.
    Insert,
    /// By `COPY`, into tables that nobody reads yet.
    Copy,
}

/// What a batch does to one post.
enum Post {
    /// It was written in this batch.
    New(NewPost),
    /// It was there before.
    Known { edit: Option<Edit>, deletion: Option<Deletion> },
}

/// What a batch does.
#[derive(Default)]
pub(super) struct Folded {
    posts: HashMap<PostKey, Post>,
    /// Versions that edits in this batch made; of new posts the first one too.
    versions: HashMap<PostKey, Vec<Version>>,
    totals: HashMap<PostKey, i64>,
    reactions: HashMap<(PostKey, Uuid), i16>,
}

impl Folded {
    pub(super) fn of(batch: &Batch<'_>) -> Result<Self, ApplyError> {
        let mut folded = Self::default();
        for event in batch.events() {
            match post_event(&event)? {
                Some(PostEvent::Thread(thread)) => folded.thread(batch, &event, thread)?,
                Some(PostEvent::Comment(comment)) => folded.comment(batch, &event, comment)?,
                None => folded.reaction(&event)?,
            }
        }
        Ok(folded)
    }

    fn thread(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>, what: thread::Event) -> Result<(), ApplyError> {
        match what {
            thread::Event::Started { home, title, text: words, mentions, at } => {
                let title = text(batch, event, &title, home.author, field::TITLE)?;
                let words = text(batch, event, &words, home.author, field::TEXT)?;
                let post = NewPost::new(&home, None, title, words, &mentions, at, event.commit.sequence);
                self.posts.insert(key(event)?, Post::New(post));
            }
            thread::Event::Edited { home, title, text: words, mentions, at } => {
                let retitled = title.is_some();
                let title = match title {
                    Some(title) => text(batch, event, &title, home.author, field::TITLE)?,
                    None => None,
                };
                let words = text(batch, event, &words, home.author, field::TEXT)?;
                self.edit(event, Edit::new(retitled, title, words, &mentions, at))?;
            }
            thread::Event::Deleted { home, by, reason, at } => {
                let reason =
                    reason.map(|reason| text(batch, event, &reason, home.author, field::REASON)).transpose()?;
                self.delete(event, Deletion::new(by, reason, at))?;
            }
        }
        Ok(())
    }

    fn comment(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>, what: comment::Event) -> Result<(), ApplyError> {
        match what {
            comment::Event::Posted { home, answered, text: words, mentions, at } => {
                let words = text(batch, event, &words, home.author, field::TEXT)?;
                let parent = answered.parent.map(|(id, _)| id.as_uuid());
                let post = NewPost::new(&home, parent, None, words, &mentions, at, event.commit.sequence);
                self.posts.insert(key(event)?, Post::New(post));
                self.count(event, &home, 1)?;
            }
            comment::Event::Edited { home, text: words, mentions, at } => {
                let words = text(batch, event, &words, home.author, field::TEXT)?;
                self.edit(event, Edit::new(false, None, words, &mentions, at))?;
            }
            comment::Event::Deleted { home, by, reason, at } => {
                let reason =
                    reason.map(|reason| text(batch, event, &reason, home.author, field::REASON)).transpose()?;
                self.delete(event, Deletion::new(by, reason, at))?;
                self.count(event, &home, -1)?;
            }
        }
        Ok(())
    }

    fn count(&mut self, event: &BatchEvent<'_>, home: &Home, change: i64) -> Result<(), ApplyError> {
        let (tenant, _) = owner(event)?;
        *self.totals.entry((tenant.as_str().to_owned(), home.thread.as_uuid())).or_default() += change;
        Ok(())
    }

    fn edit(&mut self, event: &BatchEvent<'_>, edit: Edit) -> Result<(), ApplyError> {
        let key = key(event)?;
        let versions = self.versions.entry(key.clone()).or_default();
        match self.posts.entry(key) {
            Entry::Occupied(mut known) => match known.get_mut() {
                Post::New(post) => {
                    if post.edited_at.is_none() {
                        versions.push(post.first_version());
                    }
                    versions.push(edit.version(event.commit.meta.version));
                    post.edit(edit);
                }
                Post::Known { edit: earlier, .. } => {
                    versions.push(edit.version(event.commit.meta.version));
                    *earlier = Some(edit.after(earlier.take()));
                }
            },
            Entry::Vacant(vacant) => {
                versions.push(edit.version(event.commit.meta.version));
                vacant.insert(Post::Known { edit: Some(edit), deletion: None });
            }
        }
        Ok(())
    }

    fn delete(&mut self, event: &BatchEvent<'_>, deletion: Deletion) -> Result<(), ApplyError> {
        let key = key(event)?;
        self.versions.remove(&key);
        match self.posts.entry(key).or_insert(Post::Known { edit: None, deletion: None }) {
            Post::New(post) => post.delete(deletion),
            Post::Known { deletion: gone, .. } => *gone = Some(deletion),
        }
        Ok(())
    }

    fn reaction(&mut self, event: &BatchEvent<'_>) -> Result<(), ApplyError> {
        let (tenant, _) = owner(event)?;
        let (post, member, said) = match Reaction::decode(event.record).map_err(|error| event.undecodable(&error))? {
            reaction::Event::Set { post, member, reaction, .. } => (post, member, number(reaction.into())),
            reaction::Event::Cleared { post, member, .. } => (post, member, 0),
        };
        self.reactions.insert(((tenant.as_str().to_owned(), post.as_uuid()), member.as_uuid()), said);
        Ok(())
    }

    /// The rows, as they are written.
    pub(super) fn rows(self, way: Way) -> Rows {
        let (mut posted, mut edited, mut deleted) = (Posted::default(), Edited::default(), Deleted::default());
        // In the order of their key: neighbours go to the same pages of its index.
        let mut posts: Vec<_> = self.posts.into_iter().collect();
        posts.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for (key, post) in posts {
            match post {
                Post::New(post) => posted.push(key, post),
                Post::Known { edit, deletion } => {
                    if let Some(edit) = edit {
                        edited.push(key.clone(), edit);
                    }
                    if let Some(deletion) = deletion {
                        deleted.push(key, deletion);
                    }
                }
            }
        }
        let posted = match way {
            Way::Insert => New::Inserted(Box::new(posted)),
            Way::Copy => New::Copied(posted.lines()),
        };
        Rows {
            posted,
            edited,
            deleted,
            versions: Versions::of(self.versions),
            totals: Totals::of(self.totals),
            reactions: Reactions::of(self.reactions),
        }
    }
}

/// New posts, in the form in which they go in.
enum New {
    Inserted(Box<Posted>),
    Copied(CopyRows),
}

/// All rows of a batch.
pub(super) struct Rows {
    posted: New,
    edited: Edited,
    deleted: Deleted,
    versions: Versions,
    totals: Totals,
    reactions: Reactions,
}

impl Rows {
    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        // First versions are copied before the edits change what they copy.
        self.edited.keep_first_versions(transaction).await?;
        self.versions.write(transaction).await?;
        match self.posted {
            New::Inserted(posted) => posted.write(transaction).await?,
            New::Copied(lines) => drop(lines.send(transaction, posts::COLUMNS).await?),
        }
        self.edited.write(transaction).await?;
        self.deleted.write(transaction).await?;
        self.totals.write(transaction).await?;
        self.reactions.write(transaction).await
    }
}

impl BulkRows for Rows {
    fn write<'a>(self: Box<Self>, transaction: &'a mut PgConnection) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        Box::pin(Self::write(*self, transaction))
    }
}

fn key(event: &BatchEvent<'_>) -> Result<PostKey, ApplyError> {
    let (tenant, id) = owner(event)?;
    Ok((tenant.as_str().to_owned(), id.as_uuid()))
}

/// As the protocol numbers it.
fn number(reaction: posting::Reaction) -> i16 {
    i32::from(reaction) as i16
}

/// Ids as Postgres reads them back with `string_to_array`.
pub(super) fn joined(members: &[MemberId]) -> String {
    let texts: Vec<String> = members.iter().map(ToString::to_string).collect();
    texts.join(",")
}
