//! Mentors and what they offer.
//!
//! # Promises
//!
//! * A row for everybody who ever offered; who offers now is for the query to say.
//! * What they offer is there only while they do, and they are.

use std::collections::HashMap;

use kindred_eventsourcing::{Contract, KeyId, RecordedCommit};
use kindred_ids::{MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::note;
use crate::application::ABOUT;
use crate::domain::Mentor;
use crate::domain::mentor::{Capacity, Event};

/// See the module.
#[derive(Debug)]
pub struct Mentors;

impl Projection for Mentors {
    const NAME: &'static str = "mentors";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "matching";
    const TABLES: &'static str = include_str!("mentors/tables.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "mentor"
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        note::keys(commits, |record| match Mentor::decode(record) {
            Ok(Event::MentorEnrolled { about, .. }) => Some(about),
            Ok(_) | Err(_) => None,
        })
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut changes = HashMap::new();
        for event in batch.events() {
            take(&mut changes, batch, &event)?;
        }
        write(transaction, changes).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/mentors/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

/// What a batch does to one mentor; what it does not touch is none.
#[derive(Default)]
struct Change {
    enrolled: Option<bool>,
    /// Only counts where `enrolled` is said.
    about: Option<String>,
    capacity: Option<i16>,
    trained: Option<bool>,
    paused: Option<bool>,
    erased: bool,
}

type Changes<'a> = HashMap<(&'a TenantSlug, MemberId), Change>;

fn take<'a>(changes: &mut Changes<'a>, batch: &Batch<'a>, event: &BatchEvent<'a>) -> Result<(), ApplyError> {
    let (tenant, _) = note::key(event)?;
    let fact = Mentor::decode(event.record).map_err(|error| event.undecodable(&error))?;
    let (Event::MentorEnrolled { member, .. }
    | Event::MentorTrained { member, .. }
    | Event::MentorCapacityChanged { member, .. }
    | Event::MentorPaused { member, .. }
    | Event::MentorResumed { member, .. }
    | Event::MentorLeft { member, .. }) = &fact;
    let change = changes.entry((tenant, *member)).or_default();
    change.erased = note::is_erased(batch, tenant, *member);
    match &fact {
        Event::MentorEnrolled { member, about, capacity, .. } => {
            change.about = note::open(batch, event, *member, ABOUT, Some(about))?;
            (change.enrolled, change.capacity) = (Some(true), Some(places(*capacity)));
        }
        Event::MentorTrained { .. } => change.trained = Some(true),
        Event::MentorCapacityChanged { capacity, .. } => change.capacity = Some(places(*capacity)),
        Event::MentorPaused { .. } => change.paused = Some(true),
        Event::MentorResumed { .. } => change.paused = Some(false),
        Event::MentorLeft { .. } => {
            let (no, erased) = (Some(false), change.erased);
            *change = Change { enrolled: no, trained: no, paused: no, erased, ..Change::default() };
        }
    }
    Ok(())
}

fn places(capacity: Capacity) -> i16 {
    i16::try_from(capacity.get()).unwrap_or(i16::MAX)
}

async fn write(transaction: &mut PgConnection, changes: Changes<'_>) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let (keys, changes): (Vec<_>, Vec<Change>) = changes.into_iter().unzip();
    let (tenants, members): (Vec<String>, Vec<Uuid>) =
        keys.into_iter().map(|(tenant, member)| (tenant.as_str().to_owned(), member.as_uuid())).unzip();
    let enrolled: Vec<_> = changes.iter().map(|change| change.enrolled).collect();
    let capacities: Vec<_> = changes.iter().map(|change| change.capacity).collect();
    let trained: Vec<_> = changes.iter().map(|change| change.trained).collect();
    let paused: Vec<_> = changes.iter().map(|change| change.paused).collect();
    let erased: Vec<_> = changes.iter().map(|change| change.erased).collect();
    let about: Vec<_> = changes.into_iter().map(|change| change.about).collect();
    query_file!(
        "src/projections/mentors/changed.sql",
        &tenants,
        &members,
        &enrolled as &[Option<bool>],
        &about as &[Option<String>],
        &capacities as &[Option<i16>],
        &trained as &[Option<bool>],
        &paused as &[Option<bool>],
        &erased
    )
    .execute(transaction)
    .await?;
    Ok(())
}
