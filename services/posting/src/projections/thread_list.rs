//! The threads of a community with their last activity and number of replies.
//!
//! # Promises
//!
//! * A reply counts once, and no more once it was taken out; whichever of a thread and
//!   its replies is applied first, the row ends the same.
//! * A title is there only while its author is.

mod rows;

use std::collections::HashMap;

use kindred_eventsourcing::{KeyId, RecordedCommit};
use kindred_ids::{CommunityId, MemberId, TenantSlug, ThreadId};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};

use rows::{Changed, Others, Replied, Started};

use super::opened::{PostEvent, author_keys, owner, post_event, text};
use crate::application::field;
use crate::domain::{Home, comment, thread};

/// See the module.
#[derive(Debug)]
pub struct ThreadList;

impl Projection for ThreadList {
    const NAME: &'static str = "thread_list";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "posting";
    const TABLES: &'static str = include_str!("thread_list/tables.sql");
    const INDEXES: &'static str = include_str!("thread_list/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "thread" | "comment")
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        let threads: Vec<&RecordedCommit> =
            commits.iter().copied().filter(|commit| commit.key.category() == "thread").collect();
        author_keys(&threads)
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let (started, others) = Changes::of(batch)?.rows();
        started.write(transaction).await?;
        others.write(transaction).await?;
        Ok(())
    }

    async fn bulk(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let (started, others) = Changes::of(batch)?.rows();
        started.copy(transaction).await?;
        others.write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let member = person.member.as_uuid();
        query_file!("src/projections/thread_list/redact.sql", person.tenant.as_str(), member)
            .execute(transaction)
            .await?;
        Ok(())
    }
}

/// What a batch does to one thread.
struct Change {
    community: CommunityId,
    author: MemberId,
    started_at: Option<i64>,
    retitled: bool,
    title: Option<String>,
    author_erased: bool,
    deleted: bool,
    /// The newest activity in this batch; none if it holds no start and no reply.
    last_activity_at: Option<i64>,
    replies: i64,
}

impl Change {
    fn at(&mut self, at: i64) {
        self.last_activity_at = Some(self.last_activity_at.map_or(at, |known| known.max(at)));
    }
}

/// What a batch does to all threads, folded so that each row is touched once.
#[derive(Default)]
struct Changes<'a>(HashMap<(&'a TenantSlug, ThreadId), Change>);

impl<'a> Changes<'a> {
    fn of(batch: &Batch<'a>) -> Result<Self, ApplyError> {
        let mut changes = Self::default();
        for event in batch.events() {
            match post_event(&event)? {
                Some(PostEvent::Thread(thread)) => changes.thread(batch, &event, &thread)?,
                Some(PostEvent::Comment(comment)) => changes.comment(&event, &comment)?,
                None => {}
            }
        }
        Ok(changes)
    }

    fn change(&mut self, event: &BatchEvent<'a>, home: &Home, author: MemberId) -> Result<&mut Change, ApplyError> {
        let (tenant, _) = owner(event)?;
        Ok(self.0.entry((tenant, home.thread)).or_insert(Change {
            community: home.community,
            author,
            started_at: None,
            retitled: false,
            title: None,
            author_erased: false,
            deleted: false,
            last_activity_at: None,
            replies: 0,
        }))
    }

    fn thread(&mut self, batch: &Batch<'a>, event: &BatchEvent<'a>, what: &thread::Event) -> Result<(), ApplyError> {
        match what {
            thread::Event::Started { home, title, at, .. } => {
                let title = text(batch, event, title, home.author, field::TITLE)?;
                let change = self.change(event, home, home.author)?;
                change.started_at = Some(at.millis());
                change.at(at.millis());
                change.author_erased = title.is_none();
                change.title = title;
            }
            thread::Event::Edited { home, title: Some(title), .. } => {
                let title = text(batch, event, title, home.author, field::TITLE)?;
                let change = self.change(event, home, home.author)?;
                change.retitled = true;
                change.author_erased |= title.is_none();
                change.title = title;
            }
            // The text is not shown in the list.
            thread::Event::Edited { title: None, .. } => {}
            thread::Event::Deleted { home, .. } => {
                let change = self.change(event, home, home.author)?;
                change.deleted = true;
                change.title = None;
            }
        }
        Ok(())
    }

    fn comment(&mut self, event: &BatchEvent<'a>, what: &comment::Event) -> Result<(), ApplyError> {
        match what {
            comment::Event::Posted { home, answered, at, .. } => {
                let change = self.change(event, home, answered.thread_author)?;
                change.replies += 1;
                change.at(at.millis());
            }
            comment::Event::Edited { .. } => {} // neither counted nor an activity
            comment::Event::Deleted { home, .. } => {
                // The row is there: whoever deletes had posted. Its author stays as it is.
                self.change(event, home, home.author)?.replies -= 1;
            }
        }
        Ok(())
    }

    fn rows(self) -> (Started, Others) {
        let (mut started, mut replied, mut changed) = (Started::default(), Replied::default(), Changed::default());
        for ((tenant, thread), change) in self.0 {
            let key = (tenant.as_str().to_owned(), thread.as_uuid());
            if change.started_at.is_some() {
                started.push(key, change);
                continue;
            }
            if change.retitled || change.deleted {
                changed.push(key.clone(), &change);
            }
            if change.last_activity_at.is_some() || change.replies != 0 {
                replied.push(key, &change);
            }
        }
        (started, Others { replied, changed })
    }
}
