//! Whether a new generation says what the live one says, at exactly the same positions.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kindred_ids::Partition;
use sqlx::{AssertSqlSafe, Postgres, Row as _, Transaction};

use super::{Builder, Stopped};
use crate::checkpoint::{self, Mark};
use crate::error::Attempt;
use crate::generation::{Purpose, Row};
use crate::{Database, Error, tables};

/// How long the live generation may lag behind the new one.
const PATIENCE: Duration = Duration::from_secs(30);
/// Comparisons disturbed by an erasure are made again this often.
const ATTEMPTS: usize = 5;

/// Rows and the sum of their hashes, by table.
type Sums = BTreeMap<String, (i64, String)>;

impl Builder {
    /// Compares; what came out. A difference ends a verification and is told in a rebuild.
    pub(super) async fn compare(&mut self, live: &Row) -> Result<String, Stopped> {
        for _ in 0..ATTEMPTS {
            if let Some(differences) = self.compare_once(live).await? {
                return Ok(self.conclude(&differences));
            }
        }
        Ok("not compared: erasures kept coming in between".to_owned())
    }

    fn conclude(&self, differences: &[String]) -> String {
        let projection = &self.site.row.projection;
        if differences.is_empty() {
            return "equal to the live generation".to_owned();
        }
        let told = differences.join("; ");
        if self.site.row.purpose == Purpose::Verify {
            tracing::error!("`{projection}` is not what the log says: {told}");
        } else {
            tracing::warn!("the rebuilt `{projection}` differs from the live one: {told}");
        }
        format!("differs from the live generation: {told}")
    }

    /// None if an erasure came in between.
    async fn compare_once(&mut self, live: &Row) -> Result<Option<Vec<String>>, Stopped> {
        let own = self.position();
        self.wait_for(live, own).await?;
        let database = self.database().clone();
        let mut snapshot = frozen(&database).await?;
        let before = erasures(&mut snapshot).await?;
        let marks: BTreeMap<Partition, Mark> = checkpoint::load(&mut snapshot, &live.consumer())
            .await?
            .into_iter()
            .map(|owned| (owned.partition, owned.mark()))
            .collect();
        let through = marks.values().map(|mark| mark.sequence).max().unwrap_or(0);
        self.reader = None;
        self.advance(through, Some(&marks)).await?;
        let of_live = sums(&mut snapshot, &live.schema).await?;
        snapshot.rollback().await.attempt("compare generations")?;
        let mut snapshot = frozen(&database).await?;
        let of_new = sums(&mut snapshot, &self.site.row.schema).await?;
        let after = erasures(&mut snapshot).await?;
        snapshot.rollback().await.attempt("compare generations")?;
        if before != after || before.pending > 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            return Ok(None);
        }
        Ok(Some(differences(&of_live, &of_new, before.parked)))
    }

    /// The live generation must have all that the new one has.
    async fn wait_for(&mut self, live: &Row, own: u64) -> Result<(), Stopped> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let attempt = "compare generations";
            let mut connection = self.database().projector().acquire().await.attempt(attempt)?;
            let rows = checkpoint::load(&mut connection, &live.consumer()).await?;
            let behind =
                rows.iter().any(|row| self.owned.get(&row.partition).is_some_and(|new| row.sequence < new.sequence));
            if !behind {
                return Ok(());
            }
            if Instant::now() > deadline || self.site.stop.is_cancelled() {
                tracing::warn!(own, "the live generation does not follow the log");
                return Err(Error::TooLong("waiting for the live generation").into());
            }
            drop(connection);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// What of erasures and parking bears on a comparison.
#[derive(PartialEq, Eq)]
struct Erasures {
    recorded: i64,
    pending: i64,
    parked: i64,
}

async fn erasures(snapshot: &mut Transaction<'static, Postgres>) -> Result<Erasures, Stopped> {
    let row =
        sqlx::query_file!("src/build/erasures.sql").fetch_one(&mut **snapshot).await.attempt("compare generations")?;
    Ok(Erasures { recorded: row.recorded, pending: row.pending, parked: row.parked })
}

async fn frozen(database: &Database) -> Result<Transaction<'static, Postgres>, Stopped> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
    Ok(database.projector().begin_with(begin).await.attempt("compare generations")?)
}

/// Counts and checksums that do not depend on the order of rows.
async fn sums(snapshot: &mut Transaction<'static, Postgres>, schema: &str) -> Result<Sums, Stopped> {
    let mut sums = Sums::new();
    for table in tables::list(snapshot, schema).await? {
        let name = table.name;
        let statement = format!(
            "SELECT count(*), coalesce(sum(hash_record_extended(r, 0)), 0)::text FROM \"{schema}\".\"{name}\" AS r"
        );
        let row = sqlx::query(AssertSqlSafe(statement)).fetch_one(&mut **snapshot).await.attempt("sum a table")?;
        let count = row.try_get(0).attempt("sum a table")?;
        let sum = row.try_get(1).attempt("sum a table")?;
        sums.insert(name, (count, sum));
    }
    Ok(sums)
}

fn differences(live: &Sums, new: &Sums, parked: i64) -> Vec<String> {
    let mut told = Vec::new();
    for (table, (rows, sum)) in live {
        match new.get(table) {
            Some(other) if other == &(*rows, sum.clone()) => {}
            Some((others, _)) if others == rows => told.push(format!("`{table}` ({rows} rows) has other contents")),
            Some((others, _)) => told.push(format!("`{table}` has {rows} rows live, {others} rebuilt")),
            None => told.push(format!("`{table}` is missing")),
        }
    }
    if parked > 0 && !told.is_empty() {
        told.push(format!("{parked} events are parked in this service"));
    }
    told
}
