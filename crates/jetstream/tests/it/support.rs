//! Streams of their own on shared servers, and what an operator or an accident does to them.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use kindred_embedded::shared;
use kindred_jetstream::{
    Client, ConnectSettings, Durability, JetStreamStore, StoreOptions, StreamSettings, apply_streams, connect,
    stream_name,
};
use serde_json::{Value, json};

/// Which servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Servers {
    OneNode,
    ThreeNodes,
}

impl Servers {
    pub async fn urls(self) -> Vec<String> {
        let shared = match self {
            Self::OneNode => shared::nats().await,
            Self::ThreeNodes => shared::nats_cluster().await,
        };
        shared.expect("the shared servers start").urls().to_vec()
    }

    pub const fn replicas(self) -> u8 {
        match self {
            Self::OneNode => 1,
            Self::ThreeNodes => 3,
        }
    }
}

/// A context that no other test has.
pub fn unique_context() -> String {
    let mut bytes = [0; 8];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes).expect("randomness");
    format!("t{:016x}", u64::from_be_bytes(bytes))
}

/// Small, so that many fit on one server.
pub fn settings(context: &str, servers: Servers) -> StreamSettings {
    StreamSettings::new(context).replicas(servers.replicas()).max_bytes(64 << 20)
}

pub async fn client(servers: Servers) -> Client {
    connect(&ConnectSettings::new(servers.urls().await, "test")).await.expect("the bus lets us in")
}

pub fn options(durability: Durability) -> StoreOptions {
    StoreOptions::default().durability(durability)
}

/// A store on a new stream.
pub async fn new_store(servers: Servers, durability: Durability) -> JetStreamStore {
    let client = client(servers).await;
    let context = unique_context();
    apply_streams(&client, &settings(&context, servers)).await.expect("the stream is made");
    JetStreamStore::open(&client, &context, None, options(durability)).await.expect("the stream opens")
}

/// A connection that may do everything, for what the store cannot.
pub struct Admin {
    pub nats: async_nats::Client,
    pub context: String,
}

impl Admin {
    pub async fn of(servers: Servers, context: &str) -> Self {
        let nats = async_nats::connect(servers.urls().await).await.expect("the bus lets us in");
        Self { nats, context: context.to_owned() }
    }

    pub fn stream(&self) -> String {
        stream_name(&self.context)
    }

    /// Calls the JetStream API.
    pub async fn call(&self, verb: &str, request: Value) -> Value {
        let subject = format!("$JS.API.{verb}.{}", self.stream());
        let answer = self.nats.request(subject, request.to_string().into()).await.expect("an answer");
        serde_json::from_slice(&answer.payload).expect("json")
    }

    /// Calls it, and it works.
    pub async fn must(&self, verb: &str, request: Value) -> Value {
        let answer = self.call(verb, request).await;
        assert!(answer.get("error").is_none(), "{verb}: {answer}");
        answer
    }

    /// Changes fields of the stream's configuration.
    pub async fn configure(&self, changes: Value) {
        let mut config = self.must("STREAM.INFO", json!({})).await["config"].take();
        for (name, value) in changes.as_object().expect("an object") {
            config[name] = value.clone();
        }
        self.must("STREAM.UPDATE", config).await;
    }

    /// Publishes one message that readers skip; the server's answer.
    pub async fn probe(&self, message_id: &str) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", message_id);
        let subject = format!("es.{}.00._.probe.probe", self.context);
        let answer = self.nats.request_with_headers(subject, headers, "probe".into()).await.expect("an answer");
        serde_json::from_slice(&answer.payload).expect("json")
    }

    /// Begins a batch and leaves it open; the refusal, if it is one.
    pub async fn open_batch(&self, id: &str) -> Option<Value> {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Batch-Id", id);
        headers.insert("Nats-Batch-Sequence", "1");
        let subject = format!("es.{}.00._.probe.probe", self.context);
        let answer = self.nats.request_with_headers(subject, headers, "probe".into()).await.expect("an answer");
        if answer.payload.is_empty() {
            return None;
        }
        let mut answer: Value = serde_json::from_slice(&answer.payload).expect("json");
        Some(answer["error"].take())
    }

    /// Shortens the window of message ids and waits until what was known is forgotten.
    pub async fn forget_message_ids(&self) {
        let mut window = 100_000_000;
        self.configure(json!({ "duplicate_window": window })).await;
        self.probe("window").await;
        let mut changed = Instant::now();
        while self.probe("window").await["duplicate"] == json!(true) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            // The server may still wait for the end of the window that was; a change wakes it.
            if changed.elapsed() > Duration::from_secs(1) {
                window += 1_000_000;
                self.configure(json!({ "duplicate_window": window })).await;
                changed = Instant::now();
            }
        }
    }

    /// Takes a message out, on every replica.
    pub async fn delete_message(&self, sequence: u64) {
        self.must("STREAM.MSG.DELETE", json!({ "seq": sequence, "no_erase": true })).await;
        let mut gone = 0;
        while gone < 30 {
            let request = json!({ "seq": sequence }).to_string();
            let subject = format!("$JS.API.DIRECT.GET.{}", self.stream());
            let answer = self.nats.request(subject, request.into()).await.expect("an answer");
            gone = if answer.status.is_some_and(|status| status.as_u16() == 404) { gone + 1 } else { 0 };
        }
    }
}
