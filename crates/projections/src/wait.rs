//! Bounded waits: a reader that brings a position token sees its own write.
//!
//! A wait ends as reached only when Postgres says so of the generation that the views
//! show at that moment; what this process knows of its own runners only wakes it sooner.

use std::time::{Duration, Instant};

use kindred_ids::Partition;
use opentelemetry::KeyValue;

use crate::Database;
use crate::marks::Marks;
use crate::telemetry::{attribute, consumer_label, instruments};

/// The longest that a read waits.
pub const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How often Postgres is asked about partitions that another process runs.
const POLL: Duration = Duration::from_millis(15);

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The projection's live generation has that position.
    Reached,
    /// It has not, yet: the answer is stale and says so.
    Stale,
}

/// Waits for positions of projections, whichever process runs them.
#[derive(Clone)]
pub struct Waiter {
    database: Database,
    marks: Marks,
}

struct Reached {
    generation: i64,
    sequence: u64,
}

impl Waiter {
    /// For a process that runs no projector; one that does asks
    /// [`Projector::waiter`](crate::Projector::waiter).
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self::with(database, Marks::default())
    }

    pub(crate) const fn with(database: Database, marks: Marks) -> Self {
        Self { database, marks }
    }

    /// Waits until a projection has taken in the commit at `sequence` of a partition of
    /// its stream, at most `longest` and never longer than [`LONGEST_WAIT`].
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if Postgres does not answer.
    pub async fn wait(
        &self,
        projection: &str,
        version: u32,
        partition: Partition,
        sequence: u64,
        longest: Duration,
    ) -> Result<Waited, sqlx::Error> {
        let begun = Instant::now();
        let deadline = begun + longest.min(LONGEST_WAIT);
        loop {
            let reached = self.reached(projection, version, partition).await?;
            if reached.as_ref().is_some_and(|reached| reached.sequence >= sequence) {
                return Ok(ended(projection, begun, Waited::Reached));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(ended(projection, begun, Waited::Stale));
            }
            let generation = reached.map_or(0, |reached| reached.generation);
            self.marks.passed(projection, generation, partition, sequence, left.min(POLL)).await;
        }
    }

    /// Whether the views of a version exist: a process is not ready before those of its
    /// queries do.
    ///
    /// # Errors
    ///
    /// [`sqlx::Error`] if Postgres does not answer.
    pub async fn shows(&self, projection: &str, version: u32) -> Result<bool, sqlx::Error> {
        let first = Partition::all().next().expect("there are partitions");
        Ok(self.reached(projection, version, first).await?.is_some())
    }

    async fn reached(
        &self,
        projection: &str,
        version: u32,
        partition: Partition,
    ) -> Result<Option<Reached>, sqlx::Error> {
        let row = sqlx::query_file!(
            "src/wait/reached.sql",
            projection,
            i64::from(version) as i32,
            i16::from(partition.number())
        )
        .fetch_optional(self.database.reader())
        .await?;
        Ok(row.map(|row| Reached { generation: row.generation, sequence: row.sequence as u64 }))
    }
}

fn ended(projection: &str, begun: Instant, waited: Waited) -> Waited {
    let outcome = match waited {
        Waited::Reached => "reached",
        Waited::Stale => "stale",
    };
    let [consumer] = consumer_label(projection);
    let labels = [consumer, KeyValue::new(attribute::OUTCOME, outcome)];
    instruments().wait_duration.record(begun.elapsed().as_secs_f64(), &labels);
    waited
}
