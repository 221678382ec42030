//! Parked events: looked at, applied again, or given up; each act is on record.

mod entity;

use std::collections::HashSet;
use std::sync::Arc;

use kindred_eventsourcing::{RecordedCommit, Redactions, StoreError};
use kindred_vault::Keys;
use sqlx::{Connection, PgConnection, Postgres, Transaction};

use super::Operations;
use crate::apply::{Generation, Poison, Records};
use crate::build::host;
use crate::checkpoint::ConsumerId;
use crate::error::Attempt;
use crate::generation::{self, State};
use crate::log::Log;
use crate::{ApplyError, Batch, BatchKeys, Error, ReactError, transaction};
use entity::{Act, Parked};

/// Parked events replayed in one transaction.
const TOGETHER: i64 = 100;

/// One parked event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedEvent {
    /// Projection or reaction.
    pub consumer: String,
    /// Its generation; 0 for a reaction.
    pub generation: i64,
    /// Subject of the entity.
    pub subject: String,
    /// Sequence of the commit.
    pub sequence: u64,
    /// Index of the event in the commit.
    pub event_index: u32,
    /// Why; empty for one that waits behind another of its entity.
    pub error: String,
    /// Milliseconds since the epoch when it was parked.
    pub parked_at: i64,
}

impl Operations {
    /// Parked events of one consumer, or of all.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if Postgres does not answer.
    pub async fn parked(&self, consumer: Option<&str>) -> Result<Vec<ParkedEvent>, Error> {
        let rows = sqlx::query_file!("src/operations/parking/list.sql", consumer)
            .fetch_all(self.database().projector())
            .await
            .attempt("list parked events")?;
        let read = rows.into_iter().map(|row| ParkedEvent {
            consumer: row.consumer,
            generation: row.generation,
            subject: row.subject,
            sequence: row.sequence as u64,
            event_index: row.event_index as u32,
            error: row.error,
            parked_at: row.parked_at,
        });
        Ok(read.collect())
    }

    /// Applies the parked events of an entity again, in order; how many got through. The
    /// first that fails again stays parked, with all behind it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if nothing of the entity is parked.
    pub async fn replay(&self, consumer: &str, subject: &str, actor: &str, reason: &str) -> Result<u64, Error> {
        let act = Act { actor, reason };
        let parked = self.parked(Some(consumer)).await?;
        let generations: HashSet<i64> =
            parked.iter().filter(|event| event.subject == subject).map(|event| event.generation).collect();
        if generations.is_empty() {
            return Err(Error::Refused(format!("nothing of `{subject}` is parked for `{consumer}`")));
        }
        let mut through = 0;
        for generation in generations {
            through += self.replay_in(consumer, generation, subject, act).await?;
        }
        Ok(through)
    }

    /// Gives a parked event up; later ones of its entity stay until replayed.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if it is not parked.
    pub async fn discard_parked(
        &self,
        consumer: &str,
        subject: &str,
        sequence: u64,
        actor: &str,
        reason: &str,
    ) -> Result<(), Error> {
        let attempt = "discard a parked event";
        let mut transaction = transaction::recording(self.database().projector(), "kindred").await.attempt(attempt)?;
        let done =
            sqlx::query_file!("src/operations/parking/discard.sql", consumer, subject, sequence as i64, actor, reason)
                .execute(&mut *transaction)
                .await
                .attempt(attempt)?;
        if done.rows_affected() == 0 {
            return Err(Error::Refused(format!("sequence {sequence} of `{subject}` is not parked for `{consumer}`")));
        }
        transaction.commit().await.attempt(attempt)
    }

    async fn replay_in(&self, consumer: &str, generation: i64, subject: &str, act: Act<'_>) -> Result<u64, Error> {
        let replayer = self.replayer(consumer, generation).await?;
        let mut through = 0;
        loop {
            let (done, more) = self.replay_some(&replayer, subject, act).await?;
            through += done;
            if !more {
                return Ok(through);
            }
        }
    }

    async fn replayer(&self, consumer: &str, generation: i64) -> Result<Replayer, Error> {
        let builder = &self.parts.builder;
        let unknown = || Error::UnknownProjection(consumer.to_owned());
        if let Some(reaction) = builder.reactions.iter().find(|reaction| reaction.0.name() == consumer) {
            let id = ConsumerId { name: consumer.to_owned(), generation: 0, context: reaction.0.context().to_owned() };
            return Ok(Replayer { id, schema: "kindred".to_owned(), by: By::Reaction(reaction.0.clone()) });
        }
        let rows = generation::all(self.database()).await?;
        let row = rows
            .into_iter()
            .find(|row| row.projection == consumer && row.generation == generation && row.state != State::Dropping);
        let row = row.ok_or_else(unknown)?;
        let known = builder.projections.iter().find(|known| row.is_of(&known.declaration())).ok_or_else(unknown)?;
        let by = Generation {
            id: row.consumer(),
            host: host(&known.declaration()),
            schema: row.schema.clone(),
            projection: known.0.clone(),
            keys: builder.keys.clone(),
            database: builder.database.clone(),
            poison: Poison::Parks,
            bare: false,
            records: Arc::default(),
            most_parked: builder.settings.most_parked,
        };
        Ok(Replayer { id: row.consumer(), schema: row.schema, by: By::Projection(Box::new(by)) })
    }

    /// The next few; how many got through, and whether it may go on.
    async fn replay_some(&self, replayer: &Replayer, subject: &str, act: Act<'_>) -> Result<(u64, bool), Error> {
        let attempt = "replay parked events";
        let pool = self.database().projector();
        let mut connection = pool.acquire().await.attempt(attempt)?;
        let (commits, removed) = self.commits(&mut connection, replayer, subject).await?;
        drop(connection);
        let parked = Parked { id: &replayer.id, subject, act };
        if !removed.is_empty() {
            parked.forget(pool, &removed).await.attempt(attempt)?;
            return Ok((0, true));
        }
        match &replayer.by {
            By::Projection(generation) => {
                let refs: Vec<&RecordedCommit> = commits.iter().collect();
                let keys = self.parts.builder.keys.keys(&generation.projection.keys(&refs)).await;
                let keys = Arc::new(keys.map_err(|error| Error::Passing(error.into()))?);
                // While this is held nothing more of the entity can be parked.
                let transaction = transaction::recording(pool, &replayer.schema).await.attempt(attempt)?;
                apply_again(transaction, generation, &parked, &commits, keys).await
            }
            By::Reaction(reaction) => self.react_again(reaction.as_ref(), &parked, &commits).await,
        }
    }

    /// Without a lock, as a command may take its time; what is parked behind meanwhile is
    /// seen by the reaction's own runner.
    async fn react_again(
        &self,
        reaction: &dyn crate::reaction::Erased,
        parked: &Parked<'_>,
        commits: &[RecordedCommit],
    ) -> Result<(u64, bool), Error> {
        let attempt = "replay parked events";
        let mut done = 0;
        for commit in commits {
            let outcome = reaction.react(commit).await;
            let pool = self.database().projector();
            let mut transaction = transaction::recording(pool, "kindred").await.attempt(attempt)?;
            match outcome {
                Ok(()) => parked.unpark(&mut transaction, commit.sequence).await.attempt(attempt)?,
                Err(ReactError::Poison { reason, .. }) => {
                    parked.keep_reason(&mut transaction, commit, &reason).await.attempt(attempt)?;
                    transaction.commit().await.attempt(attempt)?;
                    return Ok((done, false));
                }
                Err(ReactError::Transient(source)) => return Err(Error::Passing(source)),
            }
            transaction.commit().await.attempt(attempt)?;
            done += 1;
        }
        Ok((done, !commits.is_empty()))
    }

    /// What is parked of an entity, and which sequences of it were lawfully removed.
    async fn commits(
        &self,
        connection: &mut PgConnection,
        replayer: &Replayer,
        subject: &str,
    ) -> Result<(Vec<RecordedCommit>, Vec<u64>), Error> {
        let id = &replayer.id;
        let rows = sqlx::query_file!("src/operations/parking/of_entity.sql", id.name, id.generation, subject, TOGETHER)
            .fetch_all(connection)
            .await
            .attempt("replay parked events")?;
        let log = self.parts.log(&id.context).ok_or_else(|| Error::UnknownProjection(id.name.clone()))?;
        let (mut commits, mut removed) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in rows {
            let sequence = row.sequence as u64;
            match log.at(sequence).await? {
                Some(commit) => commits.push(commit),
                None if is_redacted(log, sequence).await? => removed.push(sequence),
                None => {
                    return Err(Error::Refused(format!("sequence {sequence} is not in the log of `{}`", id.context)));
                }
            }
        }
        Ok((commits, removed))
    }
}

async fn is_redacted(log: &Log, sequence: u64) -> Result<bool, StoreError> {
    let mut named = Redactions::default();
    named.take(&log.redactions(sequence).await?)?;
    Ok(named.at(sequence).is_some())
}

/// What applies parked events of one consumer again.
struct Replayer {
    id: ConsumerId,
    schema: String,
    by: By,
}

enum By {
    Projection(Box<Generation>),
    Reaction(Arc<dyn crate::reaction::Erased>),
}

/// Applies commits in one transaction; how many got through, and whether it may go on.
async fn apply_again(
    mut transaction: Transaction<'static, Postgres>,
    generation: &Generation,
    parked: &Parked<'_>,
    commits: &[RecordedCommit],
    keys: Arc<Keys>,
) -> Result<(u64, bool), Error> {
    let attempt = "replay parked events";
    let erased = Records::default().read(&mut transaction, parked.id).await.attempt(attempt)?.erased;
    let keys = BatchKeys::new(keys, erased);
    let mut done = 0;
    for commit in commits {
        if !parked.still_has(&mut transaction, commit).await.attempt(attempt)? {
            continue;
        }
        let mut savepoint = transaction.begin().await.attempt(attempt)?;
        let batch = Batch { commits: vec![commit], keys: keys.clone() };
        let reason = match generation.projection.apply(&mut savepoint, &batch).await {
            Ok(()) => None,
            Err(ApplyError::Poison { reason, .. }) => Some(reason),
            Err(ApplyError::Database(error)) if transaction::is_data_error(&error) => {
                Some(transaction::describe(&error))
            }
            Err(error) => return Err(Error::Passing(error.into())),
        };
        if let Some(reason) = reason {
            savepoint.rollback().await.attempt(attempt)?;
            parked.keep_reason(&mut transaction, commit, &reason).await.attempt(attempt)?;
            transaction.commit().await.attempt(attempt)?;
            return Ok((done, false));
        }
        savepoint.commit().await.attempt(attempt)?;
        parked.unpark(&mut transaction, commit.sequence).await.attempt(attempt)?;
        done += 1;
    }
    transaction.commit().await.attempt(attempt)?;
    Ok((done, !commits.is_empty()))
}
