//! Pairings of mentees with mentors, and what either says of how they go.
//!
//! # Promises
//!
//! * The row of a pairing holds the decline, why it ended, and what a round asked; who may
//!   see it is for the query to say.
//! * Words are there only while whoever wrote them is.

use std::collections::HashMap;

use kindred_eventsourcing::{Contract, KeyId, Record, RecordedCommit, Sealed};
use kindred_ids::{EntityId, MemberId, RoundId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::note;
use crate::application::NOTE;
use crate::contract::{mood_to_wire, reason_to_wire};
use crate::domain::pairing::Event;
use crate::domain::{CheckIn, Pairing, check_in};

/// States as the contract counts them.
mod state {
    pub const OPEN: i16 = 1;
    pub const ACTIVE: i16 = 2;
    pub const DECLINED: i16 = 3;
    pub const WITHDRAWN: i16 = 4;
    pub const ENDED: i16 = 5;
    pub const LAPSED: i16 = 6;
}

/// See the module.
#[derive(Debug)]
pub struct Pairings;

impl Projection for Pairings {
    const NAME: &'static str = "pairings";
    const VERSION: u32 = 2;
    const CONTEXT: &'static str = "matching";
    const TABLES: &'static str = include_str!("pairings/tables.sql");
    const INDEXES: &'static str = include_str!("pairings/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "pairing" | "check_in")
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        note::keys(commits, sealed)
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let (mut changes, mut said) = (HashMap::new(), Said::default());
        for event in batch.events() {
            if event.commit.key.category() == "check_in" {
                said.take(batch, &event)?;
            } else {
                take(&mut changes, batch, &event)?;
            }
        }
        write(transaction, changes).await?;
        said.write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/pairings/redact.sql", tenant, member).execute(&mut *transaction).await?;
        query_file!("src/projections/pairings/redact_said.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

fn sealed(record: &Record) -> Option<Sealed> {
    match (Pairing::decode(record), CheckIn::decode(record)) {
        (Ok(Event::PairingRequested { note, .. }), _) => note,
        (_, Ok(check_in::Event::PairingCheckedIn { note, .. })) => note,
        (Ok(_) | Err(_), Err(_)) => None,
    }
}

/// What a batch does to one pairing; what it does not touch is none.
struct Change {
    mentee: MemberId,
    mentor: MemberId,
    state: i16,
    /// Only counts where `asked_at` is said.
    note: Option<String>,
    /// As the note.
    round: Option<Uuid>,
    asked_at: Option<i64>,
    accepted_at: Option<i64>,
    ended: Option<Ended>,
    erased: (bool, bool),
}

#[derive(Clone, Copy)]
struct Ended {
    at: i64,
    by: Uuid,
    reason: i16,
}

type Changes<'a> = HashMap<(&'a TenantSlug, EntityId), Change>;

fn take<'a>(changes: &mut Changes<'a>, batch: &Batch<'a>, event: &BatchEvent<'a>) -> Result<(), ApplyError> {
    let (tenant, id) = note::key(event)?;
    let fact = Pairing::decode(event.record).map_err(|error| event.undecodable(&error))?;
    let (Event::PairingRequested { mentee, mentor, at, .. }
    | Event::PairingAccepted { mentee, mentor, at, .. }
    | Event::PairingDeclined { mentee, mentor, at }
    | Event::PairingWithdrawn { mentee, mentor, at }
    | Event::PairingEnded { mentee, mentor, at, .. }
    | Event::PairingLapsed { mentee, mentor, at }) = &fact;
    let (mentee, mentor, at) = (*mentee, *mentor, at.millis());
    let erased = (note::is_erased(batch, tenant, mentee), note::is_erased(batch, tenant, mentor));
    let change = changes.entry((tenant, id)).or_insert(Change {
        mentee,
        mentor,
        state: state::OPEN,
        note: None,
        round: None,
        asked_at: None,
        accepted_at: None,
        ended: None,
        erased,
    });
    change.state = match &fact {
        Event::PairingRequested { note, round, .. } => {
            change.note = note::open(batch, event, mentee, NOTE, note.as_ref())?;
            change.round = round.map(RoundId::as_uuid);
            change.asked_at = Some(at);
            state::OPEN
        }
        Event::PairingAccepted { .. } => {
            change.accepted_at = Some(at);
            state::ACTIVE
        }
        Event::PairingDeclined { .. } => state::DECLINED,
        Event::PairingWithdrawn { .. } => state::WITHDRAWN,
        Event::PairingEnded { by, reason, .. } => {
            change.ended = Some(Ended { at, by: by.as_uuid(), reason: reason_to_wire(*reason) as i16 });
            state::ENDED
        }
        Event::PairingLapsed { .. } => state::LAPSED,
    };
    Ok(())
}

async fn write(transaction: &mut PgConnection, changes: Changes<'_>) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let (keys, changes): (Vec<_>, Vec<Change>) = changes.into_iter().unzip();
    let (tenants, ids): (Vec<String>, Vec<Uuid>) =
        keys.into_iter().map(|(tenant, id)| (tenant.as_str().to_owned(), id.as_uuid())).unzip();
    let mentees: Vec<_> = changes.iter().map(|change| change.mentee.as_uuid()).collect();
    let mentors: Vec<_> = changes.iter().map(|change| change.mentor.as_uuid()).collect();
    let states: Vec<_> = changes.iter().map(|change| change.state).collect();
    let rounds: Vec<_> = changes.iter().map(|change| change.round).collect();
    let asked_at: Vec<_> = changes.iter().map(|change| change.asked_at).collect();
    let accepted_at: Vec<_> = changes.iter().map(|change| change.accepted_at).collect();
    let ended_at: Vec<_> = changes.iter().map(|change| change.ended.map(|ended| ended.at)).collect();
    let ended_by: Vec<_> = changes.iter().map(|change| change.ended.map(|ended| ended.by)).collect();
    let reasons: Vec<_> = changes.iter().map(|change| change.ended.map(|ended| ended.reason)).collect();
    let (mentees_erased, mentors_erased): (Vec<_>, Vec<_>) = changes.iter().map(|change| change.erased).unzip();
    let notes: Vec<_> = changes.into_iter().map(|change| change.note).collect();
    query_file!(
        "src/projections/pairings/changed.sql",
        &tenants,
        &ids,
        &mentees,
        &mentors,
        &states,
        &notes as &[Option<String>],
        &asked_at as &[Option<i64>],
        &accepted_at as &[Option<i64>],
        &ended_at as &[Option<i64>],
        &ended_by as &[Option<Uuid>],
        &reasons as &[Option<i16>],
        &mentees_erased,
        &mentors_erased,
        &rounds as &[Option<Uuid>]
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Check-ins of a batch, column by column.
#[derive(Default)]
struct Said {
    keys: (Vec<String>, Vec<Uuid>),
    pairings: Vec<Uuid>,
    written_by: Vec<Uuid>,
    moods: Vec<i16>,
    notes: Vec<Option<String>>,
    said_at: Vec<i64>,
}

impl Said {
    fn take(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>) -> Result<(), ApplyError> {
        let (tenant, id) = note::key(event)?;
        let fact = CheckIn::decode(event.record).map_err(|error| event.undecodable(&error))?;
        let check_in::Event::PairingCheckedIn { pairing, by, mood, note, at, .. } = fact;
        self.notes.push(note::open(batch, event, by, NOTE, note.as_ref())?);
        self.keys.0.push(tenant.as_str().to_owned());
        self.keys.1.push(id.as_uuid());
        self.pairings.push(pairing.as_uuid());
        self.written_by.push(by.as_uuid());
        self.moods.push(mood_to_wire(mood) as i16);
        self.said_at.push(at.millis());
        Ok(())
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.moods.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/pairings/said.sql",
            &self.keys.0,
            &self.keys.1,
            &self.pairings,
            &self.written_by,
            &self.moods,
            &self.notes as &[Option<String>],
            &self.said_at
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
