//! Rows of `post_reactions`, `post_reaction_counts` and `thread_totals`.

use std::collections::HashMap;

use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::folded::PostKey;

/// The last word of each member on each post.
#[derive(Default)]
pub(super) struct Reactions {
    tenants: Vec<String>,
    posts: Vec<Uuid>,
    members: Vec<Uuid>,
    said: Vec<i16>,
}

impl Reactions {
    pub(super) fn of(all: HashMap<(PostKey, Uuid), i16>) -> Self {
        let mut rows = Self::default();
        for (((tenant, post), member), said) in all {
            rows.tenants.push(tenant);
            rows.posts.push(post);
            rows.members.push(member);
            rows.said.push(said);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.posts.is_empty() {
            return Ok(());
        }
        query_file!("src/projections/thread/reacted.sql", &self.tenants, &self.posts, &self.members, &self.said)
            .execute(&mut *transaction)
            .await?;
        query_file!("src/projections/thread/uncounted.sql", &self.tenants, &self.posts).execute(transaction).await?;
        Ok(())
    }
}

/// By how much the number of replies of each thread changes; a thread whose replies come
/// and go within a batch is there too, so that its row does not depend on the batch.
#[derive(Default)]
pub(super) struct Totals {
    tenants: Vec<String>,
    threads: Vec<Uuid>,
    changes: Vec<i64>,
}

impl Totals {
    pub(super) fn of(all: HashMap<PostKey, i64>) -> Self {
        let mut rows = Self::default();
        for ((tenant, thread), change) in all {
            rows.tenants.push(tenant);
            rows.threads.push(thread);
            rows.changes.push(change);
        }
        rows
    }

    pub(super) async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.threads.is_empty() {
            return Ok(());
        }
        query_file!("src/projections/thread/totals.sql", &self.tenants, &self.threads, &self.changes)
            .execute(transaction)
            .await?;
        Ok(())
    }
}
