//! Rows of the two tables, column by column.

use std::collections::BTreeMap;

use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::{Activity, MessageKey, NewMessage, SideKey};

/// Which sides.
#[derive(Default)]
struct Sides {
    tenants: Vec<String>,
    conversations: Vec<Uuid>,
    members: Vec<Uuid>,
}

impl Sides {
    fn push(&mut self, (tenant, conversation, member): SideKey) {
        self.tenants.push(tenant);
        self.conversations.push(conversation);
        self.members.push(member);
    }
}

#[derive(Default)]
pub(super) struct Touched {
    sides: Sides,
    others: Vec<Uuid>,
    opened_at: Vec<Option<i64>>,
    last_activity_at: Vec<i64>,
}

impl Touched {
    pub(super) fn of(activities: BTreeMap<SideKey, Activity>) -> Self {
        let mut rows = Self::default();
        for (key, activity) in activities {
            rows.sides.push(key);
            rows.others.push(activity.other);
            rows.opened_at.push(activity.opened_at);
            rows.last_activity_at.push(activity.at);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.others.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/conversations/touched.sql",
            &self.sides.tenants,
            &self.sides.conversations,
            &self.sides.members,
            &self.others,
            &self.opened_at as &[Option<i64>],
            &self.last_activity_at
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Moved {
    sides: Sides,
    left: Vec<Option<i64>>,
}

impl Moved {
    pub(super) fn of(moves: BTreeMap<SideKey, Option<i64>>) -> Self {
        let mut rows = Self::default();
        for (key, left) in moves {
            rows.sides.push(key);
            rows.left.push(left);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.left.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/conversations/moved.sql",
            &self.sides.tenants,
            &self.sides.conversations,
            &self.sides.members,
            &self.left as &[Option<i64>]
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
pub(super) struct Written {
    tenants: Vec<String>,
    ids: Vec<Uuid>,
    conversations: Vec<Uuid>,
    authors: Vec<Uuid>,
    texts: Vec<Option<String>>,
    written_at: Vec<i64>,
    deleted_at: Vec<Option<i64>>,
    author_erased: Vec<bool>,
    sequences: Vec<i64>,
}

impl Written {
    pub(super) fn of(messages: BTreeMap<MessageKey, NewMessage>) -> Self {
        let mut rows = Self::default();
        for ((tenant, id), message) in messages {
            rows.tenants.push(tenant);
            rows.ids.push(id);
            rows.conversations.push(message.route.conversation.as_uuid());
            rows.authors.push(message.route.from.as_uuid());
            rows.texts.push(message.text);
            rows.written_at.push(message.written_at);
            rows.deleted_at.push(message.deleted_at);
            rows.author_erased.push(message.author_erased);
            rows.sequences.push(message.sequence);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/conversations/written.sql",
            &self.tenants,
            &self.ids,
            &self.conversations,
            &self.authors,
            &self.texts as &[Option<String>],
            &self.written_at,
            &self.deleted_at as &[Option<i64>],
            &self.author_erased,
            &self.sequences
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
}

impl Deleted {
    pub(super) fn of(messages: BTreeMap<MessageKey, i64>) -> Self {
        let mut rows = Self::default();
        for ((tenant, id), at) in messages {
            rows.tenants.push(tenant);
            rows.ids.push(id);
            rows.at.push(at);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        query_file!("src/projections/conversations/deleted.sql", &self.tenants, &self.ids, &self.at)
            .execute(transaction)
            .await?;
        Ok(())
    }
}
