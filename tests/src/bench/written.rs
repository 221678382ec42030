//! Events written straight to a log, as the executor would have: far more than commands
//! could bring in the time of a run.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _};
use kindred_eventsourcing::{
    Actor, ChainHash, CommandContext, CommitMeta, EventStore, NewCommit, Record, RequestHash, Write,
};
use kindred_ids::{CommandId, EntityKey};
use kindred_jetstream::JetStreamStore;
use uuid::Uuid;

use super::stage::now;

/// Appends under way at once.
const AT_ONCE: usize = 256;

/// An id that this process has not used; what looks random comes from a counter.
pub fn fresh() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let (high, low) = (scattered(number), scattered(number ^ 0x5851_f42d_4c95_7f2d));
    uuid::Builder::from_random_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes()).into_uuid()
}

/// A number that shows nothing of the one that it is made of (the finisher of `SplitMix64`).
pub const fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A command id that this process has not used.
pub fn command() -> anyhow::Result<CommandId> {
    CommandId::new(fresh()).context("make a command id")
}

/// Commits of one entity, each on the one before.
pub struct Chain {
    key: EntityKey,
    version: u64,
    sequence: u64,
    hash: ChainHash,
}

impl Chain {
    /// Of an entity that was never written.
    pub const fn new(key: EntityKey) -> Self {
        Self { key, version: 0, sequence: 0, hash: ChainHash::START }
    }

    /// Appends the events of one command.
    pub async fn append(
        &mut self,
        store: &JetStreamStore,
        command: CommandId,
        records: Vec<Record>,
    ) -> anyhow::Result<()> {
        let context = CommandContext::new(command, Actor("bench".to_owned()), now());
        let meta = CommitMeta {
            command_id: command,
            version: self.version + 1,
            previous: self.hash,
            actor: context.actor,
            causation: None,
            correlation: context.correlation,
            request_hash: RequestHash(*command.as_uuid().as_bytes()),
            at: context.at,
            trace: None,
        };
        let commit = NewCommit { meta, records };
        let (subject, headers) = (self.key.subject(store.context()), commit.headers());
        let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
        let hash = ChainHash::of(&subject, headers, &commit.body());
        let write = Write { key: self.key.clone(), expected: self.sequence, commit };
        let sequences = store.append(vec![write]).await?;
        self.sequence = *sequences.first().context("an append says where it stands")?;
        (self.version, self.hash) = (self.version + 1, hash);
        Ok(())
    }
}

/// Does `work` for each, many at once.
///
/// # Errors
///
/// The first that fails.
pub async fn many<T, F, Fut>(items: impl IntoIterator<Item = T>, work: F) -> anyhow::Result<()>
where
    F: FnMut(T) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    futures::stream::iter(items).map(work).buffer_unordered(AT_ONCE).try_collect().await
}
