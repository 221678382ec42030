//! The bus with nothing above it: what a message costs by itself.

use anyhow::{Context as _, ensure};
use async_nats::{HeaderMap, Message, Request};
use bytes::Bytes;

use super::stage::Stage;
use super::written::fresh;

/// The context of the stream that baselines write to.
pub const CONTEXT: &str = "floor";
/// Its name.
const STREAM: &str = "EVT_FLOOR";

/// The headers that a read adds to those stored.
const ADDED: [&str; 6] =
    ["Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Num-Pending", "Nats-Last-Sequence"];

/// A connection of its own to the bus.
#[derive(Clone)]
pub struct Bare {
    /// The connection.
    pub client: async_nats::Client,
}

impl Bare {
    /// Enters the bus as its owner.
    pub async fn enter(stage: &Stage) -> anyhow::Result<Self> {
        let options =
            async_nats::ConnectOptions::new().user_and_password("admin".to_owned(), stage.environment.password.clone());
        Ok(Self { client: options.connect(stage.environment.nats.url()).await? })
    }

    /// The newest message on a subject of a stream of one copy, by the cheapest read there is.
    pub async fn tail(&self, stream: &str, subject: &str) -> anyhow::Result<Message> {
        let request = Bytes::from(format!(r#"{{"last_by_subj":"{subject}"}}"#));
        Ok(self.client.request(format!("$JS.API.DIRECT.GET.{stream}"), request).await?)
    }

    /// Stores a message like `like` on a subject of its own; waits for the acknowledgement.
    pub async fn append(&self, like: &Like) -> anyhow::Result<()> {
        let (subject, headers) = like.next();
        let request = Request::new().headers(headers).payload(like.body.clone());
        let answer = self.client.send_request(subject, request).await?;
        ensure!(
            answer.payload.starts_with(br#"{"stream""#),
            "the bus refused: {}",
            String::from_utf8_lossy(&answer.payload)
        );
        Ok(())
    }
}

/// A message of the platform, to be stored again and again under new names: as many
/// headers, and every part as long.
#[derive(Clone)]
pub struct Like {
    category: String,
    tenant: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Like {
    /// Takes the newest commit of a category in a context's stream.
    pub async fn newest(bare: &Bare, context: &str, category: &str) -> anyhow::Result<Self> {
        let stream = kindred_jetstream::stream_name(context);
        let newest = bare.tail(&stream, &format!("es.{context}.*.*.{category}.*")).await?;
        let stored = newest.headers.with_context(|| format!("find a commit of `{category}`"))?;
        let subject = stored.get(async_nats::header::NATS_SUBJECT).context("a stored message names its subject")?;
        let tenant = subject.as_str().split('.').nth(3).context("a commit's subject names a tenant")?.to_owned();
        let mut headers = HeaderMap::new();
        for (name, values) in stored.iter().filter(|(name, _)| !ADDED.contains(&name.as_ref())) {
            headers.insert(name.clone(), values.first().context("a header has a value")?.clone());
        }
        headers.insert(async_nats::header::NATS_EXPECTED_STREAM, STREAM);
        headers.insert(async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
        Ok(Self { category: category.to_owned(), tenant, headers, body: newest.payload })
    }

    /// Bytes of the body.
    pub fn size(&self) -> usize {
        self.body.len()
    }

    fn next(&self) -> (String, HeaderMap) {
        let (command, entity) = (fresh().simple(), fresh());
        let partition = entity.as_bytes()[0] >> 2;
        let subject = format!("es.{CONTEXT}.{partition:02}.{}.{}.{}", self.tenant, self.category, entity.simple());
        let mut headers = self.headers.clone();
        headers.insert(async_nats::header::NATS_MESSAGE_ID, format!("{command}:{}:{}", self.category, entity.simple()));
        headers.insert("es-command-id", command.to_string());
        (subject, headers)
    }
}
