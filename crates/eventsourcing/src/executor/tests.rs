//! The executor on the store in memory: decide, append, decide again, remember.

use kindred_ids::{CommandId, TenantSlug, derive_root_id};

use super::*;
use crate::{Actor, Decider, DecodeError, DomainEvent, MemoryStore, ReservationKey, Timestamp, canonical};

/// A counter that may take a name.
struct Counter;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Added(u32);

impl DomainEvent for Added {
    fn event_type(&self) -> &'static str {
        "Added"
    }
}

struct Add {
    amount: u32,
    name: Option<ReservationKey>,
}
canonical!(Add { amount, name });

#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    TooMuch,
    NameTaken,
}

impl Decider for Counter {
    const CATEGORY: &'static str = "counter";
    type Command = Add;
    type Event = Added;
    type State = u32;
    type Refusal = Refusal;

    fn decide(state: &u32, command: &Add) -> Result<Decision<Added, Refusal>, Refusal> {
        if state + command.amount > 100 {
            return Err(Refusal::TooMuch);
        }
        let decision = if command.amount == 0 { Decision::nothing() } else { Added(command.amount).into() };
        Ok(command.name.iter().fold(decision, |decision, name| decision.claiming(name.clone(), Refusal::NameTaken)))
    }

    fn evolve(state: &mut u32, event: &Added) {
        *state += event.0;
    }
}

impl Contract for Counter {
    fn encode(event: &Added) -> Record {
        Record { event_type: "Added".to_owned(), version: 1, data: event.0.to_be_bytes().to_vec().into() }
    }
    fn decode(record: &Record) -> Result<Added, DecodeError> {
        let bytes: [u8; 4] = record.data.as_ref().try_into().map_err(|_| DecodeError::bytes(record))?;
        Ok(Added(u32::from_be_bytes(bytes)))
    }
}

struct Fixture {
    executor: Executor<MemoryStore>,
    store: MemoryStore,
}

fn fixture() -> Fixture {
    let store = MemoryStore::new("counting");
    Fixture { executor: Executor::new(store.clone(), 100), store }
}

fn command_id(seed: u32) -> CommandId {
    CommandId::derived(&[&seed.to_be_bytes()])
}

fn key(seed: u32) -> EntityKey {
    let tenant: TenantSlug = "riverside".parse().expect("a slug");
    EntityKey::new(tenant, "counter", derive_root_id("riverside", "anonymous", command_id(seed), "counter", 0))
}

fn context(seed: u32, actor: &str) -> CommandContext {
    CommandContext::new(command_id(seed), Actor(actor.to_owned()), Timestamp::from_millis(1))
}

fn add(amount: u32) -> Add {
    Add { amount, name: None }
}

const NAME: ReservationKey = ReservationKey { kind: "handle", digest: [7; 16] };

#[tokio::test]
async fn the_same_command_again_returns_the_first_receipt() {
    let Fixture { executor, store } = fixture();
    let first = executor.run::<Counter>(&key(1), &add(3), &context(1, "ann")).await.expect("accepted");
    executor.run::<Counter>(&key(1), &add(4), &context(2, "ann")).await.expect("accepted");
    let cold = Executor::new(store, 100);
    for executor in [&executor, &cold] {
        let again = executor.run::<Counter>(&key(1), &add(3), &context(1, "ann")).await.expect("accepted");
        assert_eq!(again, Receipt { replayed: true, ..first.clone() });
    }
    assert_eq!(executor.load::<Counter>(&key(1)).await.expect("loads").state, 7);
}

#[tokio::test]
async fn a_used_id_with_other_content_or_another_actor_is_refused() {
    let Fixture { executor, .. } = fixture();
    executor.run::<Counter>(&key(1), &add(3), &context(1, "ann")).await.expect("accepted");
    for (amount, actor) in [(4, "ann"), (3, "ben")] {
        let error = executor.run::<Counter>(&key(1), &add(amount), &context(1, actor)).await.expect_err("refused");
        assert!(matches!(error, ExecuteError::CommandReused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_name_is_held_by_one_entity_only() {
    let Fixture { executor, .. } = fixture();
    let claim = Add { amount: 1, name: Some(NAME) };
    executor.run::<Counter>(&key(1), &claim, &context(1, "ann")).await.expect("accepted");
    let error = executor.run::<Counter>(&key(2), &claim, &context(2, "ben")).await.expect_err("refused");
    assert!(matches!(error, ExecuteError::Refused(Refusal::NameTaken)), "{error:?}");
    executor.run::<Counter>(&key(1), &claim, &context(3, "ann")).await.expect("its own name again");
}

#[tokio::test]
async fn concurrent_commands_all_count_once() {
    let Fixture { executor, .. } = fixture();
    let runs = (0..20).map(|seed| {
        let executor = executor.clone();
        async move {
            loop {
                match executor.run::<Counter>(&key(1), &add(1), &context(seed, "ann")).await {
                    Err(ExecuteError::Conflict) => {}
                    other => return other.map(drop),
                }
            }
        }
    });
    for run in futures::future::join_all(runs).await {
        run.expect("accepted");
    }
    let loaded = executor.load::<Counter>(&key(1)).await.expect("loads");
    assert_eq!((loaded.state, loaded.version), (20, 20));
}

#[tokio::test]
async fn a_refusal_and_a_no_op_write_nothing() {
    let Fixture { executor, store } = fixture();
    let refused = executor.run::<Counter>(&key(1), &add(101), &context(1, "ann")).await.expect_err("refused");
    assert!(matches!(refused, ExecuteError::Refused(Refusal::TooMuch)));
    let nothing = executor.run::<Counter>(&key(1), &add(0), &context(2, "ann")).await.expect("accepted");
    assert!(!nothing.changed);
    assert_eq!(store.head().await.expect("head"), 0);
}

#[tokio::test]
async fn a_changed_commit_in_the_middle_is_seen() {
    let Fixture { executor, store } = fixture();
    for seed in 1..=3 {
        executor.run::<Counter>(&key(1), &add(seed), &context(seed, "ann")).await.expect("accepted");
    }
    let other = store.at(3).await.expect("reads").expect("there");
    let body = NewCommit { meta: other.meta, records: other.records }.body();
    store.damage(2, body);
    let error = Executor::new(store, 100).load::<Counter>(&key(1)).await.expect_err("damaged");
    assert!(matches!(error, StoreError::Damaged(LogDamaged { sequence: 3, .. })), "{error:?}");
}
