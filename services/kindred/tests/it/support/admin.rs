//! What an accident or an attacker with the rights of the bus's owner does to a stream.

use async_nats::HeaderMap;
use bytes::Bytes;
use kindred_jetstream::{Credentials, stream_name};
use kindred_testkit::TestStreams;
use serde_json::{Value, json};

/// A message as it stands in a stream.
pub struct Message {
    subject: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Message {
    /// Changes who made the commit.
    pub fn act_as(&mut self, actor: &str) {
        if self.headers.get("es-actor").is_some() {
            self.headers.insert("es-actor", actor);
        }
    }
}

/// See the module.
pub struct Admin {
    nats: async_nats::Client,
    stream: String,
}

impl Admin {
    pub async fn of(streams: &TestStreams, context: &str) -> Self {
        let settings = streams.settings();
        let Credentials::Password { user, password } = settings.credentials.clone() else {
            panic!("an account has a password")
        };
        let options = async_nats::ConnectOptions::new().user_and_password(user, password);
        let nats = options.connect(settings.servers.clone()).await.expect("the bus lets us in");
        Self { nats, stream: stream_name(context) }
    }

    /// Calls the JetStream API, and it works.
    async fn must(&self, verb: &str, request: Value) -> Value {
        let subject = format!("$JS.API.STREAM.{verb}.{}", self.stream);
        let answer = self.nats.request(subject, request.to_string().into()).await.expect("an answer");
        let answer: Value = serde_json::from_slice(&answer.payload).expect("JSON");
        assert!(answer.get("error").is_none(), "{verb}: {answer}");
        answer
    }

    /// Takes the stream away.
    pub async fn delete(&self) {
        self.must("DELETE", json!({})).await;
    }

    /// Takes a message out.
    pub async fn delete_message(&self, sequence: u64) {
        self.must("MSG.DELETE", json!({ "seq": sequence, "no_erase": true })).await;
    }

    /// The last sequence.
    pub async fn head(&self) -> u64 {
        self.must("INFO", json!({})).await["state"]["last_seq"].as_u64().expect("a number")
    }

    /// Makes the stream anew with changed metadata, or with the same where none are given.
    pub async fn recreate(&self, metadata: Option<Value>) {
        let mut config = self.must("INFO", json!({})).await["config"].take();
        if let Some(metadata) = metadata {
            config["metadata"] = metadata;
        }
        self.delete().await;
        self.must("CREATE", config).await;
    }

    /// All messages, in order.
    pub async fn messages(&self) -> Vec<Message> {
        let mut messages = Vec::new();
        for sequence in 1..=self.head().await {
            let subject = format!("$JS.API.DIRECT.GET.{}", self.stream);
            let request = json!({ "seq": sequence }).to_string();
            let answer = self.nats.request(subject, request.into()).await.expect("an answer");
            let stored = answer.headers.expect("headers");
            let subject = stored.get("Nats-Subject").expect("a subject").as_str().to_owned();
            let mut headers = HeaderMap::new();
            for (name, values) in stored.iter().filter(|(name, _)| name.to_string().starts_with("es-")) {
                headers.insert(name.clone(), values[0].clone());
            }
            messages.push(Message { subject, headers, body: answer.payload });
        }
        messages
    }

    /// Stores messages again, as a restore would.
    pub async fn store(&self, messages: &[Message]) {
        for Message { subject, headers, body } in messages {
            let stored = self.nats.request_with_headers(subject.clone(), headers.clone(), body.clone()).await;
            let answer: Value = serde_json::from_slice(&stored.expect("an answer").payload).expect("JSON");
            assert!(answer.get("error").is_none(), "{answer}");
        }
    }
}
