//! Leases: one owner per partition of a consumer, shared out over the processes that live.
//!
//! A lease only says who should work. That nobody else can write is the epoch's doing,
//! which a take-over raises in the checkpoint itself.

use std::time::Duration;

use kindred_ids::Partition;
use uuid::Uuid;

use crate::checkpoint::{ConsumerId, Owned};
use crate::consumer::Consumer;
use crate::error::Attempt;
use crate::{Database, Error};

/// This process among those that share partitions.
#[derive(Clone)]
pub(crate) struct Leases {
    pub database: Database,
    pub worker: Uuid,
    pub lease: Duration,
}

impl Leases {
    /// Says that this process lives and what it can run.
    pub(crate) async fn heartbeat(&self, hosts: &[String]) -> Result<(), Error> {
        sqlx::query_file!("src/lease/heartbeat.sql", self.worker, hosts, self.lease.as_secs_f64())
            .execute(self.database.projector())
            .await
            .map(drop)
            .attempt("renew the lease of this process")
    }

    /// This process ends: others need not wait.
    pub(crate) async fn leave(&self) -> Result<(), Error> {
        sqlx::query_file!("src/lease/leave.sql", self.worker)
            .execute(self.database.projector())
            .await
            .map(drop)
            .attempt("give up the leases of this process")
    }

    /// How many partitions of a consumer this process should have at most.
    pub(crate) async fn share(&self, consumer: &dyn Consumer) -> Result<usize, Error> {
        let row = sqlx::query_file!("src/lease/count.sql", consumer.host(), self.worker)
            .fetch_one(self.database.projector())
            .await
            .attempt("count the processes that share partitions")?;
        let processes = usize::try_from(row.processes).unwrap_or(0).max(1);
        Ok(usize::from(kindred_ids::PARTITIONS).div_ceil(processes))
    }

    /// Takes up to `most` partitions that nobody living owns, or that this process owns
    /// by its lease without holding them (it was fenced by itself).
    pub(crate) async fn acquire(
        &self,
        consumer: &ConsumerId,
        held: impl Iterator<Item = Partition>,
        most: usize,
    ) -> Result<Vec<Owned>, Error> {
        let held: Vec<i16> = held.map(|partition| i16::from(partition.number())).collect();
        let rows = sqlx::query_file!(
            "src/lease/acquire.sql",
            consumer.name,
            consumer.generation,
            self.worker,
            i64::try_from(most).unwrap_or(i64::MAX),
            &held
        )
        .fetch_all(self.database.projector())
        .await
        .attempt("take partitions over")?;
        Ok(rows.iter().filter_map(|row| Owned::read(row.partition, row.sequence, &row.hash, row.epoch)).collect())
    }

    /// Lets every partition of a consumer go but those that this process holds.
    pub(crate) async fn keep(&self, consumer: &ConsumerId, held: impl Iterator<Item = Partition>) -> Result<(), Error> {
        let held: Vec<i16> = held.map(|partition| i16::from(partition.number())).collect();
        sqlx::query_file!("src/lease/keep.sql", consumer.name, consumer.generation, self.worker, &held)
            .execute(self.database.projector())
            .await
            .map(drop)
            .attempt("let partitions go")
    }

    /// Lets partitions go.
    pub(crate) async fn release(&self, consumer: &ConsumerId, owned: &[Owned]) -> Result<(), Error> {
        let partitions: Vec<i16> = owned.iter().map(|owned| i16::from(owned.partition.number())).collect();
        sqlx::query_file!("src/lease/release.sql", consumer.name, consumer.generation, self.worker, &partitions)
            .execute(self.database.projector())
            .await
            .map(drop)
            .attempt("let partitions go")
    }
}
