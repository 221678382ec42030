//! `kindred log redact`.

use std::path::PathBuf;

use anyhow::Context as _;
use kindred_eventsourcing::{Actor, OrderReference, Redaction};
use kindred_jetstream::{ConnectSettings, Credentials, Durability, JetStreamStore, StoreOptions, connect};
use kindred_service_kit::clock::SystemClock;
use kindred_service_kit::config::Secret;
use serde_json::json;

use crate::output::Format;
use crate::prepare::CONTEXTS;

/// What to take out, on which order, and how to enter the bus.
#[derive(Debug, clap::Args)]
pub struct Redact {
    /// Whose log.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(CONTEXTS))]
    context: String,
    /// Where the commit stands in it.
    sequence: u64,
    /// Reference of the order, such as a file number; it stays in the log: nobody's name.
    #[arg(long, value_name = "TEXT")]
    order: OrderReference,
    /// Servers of the bus.
    #[arg(long, value_delimiter = ',', required = true)]
    nats: Vec<String>,
    /// Name of a user who may write to the log and delete from it.
    #[arg(long, requires = "password_file")]
    user: Option<String>,
    /// File with that user's password.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// PEM file with the authority of the servers' certificates.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
}

impl Redact {
    /// Names the commit and takes it out; what it was.
    ///
    /// # Errors
    ///
    /// If it is not there, is of a kind that stays, or the bus does not answer or refuses.
    pub async fn run(self, format: Format) -> anyhow::Result<()> {
        let client = connect(&self.settings()?).await?;
        let options = StoreOptions::default().durability(Durability::ProcessCrash);
        let store = JetStreamStore::open(&client, &self.context, None, options).await?;
        let removed = self.asked().run(&store).await?;
        client.close().await;
        tell(format, &self.context, &removed)
    }

    fn settings(&self) -> anyhow::Result<ConnectSettings> {
        let mut settings = ConnectSettings::new(self.nats.iter().cloned(), "removal");
        if let Some(user) = self.user.clone() {
            let file = self.password_file.as_deref().context("`--password-file` is required with `--user`")?;
            let password = Secret::read("password_file", file)?.expose().to_owned();
            settings.credentials = Credentials::Password { user, password };
        }
        settings.ca_file.clone_from(&self.ca_file);
        Ok(settings)
    }

    fn asked(&self) -> kindred_eventsourcing::Redact {
        let name = self.user.as_deref().unwrap_or("nobody");
        kindred_eventsourcing::Redact {
            sequence: self.sequence,
            order: self.order.clone(),
            actor: Actor(format!("operator:{name}")),
            at: SystemClock::shared().now(),
        }
    }
}

fn tell(format: Format, context: &str, removed: &Redaction) -> anyhow::Result<()> {
    let value = json!({
        "context": context, "sequence": removed.sequence, "subject": removed.key.subject(context),
        "version": removed.version, "hash": removed.hash.to_string(), "order": removed.order,
        "next": "kindred projection rebuild",
    });
    format.one(&value, |_| {
        let Redaction { sequence, version, hash, order, .. } = removed;
        let subject = removed.key.subject(context);
        format!(
            "removed sequence {sequence} of {context}: {subject} version {version}, hash {hash}, order `{order}`\n\
             rows made of it are still shown: `kindred projection rebuild` each read model over this log"
        )
    })
}
