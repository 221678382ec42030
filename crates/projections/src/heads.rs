//! The head of every entity and of every partition of the service's own stream.
//!
//! # Promises
//!
//! * Every commit is checked to be the next version of its entity and to name the hash of
//!   the one before; a break stops the process as damage of the log.
//! * A partition's running hash covers all its commits in order, so that a cut tail or a
//!   missing entity shows against a head that was written elsewhere.
//! * A commit that was lawfully removed counts at its place with the hash that is named of
//!   it: who comes by later has the same heads as who came by before.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::{ChainHash, KeyId, LogDamaged, RecordedCommit, Redactions, StoreError};
use kindred_ids::{Partition, TenantSlug};
use ring::digest::{Context, SHA256};
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::Mutex;

use crate::log::Log;
use crate::projection::{Declaration, Erased};
use crate::{ApplyError, Batch, Person};

/// Its name; one per service, over its own stream.
pub(crate) const NAME: &str = "entity_heads";
/// Raised when its rows change.
pub(crate) const VERSION: u32 = 1;

/// Where a partition of the service's own stream ends, and the hash of all that leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionHead {
    /// The partition.
    pub partition: Partition,
    /// Sequence of its last commit.
    pub sequence: u64,
    /// Running hash: first 16 bytes of SHA-256 over the one before, the commit's sequence
    /// (8 bytes, big end first) and its own hash.
    pub running: ChainHash,
}

impl PartitionHead {
    /// Takes one more commit of the partition in.
    #[must_use]
    pub fn after(self, commit: &RecordedCommit) -> Self {
        self.with(commit.sequence, commit.hash)
    }

    /// Takes in what was lawfully removed of the partition up to and with `sequence`.
    #[must_use]
    pub fn through(self, sequence: u64, removed: &Redactions) -> Self {
        let gone = removed.between(self.partition, self.sequence, sequence);
        gone.fold(self, |head, gone| head.with(gone.sequence, gone.hash))
    }

    fn with(self, sequence: u64, hash: ChainHash) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&self.running.0);
        context.update(&sequence.to_be_bytes());
        context.update(&hash.0);
        let mut running = [0; 16];
        running.copy_from_slice(&context.finish().as_ref()[..16]);
        Self { sequence, running: ChainHash(running), ..self }
    }

    /// Before the first commit.
    #[must_use]
    pub const fn start(partition: Partition) -> Self {
        Self { partition, sequence: 0, running: ChainHash::START }
    }

    fn read(partition: i16, sequence: i64, running: Vec<u8>) -> Option<Self> {
        Some(Self {
            partition: u8::try_from(partition).ok().and_then(Partition::new)?,
            sequence: u64::try_from(sequence).ok()?,
            running: ChainHash(running.try_into().ok()?),
        })
    }
}

/// The heads in the tables of `schema`.
pub(crate) async fn read(connection: &mut PgConnection, schema: &str) -> Result<Vec<PartitionHead>, sqlx::Error> {
    let statement = format!("SELECT partition, sequence, running FROM \"{schema}\".partition_heads ORDER BY partition");
    let rows: Vec<(i16, i64, Vec<u8>)> = sqlx::query_as(AssertSqlSafe(statement)).fetch_all(connection).await?;
    let heads =
        rows.into_iter().filter_map(|(partition, sequence, running)| PartitionHead::read(partition, sequence, running));
    Ok(heads.collect())
}

/// See the module.
pub(crate) struct EntityHeads {
    log: Log,
    /// Asked for before each batch: a removal may be named behind the place where it is missed.
    removed: Mutex<Arc<Redactions>>,
}

#[derive(Clone, Copy)]
struct Head {
    version: u64,
    sequence: u64,
    hash: ChainHash,
}

const BEFORE_THE_FIRST: Head = Head { version: 0, sequence: 0, hash: ChainHash::START };

type Heads = HashMap<(String, String), Head>;

impl EntityHeads {
    pub(crate) fn new(log: Log) -> Self {
        Self { log, removed: Mutex::default() }
    }

    async fn entities(
        &self,
        connection: &mut PgConnection,
        commits: &[&RecordedCommit],
        removed: &Redactions,
    ) -> Result<(), ApplyError> {
        let mut heads = known(connection, commits).await?;
        for commit in commits {
            let head = heads.entry(name(commit)).or_insert(BEFORE_THE_FIRST);
            while let Some(hole) = removed.hole_before(commit, head.version, head.sequence, head.hash) {
                *head = Head { version: hole.version, sequence: hole.sequence, hash: hole.hash };
            }
            self.check(commit, head)?;
            *head = Head { version: commit.meta.version, sequence: commit.sequence, hash: commit.hash };
        }
        let (mut tenants, mut entities, mut versions, mut sequences, mut hashes) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((tenant, entity), head) in heads {
            tenants.push(tenant);
            entities.push(entity);
            versions.push(head.version as i64);
            sequences.push(head.sequence as i64);
            hashes.push(head.hash.0.to_vec());
        }
        sqlx::query_file!("src/heads/upsert.sql", &tenants, &entities, &versions, &sequences, &hashes)
            .execute(connection)
            .await?;
        Ok(())
    }

    fn check(&self, commit: &RecordedCommit, head: &Head) -> Result<(), LogDamaged> {
        let what = if commit.meta.version != head.version + 1 {
            format!("`{}` has version {} after {}", commit.key, commit.meta.version, head.version)
        } else if commit.meta.previous != head.hash {
            format!("the chain of `{}` is broken at version {}", commit.key, commit.meta.version)
        } else {
            return Ok(());
        };
        Err(LogDamaged { context: self.log.context().to_owned(), sequence: commit.sequence, what })
    }
}

fn name(commit: &RecordedCommit) -> (String, String) {
    (commit.key.scope().token().to_owned(), commit.key.to_string())
}

async fn known(connection: &mut PgConnection, commits: &[&RecordedCommit]) -> Result<Heads, ApplyError> {
    let (tenants, entities): (Vec<String>, Vec<String>) = commits.iter().map(|commit| name(commit)).unzip();
    let rows = sqlx::query_file!("src/heads/known.sql", &tenants, &entities).fetch_all(connection).await?;
    let heads = rows.into_iter().filter_map(|row| {
        let head = Head {
            version: row.version as u64,
            sequence: row.sequence as u64,
            hash: ChainHash(row.hash.try_into().ok()?),
        };
        Some(((row.tenant, row.entity), head))
    });
    Ok(heads.collect())
}

/// Takes the commits into their partitions' running hashes.
async fn partitions(
    connection: &mut PgConnection,
    commits: &[&RecordedCommit],
    removed: &Redactions,
) -> Result<(), ApplyError> {
    let touched: Vec<i16> = commits.iter().map(|commit| i16::from(commit.key.partition().number())).collect();
    let rows = sqlx::query_file!("src/heads/running.sql", &touched).fetch_all(&mut *connection).await?;
    let mut heads: BTreeMap<Partition, PartitionHead> = rows
        .into_iter()
        .filter_map(|row| PartitionHead::read(row.partition, row.sequence, row.running))
        .map(|head| (head.partition, head))
        .collect();
    for commit in commits {
        let partition = commit.key.partition();
        let head = heads.entry(partition).or_insert(PartitionHead::start(partition));
        *head = head.through(commit.sequence - 1, removed).after(commit);
    }
    let numbers: Vec<i16> = heads.keys().map(|partition| i16::from(partition.number())).collect();
    let sequences: Vec<i64> = heads.values().map(|head| head.sequence as i64).collect();
    let hashes: Vec<Vec<u8>> = heads.values().map(|head| head.running.0.to_vec()).collect();
    sqlx::query_file!("src/heads/run.sql", &numbers, &sequences, &hashes).execute(connection).await?;
    Ok(())
}

impl Erased for EntityHeads {
    fn declaration(&self) -> Declaration {
        Declaration {
            name: NAME,
            version: VERSION,
            context: Cow::Owned(self.log.context().to_owned()),
            tables: include_str!("heads/tables.sql"),
            indexes: "",
        }
    }

    fn wants(&self, _commit: &RecordedCommit) -> bool {
        true
    }

    fn prepare(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let mut removed = self.removed.lock().await;
            let new = self.log.redactions(removed.through()).await?;
            if !new.is_empty() {
                Arc::make_mut(&mut removed).take(&new)?;
            }
            Ok(())
        })
    }

    fn keys(&self, _commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        Vec::new()
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        batch: &'a Batch<'a>,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(async move {
            let removed = self.removed.lock().await.clone();
            self.entities(connection, &batch.commits, &removed).await?;
            partitions(connection, &batch.commits, &removed).await
        })
    }

    fn bulk<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        batch: &'a Batch<'a>,
    ) -> BoxFuture<'a, Result<(), ApplyError>> {
        self.apply(connection, batch)
    }

    fn redact<'a>(
        &'a self,
        _connection: &'a mut PgConnection,
        _person: &'a Person,
    ) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        Box::pin(async { Ok(()) })
    }
}
