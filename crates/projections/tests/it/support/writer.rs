//! Writes commits to a log in memory, as the executor would.

use kindred_eventsourcing::{
    Actor, ChainHash, CommitMeta, EventStore, MemoryStore, NewCommit, Record, RequestHash, Timestamp, Write,
};
use kindred_ids::{CommandId, EntityId, EntityKey, TenantSlug, derive_root_id};
use kindred_testkit::Seed;

pub const CONTEXT: &str = "testing";

pub fn tenant(name: &str) -> TenantSlug {
    name.parse().expect("a slug")
}

pub fn subject(key: &EntityKey) -> String {
    key.subject(CONTEXT)
}

/// Makes entities and their commits.
#[derive(Clone)]
pub struct Writer {
    pub store: MemoryStore,
    pub seed: Seed,
}

impl Writer {
    pub fn new(seed: Seed) -> Self {
        Self { store: MemoryStore::new(CONTEXT), seed }
    }

    pub fn id(&mut self, tenant: &TenantSlug) -> EntityId {
        derive_root_id(tenant.as_str(), "anonymous", self.seed.command_id(), "note", 0)
    }

    pub fn key(&mut self, tenant: &TenantSlug) -> EntityKey {
        let id = self.id(tenant);
        EntityKey::new(tenant.clone(), "note", id)
    }

    /// A key in a partition.
    pub fn key_in(&mut self, tenant: &TenantSlug, partition: u8) -> EntityKey {
        loop {
            let key = self.key(tenant);
            if key.partition().number() == partition {
                return key;
            }
        }
    }

    /// Adds `amount` to an entity; its sequence.
    pub async fn add(&mut self, key: &EntityKey, amount: i64) -> u64 {
        self.write(key, &[("Added", amount.to_string())]).await
    }

    /// Appends one commit of these events.
    pub async fn write(&mut self, key: &EntityKey, events: &[(&str, String)]) -> u64 {
        self.write_as(key, "anonymous", events).await
    }

    /// The same, by somebody; its command id is the next one of the seed.
    pub async fn write_as(&mut self, key: &EntityKey, actor: &str, events: &[(&str, String)]) -> u64 {
        let command_id = self.seed.command_id();
        let tail = self.store.tail(key).await.expect("the log in memory answers");
        let (expected, version, previous) =
            tail.map_or((0, 0, ChainHash::START), |tail| (tail.sequence, tail.meta.version, tail.hash));
        let commit = NewCommit { meta: meta(command_id, actor, version + 1, previous), records: records(events) };
        let write = Write { key: key.clone(), expected, commit };
        self.store.append(vec![write]).await.expect("nobody else writes")[0]
    }
}

fn records(events: &[(&str, String)]) -> Vec<Record> {
    let record = |(name, data): &(&str, String)| Record {
        event_type: (*name).to_owned(),
        version: 1,
        data: data.clone().into(),
    };
    events.iter().map(record).collect()
}

fn meta(command_id: CommandId, actor: &str, version: u64, previous: ChainHash) -> CommitMeta {
    CommitMeta {
        command_id,
        version,
        previous,
        actor: Actor(actor.to_owned()),
        causation: None,
        correlation: command_id.as_uuid(),
        request_hash: RequestHash([0; 16]),
        at: Timestamp::from_millis(1_000),
        trace: None,
    }
}
