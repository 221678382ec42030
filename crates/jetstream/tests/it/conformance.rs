//! The conformance suite on each set-up.

use kindred_eventsourcing::EventStore;
use kindred_eventsourcing::conformance::Subject;
use kindred_eventsourcing::conformance_suite;
use kindred_jetstream::{Durability, JetStreamStore};

use crate::support::{Admin, Servers, client, new_store, options};

struct SetUp {
    servers: Servers,
    durability: Durability,
}

impl Subject for SetUp {
    type Store = JetStreamStore;

    async fn open(&self) -> JetStreamStore {
        new_store(self.servers, self.durability).await
    }

    async fn again(&self, store: &JetStreamStore) -> JetStreamStore {
        let client = client(self.servers).await;
        JetStreamStore::open(&client, store.context(), Some(store.identity()), options(self.durability))
            .await
            .expect("the same stream opens again")
    }

    async fn forget_message_ids(&self, store: &JetStreamStore) {
        Admin::of(self.servers, store.context()).await.forget_message_ids().await;
    }

    async fn damage(&self, store: &JetStreamStore, sequence: u64) {
        Admin::of(self.servers, store.context()).await.delete_message(sequence).await;
    }
}

const ONE_NODE: SetUp = SetUp { servers: Servers::OneNode, durability: Durability::ProcessCrash };
const GROUPED: SetUp = SetUp { servers: Servers::OneNode, durability: Durability::PowerLoss };
const THREE_NODES: SetUp = SetUp { servers: Servers::ThreeNodes, durability: Durability::PowerLoss };

conformance_suite!(one_node, ONE_NODE);
conformance_suite!(grouped, GROUPED);
conformance_suite!(three_nodes, THREE_NODES);
