//! Parked events: looked at, applied again, or given up; each act is on record.

use std::collections::HashSet;
use std::sync::Arc;

use kindred_eventsourcing::RecordedCommit;
use kindred_vault::{KeyRing, Keys};
use sqlx::{Connection, PgConnection};
use tokio::sync::Mutex;

use super::Operations;
use crate::apply::{Generation, Poison, Records};
use crate::build::host;
use crate::checkpoint::ConsumerId;
use crate::error::Attempt;
use crate::generation::{self, State};
use crate::{ApplyError, Batch, BatchKeys, Error, ReactError, transaction};

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

/// Who acts on parked events, and why.
#[derive(Clone, Copy)]
struct Act<'a> {
    actor: &'a str,
    reason: &'a str,
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
            records: Mutex::new(Records::default()),
            most_parked: builder.settings.most_parked,
        };
        Ok(Replayer { id: row.consumer(), schema: row.schema, by: By::Projection(Box::new(by)) })
    }

    /// The next few; how many got through, and whether it may go on.
    async fn replay_some(&self, replayer: &Replayer, subject: &str, act: Act<'_>) -> Result<(u64, bool), Error> {
        let attempt = "replay parked events";
        let pool = self.database().projector();
        let mut connection = pool.acquire().await.attempt(attempt)?;
        let commits = self.commits(&mut connection, replayer, subject).await?;
        drop(connection);
        let keys = replayer.keys(&self.parts.builder.keys, &commits).await?;
        // While this is held nothing more of the entity can be parked.
        let mut transaction = transaction::recording(pool, &replayer.schema).await.attempt(attempt)?;
        let erased = Records::default().read(&mut transaction, &replayer.id).await.attempt(attempt)?.erased;
        let keys = BatchKeys::new(keys, erased);
        let mut done = 0;
        for commit in &commits {
            if !still_parked(&mut transaction, &replayer.id, subject, commit).await.attempt(attempt)? {
                continue;
            }
            let mut savepoint = transaction.begin().await.attempt(attempt)?;
            if let Err(reason) = replayer.again(&mut savepoint, commit, &keys).await? {
                savepoint.rollback().await.attempt(attempt)?;
                keep_reason(&mut transaction, &replayer.id, subject, commit, &reason).await.attempt(attempt)?;
                transaction.commit().await.attempt(attempt)?;
                return Ok((done, false));
            }
            savepoint.commit().await.attempt(attempt)?;
            unpark(&mut transaction, &replayer.id, subject, commit, act).await.attempt(attempt)?;
            done += 1;
        }
        let more = sqlx::query_file!(
            "src/operations/parking/of_entity.sql",
            replayer.id.name,
            replayer.id.generation,
            subject,
            1
        )
        .fetch_optional(&mut *transaction)
        .await
        .attempt(attempt)?
        .is_some();
        transaction.commit().await.attempt(attempt)?;
        Ok((done, more))
    }

    async fn commits(
        &self,
        connection: &mut PgConnection,
        replayer: &Replayer,
        subject: &str,
    ) -> Result<Vec<RecordedCommit>, Error> {
        let id = &replayer.id;
        let rows = sqlx::query_file!("src/operations/parking/of_entity.sql", id.name, id.generation, subject, TOGETHER)
            .fetch_all(connection)
            .await
            .attempt("replay parked events")?;
        let log = self.parts.log(&id.context).ok_or_else(|| Error::UnknownProjection(id.name.clone()))?;
        let mut commits = Vec::with_capacity(rows.len());
        for row in rows {
            let sequence = row.sequence as u64;
            let gone = || Error::Refused(format!("sequence {sequence} is not in the log of `{}`", id.context));
            commits.push(log.at(sequence).await?.ok_or_else(gone)?);
        }
        Ok(commits)
    }
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

impl Replayer {
    async fn keys(&self, ring: &Arc<dyn KeyRing>, commits: &[RecordedCommit]) -> Result<Arc<Keys>, Error> {
        let By::Projection(generation) = &self.by else { return Ok(Arc::default()) };
        let commits: Vec<&RecordedCommit> = commits.iter().collect();
        let wanted = generation.projection.keys(&commits);
        ring.keys(&wanted).await.map(Arc::new).map_err(|error| Error::Passing(error.into()))
    }

    /// Applies one commit; why it cannot be, if it still cannot.
    async fn again(
        &self,
        connection: &mut PgConnection,
        commit: &RecordedCommit,
        keys: &BatchKeys,
    ) -> Result<Result<(), String>, Error> {
        match &self.by {
            By::Projection(generation) => {
                let batch = Batch { commits: vec![commit], keys: keys.clone() };
                match generation.projection.apply(connection, &batch).await {
                    Ok(()) => Ok(Ok(())),
                    Err(ApplyError::Poison { reason, .. }) => Ok(Err(reason)),
                    Err(ApplyError::Database(error)) if transaction::is_data_error(&error) => {
                        Ok(Err(transaction::describe(&error)))
                    }
                    Err(error) => Err(Error::Passing(error.into())),
                }
            }
            By::Reaction(reaction) => match reaction.react(commit).await {
                Ok(()) => Ok(Ok(())),
                Err(ReactError::Poison { reason, .. }) => Ok(Err(reason)),
                Err(ReactError::Transient(source)) => Err(Error::Passing(source)),
            },
        }
    }
}

async fn still_parked(
    connection: &mut PgConnection,
    id: &ConsumerId,
    subject: &str,
    commit: &RecordedCommit,
) -> Result<bool, sqlx::Error> {
    let row =
        sqlx::query_file!("src/operations/parking/still.sql", id.name, id.generation, subject, commit.sequence as i64)
            .fetch_optional(connection)
            .await?;
    Ok(row.is_some())
}

async fn keep_reason(
    connection: &mut PgConnection,
    id: &ConsumerId,
    subject: &str,
    commit: &RecordedCommit,
    reason: &str,
) -> Result<(), sqlx::Error> {
    let sequence = commit.sequence as i64;
    sqlx::query_file!("src/operations/parking/keep_reason.sql", id.name, id.generation, subject, sequence, reason)
        .execute(connection)
        .await
        .map(drop)
}

async fn unpark(
    connection: &mut PgConnection,
    id: &ConsumerId,
    subject: &str,
    commit: &RecordedCommit,
    act: Act<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query_file!(
        "src/operations/parking/unpark.sql",
        id.name,
        id.generation,
        subject,
        commit.sequence as i64,
        act.actor,
        act.reason
    )
    .execute(connection)
    .await
    .map(drop)
}
