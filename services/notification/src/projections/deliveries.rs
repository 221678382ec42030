//! The ledger of deliveries: what waits until when, and how the rest ended. The worker's
//! timers are its rows.
//!
//! # Promises
//!
//! * A delivery is due here only until the log says how it ended; the worker asks the log
//!   again before it sends.
//! * Of an erased person nothing is left, so nothing of theirs is ever due.

use std::collections::BTreeMap;

use kindred_eventsourcing::{RecordedCommit, Timestamp};
use kindred_ids::{EntityId, MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::{is_erased, read};
use crate::domain::delivery::{Delivery, Event};
use crate::domain::notice::Kind;

/// See the module.
#[derive(Debug)]
pub struct Deliveries;

impl Projection for Deliveries {
    const NAME: &'static str = "deliveries";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "notification";
    const TABLES: &'static str = include_str!("deliveries/tables.sql");
    const INDEXES: &'static str = include_str!("deliveries/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "delivery"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let changes = Changes::of(batch)?;
        changes.queued.insert(&mut *transaction).await?;
        changes.update(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        query_file!("src/projections/deliveries/redact.sql", person.tenant.as_str(), person.member.as_uuid())
            .execute(transaction)
            .await?;
        Ok(())
    }
}

/// Where a delivery has moved to in a batch.
#[derive(Default)]
struct Moved {
    state: &'static str,
    attempts: Option<i32>,
    code: Option<String>,
    due_at: Option<i64>,
}

#[derive(Default)]
struct Changes {
    queued: Queued,
    moved: BTreeMap<(String, Uuid), Moved>,
}

#[derive(Default)]
struct Queued {
    tenants: Vec<String>,
    deliveries: Vec<Uuid>,
    members: Vec<Uuid>,
    kinds: Vec<String>,
    queued_at: Vec<i64>,
}

impl Changes {
    fn of(batch: &Batch<'_>) -> Result<Self, ApplyError> {
        let mut changes = Self::default();
        for event in batch.events() {
            let (tenant, delivery, what) = read::<Delivery>(&event)?;
            let mut moved = |state, attempts: Option<u32>, code: Option<&str>, due_at: Option<Timestamp>| {
                let row = changes.moved.entry((tenant.to_string(), delivery.as_uuid())).or_default();
                row.state = state;
                row.attempts = attempts.map(|attempts| attempts as i32).or(row.attempts);
                row.code = code.map(str::to_owned).or_else(|| row.code.take());
                row.due_at = due_at.map(Timestamp::millis);
            };
            match what {
                Event::Queued { member, .. } if is_erased(batch, tenant, member) => {}
                Event::Queued { member, kind, at, .. } => changes.queued.push(tenant, delivery, member, kind, at),
                Event::Failed { attempt, code, retry_at, .. } => {
                    let state = if retry_at.is_some() { "due" } else { "dead" };
                    moved(state, Some(attempt), Some(code.as_str()), retry_at);
                }
                Event::Sent { attempt, .. } => moved("sent", Some(attempt), None, None),
                Event::Cancelled { reason, .. } => moved("cancelled", None, Some(reason.as_str()), None),
            }
        }
        Ok(changes)
    }

    async fn update(&self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.moved.is_empty() {
            return Ok(());
        }
        let (tenants, deliveries): (Vec<String>, Vec<Uuid>) = self.moved.keys().cloned().unzip();
        let rows = || self.moved.values();
        let states: Vec<String> = rows().map(|row| row.state.to_owned()).collect();
        let attempts: Vec<Option<i32>> = rows().map(|row| row.attempts).collect();
        let codes: Vec<Option<String>> = rows().map(|row| row.code.clone()).collect();
        let due_at: Vec<Option<i64>> = rows().map(|row| row.due_at).collect();
        query_file!(
            "src/projections/deliveries/moved.sql",
            &tenants,
            &deliveries,
            &states,
            &attempts as &[Option<i32>],
            &codes as &[Option<String>],
            &due_at as &[Option<i64>]
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

impl Queued {
    fn push(&mut self, tenant: &TenantSlug, delivery: EntityId, member: MemberId, kind: Kind, at: Timestamp) {
        self.tenants.push(tenant.to_string());
        self.deliveries.push(delivery.as_uuid());
        self.members.push(member.as_uuid());
        self.kinds.push(kind.as_str().to_owned());
        self.queued_at.push(at.millis());
    }

    async fn insert(&self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.deliveries.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/deliveries/queued.sql",
            &self.tenants,
            &self.deliveries,
            &self.members,
            &self.kinds,
            &self.queued_at
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
