//! What an operator can ask of the projector and do to it.

mod parking;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::build::flip::roll_back;
use crate::error::Attempt;
use crate::generation::{self, Purpose, State};
use crate::supervisor::Parts;
use crate::{Database, Declaration, DynProjection, Error, PartitionHead, heads};
pub use parking::ParkedEvent;

/// How often a wait for a build looks.
const LOOK: Duration = Duration::from_millis(20);

/// See the module.
#[derive(Clone)]
pub struct Operations {
    parts: Arc<Parts>,
    changed: Arc<Notify>,
}

/// Where one generation of a projection stands.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationStatus {
    /// The projection.
    pub projection: String,
    /// Version of its shape.
    pub version: u32,
    /// Number of the generation.
    pub generation: i64,
    /// The context whose stream it reads.
    pub context: String,
    /// `building`, `live`, `kept`, `dropping` or `gone`.
    pub state: String,
    /// What a building one is doing: `load`, `catch_up`, `compare`, `flip`.
    pub phase: String,
    /// What it is or was built for: `first`, `rebuild` or `verify`.
    pub purpose: String,
    /// The least sequence that all partitions have.
    pub position: u64,
    /// The last sequence of the stream; 0 if its log is not read by this process.
    pub head: u64,
    /// Events loaded so far.
    pub events: u64,
    /// Events a second while loading.
    pub rate: f64,
    /// Time left until loaded.
    pub left: Option<Duration>,
    /// Parked events.
    pub parked: u64,
    /// How a build ended.
    pub outcome: String,
    /// Why it does not get on.
    pub error: String,
}

/// How far a reaction (or the redactor) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionStatus {
    /// Its name.
    pub name: String,
    /// The context whose stream it reads.
    pub context: String,
    /// The least sequence that all partitions have.
    pub position: u64,
    /// The last sequence of the stream; 0 if its log is not read by this process.
    pub head: u64,
    /// Parked events.
    pub parked: u64,
}

impl Operations {
    pub(crate) const fn new(parts: Arc<Parts>, changed: Arc<Notify>) -> Self {
        Self { parts, changed }
    }

    fn database(&self) -> &Database {
        &self.parts.builder.database
    }

    fn declaration(&self, projection: &str) -> Result<Declaration, Error> {
        let all = self.parts.builder.projections.iter().map(DynProjection::declaration);
        all.into_iter()
            .find(|declaration| declaration.name == projection)
            .ok_or_else(|| Error::UnknownProjection(projection.to_owned()))
    }

    /// Every generation of every projection in this database that is not gone.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if Postgres does not answer, [`Error::Log`] if a stream does not.
    pub async fn list(&self) -> Result<Vec<GenerationStatus>, Error> {
        self.statuses(None).await
    }

    /// Builds a projection anew and flips its views; returns the new generation's number.
    /// The work goes on in the background: see [`Self::finished`].
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProjection`], [`Error::Refused`] if one is being built already.
    pub async fn rebuild(&self, projection: &str) -> Result<i64, Error> {
        self.build(projection, Purpose::Rebuild).await
    }

    /// Builds a projection anew, compares it with the live one, and drops it: proof that
    /// the read model is what the log says.
    ///
    /// # Errors
    ///
    /// As [`Self::rebuild`].
    pub async fn verify(&self, projection: &str) -> Result<i64, Error> {
        self.build(projection, Purpose::Verify).await
    }

    async fn build(&self, projection: &str, purpose: Purpose) -> Result<i64, Error> {
        let declaration = self.declaration(projection)?;
        let requested = generation::request(self.database(), &declaration, purpose).await?;
        self.changed.notify_one();
        requested.ok_or_else(|| Error::Refused(format!("projection `{projection}` is being built already")))
    }

    /// Waits until a rebuild or a verification has ended; how it ended.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] after `longest`.
    pub async fn finished(
        &self,
        projection: &str,
        generation: i64,
        longest: Duration,
    ) -> Result<GenerationStatus, Error> {
        let deadline = Instant::now() + longest;
        loop {
            let found = self.statuses(Some((projection, generation))).await?.into_iter().next();
            match found {
                None => return Err(Error::Refused(format!("`{projection}` has no generation {generation}"))),
                Some(status) if status.state != "building" => return Ok(status),
                Some(_) if Instant::now() > deadline => return Err(Error::TooLong("the build")),
                Some(_) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// Turns the views back to the generation kept since the last flip; its number.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if none is kept.
    pub async fn rollback(&self, projection: &str) -> Result<i64, Error> {
        let declaration = self.declaration(projection)?;
        let rows = generation::all(self.database()).await?;
        let kept = rows.into_iter().find(|row| row.state == State::Kept && row.is_of(&declaration));
        let Some(kept) = kept else {
            return Err(Error::Refused(format!("no generation of `{projection}` is kept")));
        };
        roll_back(self.database(), &kept).await?;
        self.changed.notify_one();
        Ok(kept.generation)
    }

    /// Drops a kept generation, or gives up one that is being built.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if it is the live one or gone.
    pub async fn discard(&self, projection: &str, generation: i64) -> Result<(), Error> {
        let attempt = "discard a generation";
        let mut connection = self.database().projector().acquire().await.attempt(attempt)?;
        let retired = generation::retire(&mut connection, projection, generation, "discarded").await;
        self.changed.notify_one();
        if retired.attempt(attempt)? {
            return Ok(());
        }
        Err(Error::Refused(format!("generation {generation} of `{projection}` is neither kept nor being built")))
    }

    /// Where every partition of the service's own stream ends, for the log sink and the audit.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProjection`] if this service has no stream of its own or its heads
    /// are still being built.
    pub async fn heads(&self) -> Result<Vec<PartitionHead>, Error> {
        let rows = generation::all(self.database()).await?;
        let live = rows.into_iter().find(|row| row.state == State::Live && row.projection == heads::NAME);
        let live = live.ok_or_else(|| Error::UnknownProjection(heads::NAME.to_owned()))?;
        let attempt = "read the heads of the stream";
        let mut connection = self.database().projector().acquire().await.attempt(attempt)?;
        heads::read(&mut connection, &live.schema).await.attempt(attempt)
    }

    /// Every reaction in this database, the redactor among them.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if Postgres does not answer, [`Error::Log`] if a stream does not.
    pub async fn reactions(&self) -> Result<Vec<ReactionStatus>, Error> {
        let heads = self.stream_heads().await?;
        let rows = sqlx::query_file!("src/operations/reactions.sql")
            .fetch_all(self.database().projector())
            .await
            .attempt("list reactions")?;
        let statuses = rows.into_iter().map(|row| ReactionStatus {
            head: heads.get(&row.context).copied().unwrap_or(0),
            name: row.consumer,
            context: row.context,
            position: row.position as u64,
            parked: row.parked as u64,
        });
        Ok(statuses.collect())
    }

    async fn stream_heads(&self) -> Result<HashMap<String, u64>, Error> {
        let mut heads = HashMap::new();
        for log in &self.parts.builder.logs {
            heads.insert(log.context().to_owned(), log.head().await?);
        }
        Ok(heads)
    }

    async fn statuses(&self, one: Option<(&str, i64)>) -> Result<Vec<GenerationStatus>, Error> {
        let heads = self.stream_heads().await?;
        let (projection, generation) = one.unzip();
        let rows = sqlx::query_file!("src/operations/list.sql", projection, generation)
            .fetch_all(self.database().projector())
            .await
            .attempt("list generations")?;
        let statuses = rows.into_iter().map(|row| {
            let head = heads.get(&row.context).copied().unwrap_or(0);
            let position = row.position as u64;
            GenerationStatus {
                left: time_left(&row.state, row.load_target as u64, position, row.pace),
                projection: row.projection,
                version: row.version as u32,
                generation: row.generation,
                context: row.context,
                state: row.state,
                phase: row.phase,
                purpose: row.purpose,
                position,
                head,
                events: row.events as u64,
                rate: row.rate,
                parked: row.parked as u64,
                outcome: row.outcome,
                error: row.error,
            }
        });
        Ok(statuses.collect())
    }
}

/// From sequences left and sequences done a second since the start.
fn time_left(state: &str, target: u64, position: u64, pace: f64) -> Option<Duration> {
    let left = target.saturating_sub(position);
    (state == "building" && left > 0 && pace > 0.0).then(|| Duration::from_secs_f64(left as f64 / pace))
}
