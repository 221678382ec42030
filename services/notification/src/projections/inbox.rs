//! What lies in members' inboxes.
//!
//! # Promises
//!
//! * An item lies in its member's inbox once, and is read for good.
//! * An inbox of an erased person is empty; items of others that name them stay.
//! * Whoever listens on [`CHANGED`] hears of every inbox that a committed batch changed.

use std::collections::BTreeSet;

use kindred_eventsourcing::RecordedCommit;
use kindred_ids::{EntityId, MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::{is_erased, read};
use crate::domain::inbox_item::{Event, InboxItem};
use crate::domain::notice::Notice;

/// The channel on which Postgres tells of changed inboxes, each as `<tenant>/<member>`.
pub const CHANGED: &str = "kindred_inbox_changed";

/// See the module.
#[derive(Debug)]
pub struct Inbox;

impl Projection for Inbox {
    const NAME: &'static str = "inbox";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "notification";
    const TABLES: &'static str = include_str!("inbox/tables.sql");
    const INDEXES: &'static str = include_str!("inbox/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "inbox_item"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let changes = Changes::of(batch)?;
        changes.write(&mut *transaction).await?;
        changes.tell(transaction).await?;
        Ok(())
    }

    /// Nobody reads these tables yet, so nobody is told.
    async fn bulk(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        Changes::of(batch)?.write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        query_file!("src/projections/inbox/redact.sql", person.tenant.as_str(), person.member.as_uuid())
            .execute(transaction)
            .await?;
        Ok(())
    }
}

/// What a batch does, column by column.
#[derive(Default)]
struct Changes {
    added: Added,
    read_tenants: Vec<String>,
    read_items: Vec<Uuid>,
    changed: BTreeSet<String>,
}

#[derive(Default)]
struct Added {
    tenants: Vec<String>,
    items: Vec<Uuid>,
    members: Vec<Uuid>,
    kinds: Vec<String>,
    actors: Vec<Uuid>,
    subjects: Vec<Uuid>,
    threads: Vec<Option<Uuid>>,
    communities: Vec<Option<Uuid>>,
    declined: Vec<bool>,
    added_at: Vec<i64>,
}

impl Changes {
    fn of(batch: &Batch<'_>) -> Result<Self, ApplyError> {
        let mut changes = Self::default();
        for event in batch.events() {
            let (tenant, item, what) = read::<InboxItem>(&event)?;
            match what {
                Event::Added { notice, .. } if is_erased(batch, tenant, notice.member) => {}
                Event::Added { notice, at } => {
                    changes.added.push(tenant, item, &notice, at.millis());
                    changes.touch(tenant, notice.member);
                }
                Event::Suppressed { .. } => {} // lies in no inbox
                Event::Read { member, .. } => {
                    changes.read_tenants.push(tenant.to_string());
                    changes.read_items.push(item.as_uuid());
                    changes.touch(tenant, member);
                }
            }
        }
        Ok(changes)
    }

    fn touch(&mut self, tenant: &TenantSlug, member: MemberId) {
        self.changed.insert(format!("{tenant}/{member}"));
    }

    /// An item is added before it is read, so this order holds within a batch too.
    async fn write(&self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let Added { tenants, items, members, kinds, actors, subjects, threads, communities, declined, added_at } =
            &self.added;
        query_file!(
            "src/projections/inbox/added.sql",
            tenants,
            items,
            members,
            kinds,
            actors,
            subjects,
            threads as &[Option<Uuid>],
            communities as &[Option<Uuid>],
            declined,
            added_at
        )
        .execute(&mut *transaction)
        .await?;
        if !self.read_items.is_empty() {
            query_file!("src/projections/inbox/read.sql", &self.read_tenants, &self.read_items)
                .execute(transaction)
                .await?;
        }
        Ok(())
    }

    async fn tell(&self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let changed: Vec<String> = self.changed.iter().cloned().collect();
        query_file!("src/projections/inbox/changed.sql", CHANGED, &changed).fetch_all(transaction).await?;
        Ok(())
    }
}

impl Added {
    fn push(&mut self, tenant: &TenantSlug, item: EntityId, notice: &Notice, at: i64) {
        self.tenants.push(tenant.to_string());
        self.items.push(item.as_uuid());
        self.members.push(notice.member.as_uuid());
        self.kinds.push(notice.kind.as_str().to_owned());
        self.actors.push(notice.actor.as_uuid());
        self.subjects.push(notice.subject.as_uuid());
        self.threads.push(notice.thread.map(|thread| thread.as_uuid()));
        self.communities.push(notice.community.map(|community| community.as_uuid()));
        self.declined.push(notice.declined);
        self.added_at.push(at);
    }
}
