//! The store in memory passes the conformance suite.

use kindred_eventsourcing::conformance::Subject;
use kindred_eventsourcing::{MemoryStore, conformance_suite};

struct Memory;

impl Subject for Memory {
    type Store = MemoryStore;

    async fn open(&self) -> MemoryStore {
        MemoryStore::new("counting")
    }

    async fn again(&self, store: &MemoryStore) -> MemoryStore {
        store.clone()
    }

    /// It knows none.
    async fn forget_message_ids(&self, _store: &MemoryStore) {}

    async fn damage(&self, store: &MemoryStore, sequence: u64) {
        let other = kindred_eventsourcing::conformance::commit(
            kindred_ids::CommandId::derived(&[b"damage"]),
            None,
            9_u32.to_be_bytes().to_vec(),
        );
        store.damage(sequence, other.body());
    }
}

conformance_suite!(memory, Memory);
