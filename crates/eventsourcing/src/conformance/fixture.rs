//! Commits, entities and a small rule to write with.

use std::sync::atomic::{AtomicU64, Ordering};

use kindred_ids::{CommandId, EntityKey, TenantSlug, derive_root_id};

use crate::{
    Actor, ChainHash, CommandContext, CommitMeta, Contract, Decider, Decision, DecodeError, DomainEvent, EventStore,
    NewCommit, Record, RecordedCommit, RequestHash, ReservationKey, Timestamp, Write, canonical,
};

/// Command ids that no other call of this process gets.
pub(super) fn next_command() -> CommandId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    CommandId::derived(&[b"conformance", &number.to_be_bytes(), &std::process::id().to_be_bytes()])
}

pub(super) fn tenant(name: &str) -> TenantSlug {
    name.parse().expect("a slug")
}

/// An entity of the tenant `riverside`.
#[must_use]
pub fn key(seed: u32) -> EntityKey {
    let id = derive_root_id("riverside", "anonymous", CommandId::derived(&[&seed.to_be_bytes()]), "counter", 0);
    EntityKey::new(tenant("riverside"), "counter", id)
}

/// An entity that is named by a digest, in a tenant.
#[must_use]
pub fn named(tenant_name: &str, name: &str) -> EntityKey {
    EntityKey::named(tenant(tenant_name), "handle", name)
}

/// The commit of `command` that follows `previous`.
#[must_use]
pub fn commit(command: CommandId, previous: Option<&RecordedCommit>, data: Vec<u8>) -> NewCommit {
    NewCommit {
        meta: CommitMeta {
            command_id: command,
            version: previous.map_or(1, |previous| previous.meta.version + 1),
            previous: previous.map_or(ChainHash::START, |previous| previous.hash),
            actor: Actor("0123456789abcdef".to_owned()),
            causation: None,
            correlation: command.as_uuid(),
            request_hash: RequestHash([7; 16]),
            at: Timestamp::from_millis(1_700_000_000_000),
            trace: None,
        },
        records: vec![Record { event_type: "Counted".to_owned(), version: 1, data: data.into() }],
    }
}

/// A write of a new command behind `previous`.
#[must_use]
pub fn write(key: &EntityKey, previous: Option<&RecordedCommit>) -> Write {
    Write {
        key: key.clone(),
        expected: previous.map_or(0, |previous| previous.sequence),
        commit: commit(next_command(), previous, 1_u32.to_be_bytes().to_vec()),
    }
}

/// Appends one commit behind the tail.
pub(super) async fn append_one(store: &impl EventStore, key: &EntityKey) -> RecordedCommit {
    let tail = tail(store, key).await;
    let sequences = store.append(vec![write(key, tail.as_ref())]).await.expect("the commit is stored");
    at(store, sequences[0]).await
}

pub(super) async fn tail(store: &impl EventStore, key: &EntityKey) -> Option<RecordedCommit> {
    store.tail(key).await.expect("the tail can be read")
}

pub(super) async fn at(store: &impl EventStore, sequence: u64) -> RecordedCommit {
    store.at(sequence).await.expect("the log can be read").expect("the commit is there")
}

/// All commits of an entity.
pub(super) async fn all(store: &impl EventStore, key: &EntityKey) -> Vec<RecordedCommit> {
    let through = tail(store, key).await.map_or(0, |tail| tail.sequence);
    store.load(key, 0, through).await.expect("the entity can be loaded")
}

/// How many commits of `command` the entity has.
pub(super) async fn count_of(store: &impl EventStore, key: &EntityKey, command: CommandId) -> usize {
    all(store, key).await.iter().filter(|commit| commit.meta.command_id == command).count()
}

/// A rule: a counter up to a limit that may take names.
pub struct Counter;

/// Counts up by one, and takes or frees a name.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// The most that the counter may come to; none if 0.
    pub limit: u32,
    /// A name to take.
    pub claim: Option<ReservationKey>,
    /// A name to free.
    pub release: Option<ReservationKey>,
}
canonical!(Count { limit, claim, release });

/// Why a counter does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The limit is reached.
    LimitReached,
    /// Another has the name.
    NameTaken,
}

/// The counter was at this number after counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted(u32);

impl DomainEvent for Counted {
    fn event_type(&self) -> &'static str {
        "Counted"
    }
}

impl Decider for Counter {
    const CATEGORY: &'static str = "counter";
    type Command = Count;
    type Event = Counted;
    type State = u32;
    type Refusal = Refusal;

    fn decide(state: &u32, command: &Count) -> Result<Decision<Counted, Refusal>, Refusal> {
        if command.limit > 0 && *state >= command.limit {
            return Err(Refusal::LimitReached);
        }
        let mut decision = Decision::from(Counted(state + 1));
        if let Some(name) = &command.claim {
            decision = decision.claiming(name.clone(), Refusal::NameTaken);
        }
        if let Some(name) = &command.release {
            decision = decision.releasing(name.clone());
        }
        Ok(decision)
    }

    fn evolve(state: &mut u32, event: &Counted) {
        *state = event.0;
    }
}

impl Contract for Counter {
    fn encode(event: &Counted) -> Record {
        Record { event_type: "Counted".to_owned(), version: 1, data: event.0.to_be_bytes().to_vec().into() }
    }

    fn decode(record: &Record) -> Result<Counted, DecodeError> {
        let bytes: [u8; 4] = record.data.as_ref().try_into().map_err(|_| DecodeError::bytes(record))?;
        Ok(Counted(u32::from_be_bytes(bytes)))
    }
}

/// A command that a caller sends now.
pub(super) fn context() -> CommandContext {
    CommandContext::new(next_command(), Actor::anonymous(), Timestamp::from_millis(1))
}

/// A name to claim.
pub(super) fn name(digit: u8) -> ReservationKey {
    ReservationKey { kind: "handle", digest: [digit; 16] }
}
