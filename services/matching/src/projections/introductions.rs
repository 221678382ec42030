//! Introductions of both sides, with the note that came with the question.
//!
//! # Promises
//!
//! * The row of an introduction holds the decline; who may see it is for the query to say.
//! * A note is there only while whoever wrote it is.

use std::collections::HashMap;

use kindred_eventsourcing::{Contract, KeyId, RecordedCommit, Sealed, Timestamp};
use kindred_ids::{EntityId, MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::note;
use crate::application::NOTE;
use crate::domain::Introduction;
use crate::domain::introduction::Event;

/// States as the contract counts them.
mod state {
    pub const OPEN: i16 = 1;
    pub const ACCEPTED: i16 = 2;
    pub const DECLINED: i16 = 3;
    pub const WITHDRAWN: i16 = 4;
}

/// See the module.
#[derive(Debug)]
pub struct Introductions;

impl Projection for Introductions {
    const NAME: &'static str = "introductions";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "matching";
    const TABLES: &'static str = include_str!("introductions/tables.sql");
    const INDEXES: &'static str = include_str!("introductions/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "introduction"
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        note::keys(commits, |record| match Introduction::decode(record) {
            Ok(Event::IntroductionRequested { note, .. }) => note,
            Ok(_) | Err(_) => None,
        })
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut changes = Changes::default();
        for event in batch.events() {
            changes.take(batch, &event)?;
        }
        changes.write(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/introductions/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

/// A question that was put in the batch.
struct Question {
    from: MemberId,
    to: MemberId,
    note: Option<String>,
    asked_at: i64,
    from_erased: bool,
    to_erased: bool,
}

/// What a batch does to one introduction.
struct Change {
    question: Option<Question>,
    state: i16,
    answered_at: Option<i64>,
}

/// What a batch does to all, folded so that each row is touched once.
#[derive(Default)]
struct Changes<'a>(HashMap<(&'a TenantSlug, EntityId), Change>);

impl<'a> Changes<'a> {
    fn take(&mut self, batch: &Batch<'a>, event: &BatchEvent<'a>) -> Result<(), ApplyError> {
        let (tenant, id) = note::key(event)?;
        let fact = Introduction::decode(event.record).map_err(|error| event.undecodable(&error))?;
        match fact {
            Event::IntroductionRequested { from, to, note, at } => {
                let question = question(batch, event, (tenant, from, to), note.as_ref(), at)?;
                let change = Change { question: Some(question), state: state::OPEN, answered_at: None };
                self.0.insert((tenant, id), change);
            }
            Event::IntroductionAccepted { at, .. } => self.stands(tenant, id, state::ACCEPTED, Some(at)),
            Event::IntroductionDeclined { at, .. } => self.stands(tenant, id, state::DECLINED, Some(at)),
            Event::IntroductionWithdrawn { .. } => self.stands(tenant, id, state::WITHDRAWN, None),
        }
        Ok(())
    }

    fn stands(&mut self, tenant: &'a TenantSlug, id: EntityId, state: i16, at: Option<Timestamp>) {
        let change = self.0.entry((tenant, id)).or_insert(Change { question: None, state, answered_at: None });
        change.state = state;
        change.answered_at = at.map(Timestamp::millis);
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let (mut asked, mut answered) = (Asked::default(), Answered::default());
        for ((tenant, id), change) in self.0 {
            let key = (tenant.as_str().to_owned(), id.as_uuid());
            match change.question {
                Some(question) => asked.push(key, question, change.state, change.answered_at),
                None => answered.push(key, change.state, change.answered_at),
            }
        }
        asked.write(transaction).await?;
        answered.write(transaction).await
    }
}

fn question(
    batch: &Batch<'_>,
    event: &BatchEvent<'_>,
    (tenant, from, to): (&TenantSlug, MemberId, MemberId),
    sealed: Option<&Sealed>,
    at: Timestamp,
) -> Result<Question, ApplyError> {
    let note = note::open(batch, event, from, NOTE, sealed)?;
    let erased = |member| note::is_erased(batch, tenant, member);
    let (from_erased, to_erased) = (erased(from), erased(to));
    Ok(Question { from, to, note, asked_at: at.millis(), from_erased, to_erased })
}

type Key = (String, Uuid);

#[derive(Default)]
struct Asked {
    keys: (Vec<String>, Vec<Uuid>),
    people: (Vec<Uuid>, Vec<Uuid>),
    states: Vec<i16>,
    notes: Vec<Option<String>>,
    asked_at: Vec<i64>,
    answered_at: Vec<Option<i64>>,
    erased: (Vec<bool>, Vec<bool>),
}

impl Asked {
    fn push(&mut self, key: Key, question: Question, state: i16, answered_at: Option<i64>) {
        self.keys.0.push(key.0);
        self.keys.1.push(key.1);
        self.people.0.push(question.from.as_uuid());
        self.people.1.push(question.to.as_uuid());
        self.states.push(state);
        self.notes.push(question.note);
        self.asked_at.push(question.asked_at);
        self.answered_at.push(answered_at);
        self.erased.0.push(question.from_erased);
        self.erased.1.push(question.to_erased);
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.states.is_empty() {
            return Ok(());
        }
        query_file!(
            "src/projections/introductions/asked.sql",
            &self.keys.0,
            &self.keys.1,
            &self.people.0,
            &self.people.1,
            &self.states,
            &self.notes as &[Option<String>],
            &self.asked_at,
            &self.answered_at as &[Option<i64>],
            &self.erased.0,
            &self.erased.1
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}

#[derive(Default)]
struct Answered {
    keys: (Vec<String>, Vec<Uuid>),
    states: Vec<i16>,
    answered_at: Vec<Option<i64>>,
}

impl Answered {
    fn push(&mut self, key: Key, state: i16, answered_at: Option<i64>) {
        self.keys.0.push(key.0);
        self.keys.1.push(key.1);
        self.states.push(state);
        self.answered_at.push(answered_at);
    }

    async fn write(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.states.is_empty() {
            return Ok(());
        }
        let Self { keys, states, answered_at } = self;
        query_file!(
            "src/projections/introductions/answered.sql",
            &keys.0,
            &keys.1,
            &states,
            &answered_at as &[Option<i64>]
        )
        .execute(transaction)
        .await?;
        Ok(())
    }
}
