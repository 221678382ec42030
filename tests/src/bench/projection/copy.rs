//! The bare loop: pull, decode, open, copy; each step beside the others, nothing checked,
//! nothing kept but rows.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures::StreamExt as _;
use kindred_eventsourcing::KeyId;
use kindred_ids::{CommandId, EntityKey, TenantSlug};
use kindred_posting::projections::ThreadProjection;
use kindred_projections::Projection as _;
use kindred_proto::{common, log, posting};
use kindred_service_host::wire::sealed_from_proto;
use kindred_vault::{Aad, DataKey, Opener};
use prost::Message as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, PgConnection};
use tokio::sync::mpsc;

use super::posts::Authors;
use crate::bench::bare::Bare;
use crate::bench::stage::Stage;

/// Messages that are pulled at once.
const PULL: usize = 10_000;
/// Bytes of rows that go into one transaction.
const COPY: usize = 4 * 1024 * 1024;

const COLUMNS: &str = "posts (tenant, post_id, thread_id, community_id, author_id, parent_id, title, text, \
    mentioned_ids, written_at, edited_at, deleted_at, deleted_by, removal_reason, author_erased, sequence)";

/// Whether texts are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// With the keys at hand.
    Done,
    /// Left out: as many bytes of something else are written.
    Left,
}

/// Where the loop reads and writes.
pub struct Target {
    bare: Bare,
    database: PgConnectOptions,
    keys: Arc<HashMap<KeyId, Opener>>,
    tenant: TenantSlug,
}

impl Target {
    /// Beside posting's own rows, in a schema of its own.
    pub async fn make(stage: &Stage, authors: &Authors) -> anyhow::Result<Self> {
        let database: PgConnectOptions = stage.environment.postgres.url_of("kindred_posting").parse()?;
        let openers =
            authors.keys().iter().map(|(id, key): (&KeyId, &DataKey)| (*id, Opener::new(key.clone()))).collect();
        let (bare, tenant) = (Bare::enter(stage).await?, authors.tenant.clone());
        Ok(Self { bare, database, keys: Arc::new(openers), tenant })
    }

    /// Fills empty tables once; events a second.
    pub async fn fill(&self, opening: Opening, events: f64) -> anyhow::Result<f64> {
        let mut connection = self.database.connect().await?;
        connection.execute("DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare; SET search_path = bare").await?;
        connection.execute(AssertSqlSafe(ThreadProjection::TABLES)).await?;
        connection.execute("SET synchronous_commit = off").await?;
        let begun = Instant::now();
        let (send, receive) = mpsc::channel(2);
        let (rows, copied) = tokio::try_join!(self.read(opening, send), copy(connection, receive))?;
        ensure!(rows == copied && rows as f64 == events, "{rows} rows were read and {copied} copied of {events}");
        Ok(events / begun.elapsed().as_secs_f64())
    }

    async fn read(&self, opening: Opening, send: mpsc::Sender<String>) -> anyhow::Result<u64> {
        let stream = async_nats::jetstream::new(self.bare.client.clone()).get_stream("EVT_POSTING").await?;
        let head = stream.get_info().await?.state.last_sequence;
        let config = pull::Config {
            ack_policy: AckPolicy::None,
            deliver_policy: DeliverPolicy::All,
            memory_storage: true,
            num_replicas: 1,
            ..Default::default()
        };
        let consumer = stream.create_consumer(config).await?;
        let mut messages = consumer.stream().max_messages_per_batch(PULL).messages().await?;
        let reader = Reader { keys: self.keys.clone(), tenant: self.tenant.clone(), opening };
        let (send, reader) = (send, Arc::new(reader));
        let (mut buffer, mut rows) = (String::with_capacity(COPY + 64 * 1024), 0);
        while let Some(message) = messages.next().await {
            let message = message?;
            let sequence = message.info().map_err(|error| anyhow::anyhow!("{error}"))?.stream_sequence;
            rows += u64::from(reader.row(&message, sequence, &mut buffer)?);
            if buffer.len() >= COPY || sequence >= head {
                let full = std::mem::replace(&mut buffer, String::with_capacity(COPY + 64 * 1024));
                send.send(full).await.ok().context("the copying has ended")?;
            }
            if sequence >= head {
                break;
            }
        }
        Ok(rows)
    }
}

async fn copy(mut connection: PgConnection, mut receive: mpsc::Receiver<String>) -> anyhow::Result<u64> {
    let mut rows = 0;
    while let Some(buffer) = receive.recv().await {
        let mut copy = connection.copy_in_raw(&format!("COPY {COLUMNS} FROM STDIN")).await?;
        copy.send(buffer.into_bytes()).await?;
        rows += copy.finish().await?;
    }
    Ok(rows)
}

struct Reader {
    keys: Arc<HashMap<KeyId, Opener>>,
    tenant: TenantSlug,
    opening: Opening,
}

impl Reader {
    /// Writes the row of a message; none for one that is no post.
    fn row(&self, message: &async_nats::Message, sequence: u64, into: &mut String) -> anyhow::Result<bool> {
        let Some((category, id)) = entity(message.subject.as_str()) else { return Ok(false) };
        let record = log::Commit::decode(message.payload.clone())?.records.pop().context("a commit holds an event")?;
        match category {
            "comment" => {
                let event = posting::CommentPosted::decode(record.data)?;
                let parent = if event.parent_id.is_empty() { "\\N" } else { &event.parent_id };
                write!(
                    into,
                    "{}\t{id}\t{}\t{}\t{}\t{parent}\t\\N\t",
                    self.tenant, event.thread_id, event.community_id, event.author_id
                )?;
                self.text(message, event.text, &event.author_id, "text", into)?;
                write!(into, "\t{{}}\t{}", event.at)?;
            }
            _ => {
                let event = posting::ThreadStarted::decode(record.data)?;
                write!(into, "{}\t{id}\t{id}\t{}\t{}\t\\N\t", self.tenant, event.community_id, event.author_id)?;
                self.text(message, event.title, &event.author_id, "title", into)?;
                into.push('\t');
                self.text(message, event.text, &event.author_id, "text", into)?;
                write!(into, "\t{{}}\t{}", event.at)?;
            }
        }
        writeln!(into, "\t\\N\t\\N\t\\N\t\\N\tf\t{sequence}")?;
        Ok(true)
    }

    fn text(
        &self,
        message: &async_nats::Message,
        sealed: Option<common::Sealed>,
        author: &str,
        field: &str,
        into: &mut String,
    ) -> anyhow::Result<()> {
        let sealed = sealed.context("a post has words")?;
        if self.opening == Opening::Left {
            into.extend(std::iter::repeat_n('x', sealed.ciphertext.len() - 16));
            return Ok(());
        }
        let sealed = sealed_from_proto(sealed).context("a sealed text")?;
        let (_, entity) = EntityKey::parse(message.subject.as_str())?;
        let command = message.headers.as_ref().and_then(|headers| headers.get("es-command-id"));
        let command: CommandId = command.context("a commit names its command")?.as_str().parse()?;
        let place = Aad::of(&self.tenant, author.parse()?, &entity, command, field);
        let opener = self.keys.get(&sealed.key()).context("all keys are at hand")?;
        let text = opener.open(&sealed, &place)?;
        if text.contains(['\\', '\n', '\r', '\t']) {
            into.push_str(&text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t"));
        } else {
            into.push_str(&text);
        }
        Ok(())
    }
}

/// Category and id of a post's subject.
fn entity(subject: &str) -> Option<(&str, &str)> {
    let mut tokens = subject.split('.').skip(4);
    let (category, id) = (tokens.next()?, tokens.next()?);
    matches!(category, "thread" | "comment").then_some((category, id))
}
