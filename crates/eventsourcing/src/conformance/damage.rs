//! A log that is not what it was is reported, never served.

use super::Subject;
use super::fixture::{Count, Counter, context, key};
use crate::{EventStore, ExecuteError, Executor, StoreError};

async fn count_to<S: EventStore>(executor: &Executor<S>, number: usize) -> Vec<u64> {
    let mut sequences = Vec::new();
    for _ in 0..number {
        let receipt = executor.run::<Counter>(&key(1), &Count::default(), &context()).await.expect("accepted");
        sequences.push(receipt.position.sequence);
    }
    sequences
}

pub(super) fn is_damage(error: &StoreError) -> bool {
    matches!(error, StoreError::Damaged(_) | StoreError::Unreadable { .. })
}

/// A commit in the middle is lost or changed: neither loaded nor written behind.
pub async fn a_damaged_chain_is_reported(subject: &impl Subject) {
    let store = subject.open().await;
    let sequences = count_to(&Executor::new(store.clone(), 10), 6).await;
    subject.damage(&store, sequences[2]).await;
    let executor = Executor::new(subject.again(&store).await, 10);
    let loaded = executor.load::<Counter>(&key(1)).await.map(|loaded| loaded.version);
    assert!(loaded.as_ref().is_err_and(is_damage), "{loaded:?}");
    let run = executor.run::<Counter>(&key(1), &Count::default(), &context()).await;
    assert!(matches!(&run, Err(ExecuteError::Load(error)) if is_damage(error)), "{run:?}");
}

/// A state in the cache does not hide that the log lost its end.
pub async fn a_damaged_tail_behind_a_cached_state_is_reported(subject: &impl Subject) {
    let store = subject.open().await;
    let executor = Executor::new(store.clone(), 10);
    let sequences = count_to(&executor, 4).await;
    subject.damage(&store, sequences[3]).await;
    let loaded = executor.load::<Counter>(&key(1)).await.map(|loaded| loaded.version);
    assert!(loaded.as_ref().is_err_and(is_damage), "{loaded:?}");
}
