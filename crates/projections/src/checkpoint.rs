//! Checkpoints: how far a consumer is in each partition, moved only by their owner.

use kindred_eventsourcing::ChainHash;
use kindred_ids::Partition;
use sqlx::PgConnection;

use crate::Error;
use crate::error::Attempt;

/// Names a row set of checkpoints and leases: a projection's generation, or a reaction
/// (generation 0).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ConsumerId {
    pub name: String,
    pub generation: i64,
    pub context: String,
}

/// A partition that this process owns, and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owned {
    pub partition: Partition,
    pub sequence: u64,
    pub hash: ChainHash,
    pub epoch: i64,
}

/// A place in the log and the hash of what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub sequence: u64,
    pub hash: ChainHash,
}

impl Owned {
    pub(crate) const fn mark(&self) -> Mark {
        Mark { sequence: self.sequence, hash: self.hash }
    }

    /// Reads a row's values.
    pub(crate) fn read(partition: i16, sequence: i64, hash: &[u8], epoch: i64) -> Option<Self> {
        Some(Self {
            partition: u8::try_from(partition).ok().and_then(Partition::new)?,
            sequence: u64::try_from(sequence).ok()?,
            hash: ChainHash(hash.try_into().ok()?),
            epoch,
        })
    }
}

/// Makes rows for all partitions unless they are there: a lost checkpoint starts at zero.
pub(crate) async fn ensure(connection: &mut PgConnection, consumer: &ConsumerId) -> Result<(), sqlx::Error> {
    sqlx::query_file!("src/checkpoint/ensure.sql", consumer.name, consumer.generation, consumer.context)
        .execute(&mut *connection)
        .await?;
    sqlx::query_file!("src/checkpoint/ensure_leases.sql", consumer.name, consumer.generation)
        .execute(connection)
        .await?;
    Ok(())
}

/// All partitions of a consumer.
pub(crate) async fn load(connection: &mut PgConnection, consumer: &ConsumerId) -> Result<Vec<Owned>, Error> {
    let rows = sqlx::query_file!("src/checkpoint/load.sql", consumer.name, consumer.generation)
        .fetch_all(connection)
        .await
        .attempt("load checkpoints")?;
    Ok(rows.iter().filter_map(|row| Owned::read(row.partition, row.sequence, &row.hash, row.epoch)).collect())
}

/// Moves owned partitions to their new marks if they still stand where their owner left
/// them, under its epoch. Returns the partitions that moved.
pub(crate) async fn compare_and_set(
    connection: &mut PgConnection,
    consumer: &ConsumerId,
    moves: &[(Owned, Mark)],
) -> Result<Vec<Partition>, sqlx::Error> {
    let partitions: Vec<i16> = moves.iter().map(|(owned, _)| i16::from(owned.partition.number())).collect();
    let old: Vec<i64> = moves.iter().map(|(owned, _)| owned.sequence as i64).collect();
    let epochs: Vec<i64> = moves.iter().map(|(owned, _)| owned.epoch).collect();
    let new: Vec<i64> = moves.iter().map(|(_, mark)| mark.sequence as i64).collect();
    let hashes: Vec<Vec<u8>> = moves.iter().map(|(_, mark)| mark.hash.0.to_vec()).collect();
    let rows = sqlx::query_file!(
        "src/checkpoint/compare_and_set.sql",
        consumer.name,
        consumer.generation,
        consumer.context,
        &partitions,
        &old,
        &epochs,
        &new,
        &hashes
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.iter().filter_map(|row| u8::try_from(row.partition).ok().and_then(Partition::new)).collect())
}
