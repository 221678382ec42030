//! Rounds of the mentor programme: how they were held, and their numbers.
//!
//! # Promises
//!
//! * A round that runs has a row without numbers.
//! * Who was proposed whom is not here: what the rounds asked is in the pairings.

use kindred_eventsourcing::{Contract, RecordedCommit};
use kindred_ids::{EntityId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::note;
use crate::contract::mode_to_wire;
use crate::domain::Round;
use crate::domain::round::{Event, Found, Mode};

/// See the module.
#[derive(Debug)]
pub struct Rounds;

impl Projection for Rounds {
    const NAME: &'static str = "rounds";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "matching";
    const TABLES: &'static str = include_str!("rounds/tables.sql");
    const INDEXES: &'static str = include_str!("rounds/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "round"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let (mut started, mut finished) = (Started::default(), Finished::default());
        for event in batch.events() {
            let place = note::key(&event)?;
            match decoded(&event)? {
                Event::MentorRoundStarted { mode, at, .. } => started.take(place, mode, at.millis()),
                // Its finish says how many there are.
                Event::MentorsProposed { .. } => {}
                Event::MentorRoundFinished { found, proposed, at, .. } => {
                    finished.take(place, &found, proposed, at.millis());
                }
            }
        }
        started.write(transaction).await?;
        finished.write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, _transaction: &mut PgConnection, _person: &Person) -> Result<(), sqlx::Error> {
        Ok(())
    }
}

fn decoded(event: &BatchEvent<'_>) -> Result<Event, ApplyError> {
    Round::decode(event.record).map_err(|error| event.undecodable(&error))
}

/// Rounds that a batch starts, column by column.
#[derive(Default)]
struct Started {
    keys: (Vec<String>, Vec<Uuid>),
    modes: Vec<i16>,
    started_at: Vec<i64>,
}

impl Started {
    fn take(&mut self, (tenant, id): (&TenantSlug, EntityId), mode: Mode, at: i64) {
        self.keys.0.push(tenant.as_str().to_owned());
        self.keys.1.push(id.as_uuid());
        self.modes.push(mode_to_wire(mode) as i16);
        self.started_at.push(at);
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.modes.is_empty() {
            return Ok(());
        }
        let Self { keys: (tenants, ids), modes, started_at } = &self;
        let query = query_file!("src/projections/rounds/started.sql", tenants, ids, modes, started_at);
        query.execute(transaction).await?;
        Ok(())
    }
}

/// Rounds that a batch finishes, column by column.
#[derive(Default)]
struct Finished {
    keys: (Vec<String>, Vec<Uuid>),
    finished_at: Vec<i64>,
    waiting: Vec<i32>,
    mentors: Vec<i32>,
    places: Vec<i32>,
    proposed: Vec<i32>,
    longest: Vec<i64>,
}

impl Finished {
    fn take(&mut self, (tenant, id): (&TenantSlug, EntityId), found: &Found, proposed: u32, at: i64) {
        let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        self.keys.0.push(tenant.as_str().to_owned());
        self.keys.1.push(id.as_uuid());
        self.finished_at.push(at);
        self.waiting.push(count(found.waiting));
        self.mentors.push(count(found.mentors));
        self.places.push(count(found.places));
        self.proposed.push(count(proposed));
        self.longest.push(i64::try_from(found.longest_wait_millis).unwrap_or(i64::MAX));
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.finished_at.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/rounds/finished.sql",
            &self.keys.0,
            &self.keys.1,
            &self.finished_at,
            &self.waiting,
            &self.mentors,
            &self.places,
            &self.proposed,
            &self.longest
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
