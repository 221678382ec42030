//! What is done once, with an owner's rights, before services start.

mod adopt;

use std::path::PathBuf;
use std::str::FromStr;

use kindred_jetstream::{Applied, ConnectSettings, StreamSettings, apply_streams, stream_name};
use kindred_service_kit::config::Secret;
use kindred_vault::Vault;
use serde_json::json;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;

use crate::bus::Bus;
use crate::output::Format;
use adopt::Adopt;

/// The contexts, each with a stream.
pub const CONTEXTS: [&str; 4] = ["membership", "posting", "matching", "notification"];

/// Tables of services that are neither projections nor the projector's. Every database gets
/// them: which service one is for is not known here.
pub const OWN_TABLES: [&Migrator; 1] = [&kindred_matching::snapshots::MIGRATIONS];

/// `kindred migrate`.
#[derive(Debug, clap::Args)]
pub struct Migrate {
    /// File with the URL of the database, of a user who owns it.
    #[arg(long, value_name = "FILE")]
    database_url_file: PathBuf,
    /// The key vault instead of a service's own database.
    #[arg(long)]
    vault: bool,
}

impl Migrate {
    /// Makes or changes the tables; repeating it changes nothing.
    ///
    /// # Errors
    ///
    /// If the database does not answer or refuses.
    pub async fn run(self) -> anyhow::Result<()> {
        let options = database(&self.database_url_file)?;
        if self.vault {
            Ok(Vault::migrate(&options).await?)
        } else {
            Ok(kindred_projections::migrate(&options, &OWN_TABLES).await?)
        }
    }
}

fn database(file: &std::path::Path) -> anyhow::Result<PgConnectOptions> {
    let url = Secret::read("database_url_file", file)?;
    // The URL holds a password: an error must not repeat it.
    PgConnectOptions::from_str(url.expose()).map_err(|_| anyhow::anyhow!("`{}` holds no database URL", file.display()))
}

/// `kindred streams`.
#[derive(Debug, clap::Args)]
pub struct Streams {
    #[command(subcommand)]
    command: StreamsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum StreamsCommand {
    /// Makes the streams, or changes what may be changed of them.
    Apply {
        #[command(flatten)]
        bus: Bus,
        /// Copies of each stream: 3 in production.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=5))]
        replicas: u8,
        /// Bytes that each stream may hold.
        #[arg(long, default_value_t = 64 * 1024 * 1024 * 1024)]
        max_bytes: u64,
        /// No service runs: copies may be added to streams that have one.
        #[arg(long)]
        services_stopped: bool,
    },
    /// Accepts the streams that are there now in one service's database, after a deliberate
    /// restore.
    ///
    /// A service refuses a stream that is another one than that which its rows come from.
    /// Here an operator says that it is meant: what the service made of the former stream is
    /// dropped, and its read models are built anew at the next start. The service must not
    /// run meanwhile. Stop every process of it first, and repeat this for the database of
    /// each service that reads a restored stream.
    Adopt(Adopt),
}

impl Streams {
    /// Applies or adopts the streams.
    ///
    /// # Errors
    ///
    /// If the bus does not answer, refuses, or holds a stream that cannot become what it must
    /// be; if a database does not answer or its service runs.
    pub async fn run(self, format: Format) -> anyhow::Result<()> {
        match self.command {
            StreamsCommand::Apply { bus, replicas, max_bytes, services_stopped } => {
                let rows = apply(&bus.settings()?, replicas, max_bytes, services_stopped).await?;
                format.rows(&["STREAM", "IDENTITY", "CHANGE"], &rows, |row| {
                    let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
                    vec![text("stream"), text("identity"), text("change")]
                })
            }
            StreamsCommand::Adopt(adopt) => adopt.run(format).await,
        }
    }
}

/// Makes the stream of every context; what was done to each. `is_idle` as in
/// [`StreamSettings`].
///
/// # Errors
///
/// As [`Streams::run`].
pub async fn apply(
    settings: &ConnectSettings,
    replicas: u8,
    max_bytes: u64,
    is_idle: bool,
) -> anyhow::Result<Vec<serde_json::Value>> {
    let client = kindred_jetstream::connect(settings).await?;
    let mut rows = Vec::new();
    for context in CONTEXTS {
        let stream = StreamSettings::new(context).replicas(replicas).max_bytes(max_bytes).idle(is_idle);
        let applied = apply_streams(&client, &stream).await?;
        let change = match &applied {
            Applied::Created(_) => "created",
            Applied::Updated(_) => "updated",
            Applied::Unchanged(_) => "unchanged",
        };
        rows.push(json!({ "stream": stream_name(context), "identity": applied.identity().as_str(), "change": change }));
    }
    client.close().await;
    Ok(rows)
}
