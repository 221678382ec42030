//! `kindred streams adopt`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use kindred_jetstream::{Client, JetStreamStore, StoreOptions};
use kindred_projections::Database;
use serde_json::{Value, json};

use super::{CONTEXTS, database};
use crate::bus::Bus;
use crate::output::Format;

/// See [`super::Streams`].
#[derive(Debug, clap::Args)]
pub struct Adopt {
    #[command(flatten)]
    bus: Bus,
    /// File with the URL of the service's database, of the service's own user or of one who
    /// owns it.
    #[arg(long, value_name = "FILE")]
    database_url_file: PathBuf,
    /// Also builds anew what was made of streams of the same identity: one that was restored
    /// from a copy of itself keeps it.
    #[arg(long)]
    rebuild: bool,
    /// Whose streams; all of them without it.
    #[arg(value_name = "CONTEXT", value_parser = PossibleValuesParser::new(CONTEXTS))]
    contexts: Vec<String>,
}

impl Adopt {
    /// Looks at every stream first, then accepts them all.
    ///
    /// # Errors
    ///
    /// If a stream is missing or carries no identity, the service runs, or bus or database
    /// do not answer.
    pub(super) async fn run(self, format: Format) -> anyhow::Result<()> {
        let database = Database::connect(&database(&self.database_url_file)?, 2, 1);
        let client = kindred_jetstream::connect(&self.bus.settings()?).await?;
        let mut streams = Vec::new();
        for context in self.contexts() {
            streams.push(look(&client, context).await?);
        }
        client.close().await;
        let mut rows = Vec::new();
        for stream in &streams {
            let adopted = adopt(&database, stream, self.rebuild).await;
            rows.push(adopted.with_context(|| format!("adopt stream `{}`", stream.name))?);
        }
        database.close().await;
        format.rows(&["STREAM", "IDENTITY", "BEFORE", "CHANGE"], &rows, |row| {
            ["stream", "identity", "before", "change"].map(|key| row[key].as_str().unwrap_or("-").to_owned()).to_vec()
        })
    }

    fn contexts(&self) -> Vec<&str> {
        if self.contexts.is_empty() { CONTEXTS.to_vec() } else { self.contexts.iter().map(String::as_str).collect() }
    }
}

/// A stream as it is on the bus.
struct Found<'a> {
    context: &'a str,
    name: String,
    identity: String,
}

async fn look<'a>(client: &Client, context: &'a str) -> anyhow::Result<Found<'a>> {
    let store = JetStreamStore::follow(client, context, None, StoreOptions::default()).await?;
    Ok(Found { context, name: store.stream().to_owned(), identity: store.identity().to_string() })
}

/// Where nothing is kept yet, nobody knows where rows come from that are there: they are
/// built anew as well.
async fn adopt(database: &Database, stream: &Found<'_>, rebuild: bool) -> anyhow::Result<Value> {
    let before = database.stream_identity(stream.context).await?;
    let change = match before.as_deref() {
        Some(before) if before == stream.identity && !rebuild => "unchanged",
        Some(_) => "adopted",
        None => "first",
    };
    if change != "unchanged" {
        database.adopt_stream(stream.context, &stream.identity).await?;
    }
    Ok(json!({
        "context": stream.context, "stream": stream.name, "identity": stream.identity, "before": before,
        "change": change,
    }))
}
