//! Runs commands: load, decide, append; again on conflict; the first receipt on a resent id.

mod entry;
mod load;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use kindred_ids::{CommandId, EntityKey, Partition};
use moka::sync::Cache;

use crate::{
    AppendError, ChainHash, CommandContext, CommitMeta, Contract, Decision, EventStore, LogDamaged, NewCommit, Record,
    RequestHash, ReservationChange, ReservationTail, StoreError, Write, reservation,
};
pub use entry::Loaded;
use entry::StoredReceipt;

/// How often a command is decided again after it lost a race.
const ATTEMPTS: u32 = 6;

/// Where in the log something stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Position {
    /// Context of the stream.
    pub context: String,
    /// Partition of the entity.
    pub partition: Partition,
    /// Sequence in the stream.
    pub sequence: u64,
}

/// The answer to an accepted command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entity's version after it.
    pub version: u64,
    /// Where its commit stands, or the entity's tail if nothing changed.
    pub position: Position,
    /// Whether this is the receipt of an earlier send of the same command id.
    pub replayed: bool,
    /// Whether the command wrote anything.
    pub changed: bool,
}

/// Why a command has no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<Refusal> {
    /// The rules say no; checked against the leader's tail.
    #[error("the command is refused")]
    Refused(Refusal),
    /// The id was used on this entity with other content or by another actor.
    #[error("command id `{0}` was already used with other content")]
    CommandReused(CommandId),
    /// The entity kept changing while the command was decided.
    #[error("the entity kept changing while the command ran")]
    Conflict,
    /// The commit was not stored, or nobody knows.
    #[error("append the commit")]
    Append(#[source] AppendError),
    /// The entity could not be loaded.
    #[error("load the entity")]
    Load(#[source] StoreError),
}

/// Runs the commands of one context.
#[derive(Clone)]
pub struct Executor<S> {
    store: S,
    cache: Cache<EntityKey, Arc<dyn Any + Send + Sync>>,
}

impl<S: EventStore> Executor<S> {
    /// An executor that keeps at most `cached` folded entities as baselines.
    pub fn new(store: S, cached: u64) -> Self {
        Self { store, cache: Cache::new(cached) }
    }

    /// The store below.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Runs one command on one entity.
    ///
    /// # Errors
    ///
    /// [`ExecuteError`]; a refusal rests on the leader's tail.
    pub async fn run<D: Contract>(
        &self,
        key: &EntityKey,
        command: &D::Command,
        context: &CommandContext,
    ) -> Result<Receipt, ExecuteError<D::Refusal>> {
        let loaded = self.load::<D>(key).await.map_err(ExecuteError::Load)?;
        self.run_from::<D>(key, loaded, command, context).await
    }

    /// Runs one command on an entity that [`Self::load`] has just given, for a caller who
    /// loads several entities at once that the answer rests on.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub async fn run_from<D: Contract>(
        &self,
        key: &EntityKey,
        loaded: Arc<Loaded<D::State>>,
        command: &D::Command,
        context: &CommandContext,
    ) -> Result<Receipt, ExecuteError<D::Refusal>> {
        self.run_through::<D>(key, loaded, command, context).await.map(|(receipt, _)| receipt)
    }

    /// As [`Self::run_from`], with the state that the receipt stands for: the one after the
    /// command, or the present one where it was a replay or changed nothing.
    ///
    /// # Errors
    ///
    /// As [`Self::run`].
    pub async fn run_through<D: Contract>(
        &self,
        key: &EntityKey,
        mut loaded: Arc<Loaded<D::State>>,
        command: &D::Command,
        context: &CommandContext,
    ) -> Result<(Receipt, Arc<Loaded<D::State>>), ExecuteError<D::Refusal>> {
        let request_hash = RequestHash::of(command);
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(1 << attempt)).await;
                loaded = self.load::<D>(key).await.map_err(ExecuteError::Load)?;
            }
            if let Some(earlier) = loaded.receipts.get(&context.command_id) {
                let receipt = self.replay(key, context, request_hash, earlier)?;
                return Ok((receipt, loaded));
            }
            let decision = D::decide(&loaded.state, command).map_err(ExecuteError::Refused)?;
            if decision.events.is_empty() {
                return Ok((self.receipt(key, loaded.version, loaded.sequence, false, false), loaded));
            }
            let commit = new_commit(context, &loaded, request_hash, decision.events.iter().map(D::encode).collect());
            let mut writes = vec![Write { key: key.clone(), expected: loaded.sequence, commit }];
            self.reserve::<D>(key, context, request_hash, &decision, &mut writes).await?;
            match self.store.append(writes.clone()).await {
                Ok(sequences) => return Ok(self.stored::<D>(key, &loaded, &decision, &writes[0].commit, sequences[0])),
                Err(AppendError::Conflict) => {}
                Err(error) => return Err(ExecuteError::Append(error)),
            }
        }
        Err(ExecuteError::Conflict)
    }

    fn replay<R>(
        &self,
        key: &EntityKey,
        context: &CommandContext,
        request_hash: RequestHash,
        earlier: &StoredReceipt,
    ) -> Result<Receipt, ExecuteError<R>> {
        let same = earlier.request_hash == request_hash && earlier.actor == context.actor;
        same.then(|| self.receipt(key, earlier.version, earlier.sequence, true, true))
            .ok_or(ExecuteError::CommandReused(context.command_id))
    }

    /// Reads the tail of every name that the decision takes or frees, and adds its write.
    async fn reserve<D: Contract>(
        &self,
        key: &EntityKey,
        context: &CommandContext,
        request_hash: RequestHash,
        decision: &Decision<D::Event, D::Refusal>,
        writes: &mut Vec<Write>,
    ) -> Result<(), ExecuteError<D::Refusal>> {
        let names: Vec<EntityKey> =
            decision.reservations.iter().map(|change| change_key(change).entity(key.scope())).collect();
        let tails = try_join_all(names.iter().map(|name| self.store.tail(name))).await.map_err(ExecuteError::Load)?;
        for ((change, name), tail) in decision.reservations.iter().zip(names).zip(tails) {
            let unreadable =
                |source| StoreError::Unreadable { sequence: tail.as_ref().map_or(0, |tail| tail.sequence), source };
            let held = ReservationTail::read(tail.as_ref()).map_err(unreadable).map_err(ExecuteError::Load)?;
            let record = match change {
                ReservationChange::Claim { .. } if held.is_held_by(key) => continue,
                ReservationChange::Claim { taken, .. } if held != ReservationTail::Free => {
                    return Err(ExecuteError::Refused(taken.clone()));
                }
                ReservationChange::Claim { .. } => reservation::claimed(key, context.command_id),
                ReservationChange::Release { .. } if !held.is_held_by(key) => continue,
                ReservationChange::Release { .. } => reservation::released(key, context.command_id),
            };
            let before = tail.map_or_else(Loaded::<()>::default, |tail| Loaded::at(&tail));
            writes.push(Write {
                key: name,
                expected: before.sequence,
                commit: new_commit(context, &before, request_hash, vec![record]),
            });
        }
        Ok(())
    }

    /// Keeps the new state as a baseline and makes the receipt.
    fn stored<D: Contract>(
        &self,
        key: &EntityKey,
        before: &Loaded<D::State>,
        decision: &Decision<D::Event, D::Refusal>,
        commit: &NewCommit,
        sequence: u64,
    ) -> (Receipt, Arc<Loaded<D::State>>) {
        let mut after = before.clone();
        for event in &decision.events {
            D::evolve(&mut after.state, event);
        }
        let headers = commit.headers();
        let hash = ChainHash::of(
            &key.subject(self.store.context()),
            headers.iter().map(|(name, value)| (*name, value.as_str())),
            &commit.body(),
        );
        after.advance(&commit.meta, sequence, hash);
        let after = Arc::new(after);
        self.cache.insert(key.clone(), after.clone());
        (self.receipt(key, commit.meta.version, sequence, false, true), after)
    }

    fn receipt(&self, key: &EntityKey, version: u64, sequence: u64, replayed: bool, changed: bool) -> Receipt {
        let position = Position { context: self.store.context().to_owned(), partition: key.partition(), sequence };
        Receipt { version, position, replayed, changed }
    }

    fn damaged(&self, sequence: u64, what: String) -> LogDamaged {
        LogDamaged { context: self.store.context().to_owned(), sequence, what }
    }
}

const fn change_key<R>(change: &ReservationChange<R>) -> &crate::ReservationKey {
    match change {
        ReservationChange::Claim { key, .. } | ReservationChange::Release { key } => key,
    }
}

fn new_commit<State>(
    context: &CommandContext,
    before: &Loaded<State>,
    request_hash: RequestHash,
    records: Vec<Record>,
) -> NewCommit {
    let meta = CommitMeta {
        command_id: context.command_id,
        version: before.version + 1,
        previous: before.hash,
        actor: context.actor.clone(),
        causation: context.causation,
        correlation: context.correlation,
        request_hash,
        at: context.at,
        trace: context.trace.clone(),
    };
    NewCommit { meta, records }
}

#[cfg(test)]
mod tests;
