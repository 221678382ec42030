//! Who waits for a mentor, since when, and whom a round asked in their name.
//!
//! # Promises
//!
//! * A row for everybody who ever waited; who waits now is for the query to say.
//! * Ids and moments only, so that an erasure leaves what applying would.

use std::collections::HashMap;

use kindred_eventsourcing::{Contract, RecordedCommit};
use kindred_ids::{MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::note;
use crate::domain::MentorWait;
use crate::domain::mentor_wait::Event;

/// See the module.
#[derive(Debug)]
pub struct MentorWaits;

impl Projection for MentorWaits {
    const NAME: &'static str = "mentor_waits";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "matching";
    const TABLES: &'static str = include_str!("mentor_waits/tables.sql");
    const INDEXES: &'static str = include_str!("mentor_waits/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "mentor_wait"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut changes = HashMap::new();
        for event in batch.events() {
            take(&mut changes, &event)?;
        }
        write(transaction, changes).await?;
        Ok(())
    }

    async fn redact(&self, _transaction: &mut PgConnection, _person: &Person) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

/// What a batch leaves of one wish.
#[derive(Default)]
struct Change {
    /// Whether it was over at some moment of the batch: what was known before counts no more.
    over: bool,
    since: Option<i64>,
    open: Option<Open>,
}

#[derive(Clone, Copy)]
struct Open {
    mentor: Uuid,
    round: Uuid,
    at: i64,
}

type Changes<'a> = HashMap<(&'a TenantSlug, MemberId), Change>;

fn take<'a>(changes: &mut Changes<'a>, event: &BatchEvent<'a>) -> Result<(), ApplyError> {
    let (tenant, _) = note::key(event)?;
    let fact = MentorWait::decode(event.record).map_err(|error| event.undecodable(&error))?;
    let (Event::MentorWaitBegan { member, .. }
    | Event::MentorProposed { member, .. }
    | Event::MentorWaitResumed { member, .. }
    | Event::MentorWaitStopped { member, .. }
    | Event::MentorWaitFulfilled { member, .. }) = &fact;
    let change = changes.entry((tenant, *member)).or_default();
    match &fact {
        Event::MentorWaitBegan { at, .. } => *change = Change { over: true, since: Some(at.millis()), open: None },
        Event::MentorProposed { mentor, round, at, .. } => {
            let (mentor, round) = (mentor.as_uuid(), round.as_uuid());
            change.open = Some(Open { mentor, round, at: at.millis() });
        }
        Event::MentorWaitResumed { .. } => change.open = None,
        Event::MentorWaitStopped { .. } | Event::MentorWaitFulfilled { .. } => {
            *change = Change { over: true, since: None, open: None };
        }
    }
    Ok(())
}

async fn write(transaction: &mut PgConnection, changes: Changes<'_>) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let (keys, changes): (Vec<_>, Vec<Change>) = changes.into_iter().unzip();
    let (tenants, members): (Vec<String>, Vec<Uuid>) =
        keys.into_iter().map(|(tenant, member)| (tenant.as_str().to_owned(), member.as_uuid())).unzip();
    let over: Vec<_> = changes.iter().map(|change| change.over).collect();
    let since: Vec<_> = changes.iter().map(|change| change.since).collect();
    let mentors: Vec<_> = changes.iter().map(|change| change.open.map(|open| open.mentor)).collect();
    let rounds: Vec<_> = changes.iter().map(|change| change.open.map(|open| open.round)).collect();
    let proposed_at: Vec<_> = changes.iter().map(|change| change.open.map(|open| open.at)).collect();
    query_file!(
        "src/projections/mentor_waits/changed.sql",
        &tenants,
        &members,
        &over,
        &since as &[Option<i64>],
        &mentors as &[Option<Uuid>],
        &rounds as &[Option<Uuid>],
        &proposed_at as &[Option<i64>]
    )
    .execute(transaction)
    .await?;
    Ok(())
}
