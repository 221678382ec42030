//! `kindred log`.

use std::path::Path;

use kindred_proto::admin as proto;
use kindred_proto::admin::admin_client::AdminClient;
use serde_json::json;

use super::redact::Redact;
use super::service;
use crate::operator::{Operator, said};
use crate::output::Format;

/// `kindred log …`.
#[derive(Debug, clap::Subcommand)]
pub enum LogCommand {
    /// Commits of a service's log: what happened to which entity, never what was written.
    Show {
        /// The service.
        service: String,
        /// Only behind this sequence.
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only entities whose subject starts so.
        #[arg(long, default_value = "")]
        subject: String,
    },
    /// Takes one commit out of a log on an order, for good.
    ///
    /// The commit is first named on its entity: place, version, hash and order, none of its
    /// words. Then its message is deleted from the bus and overwritten. From then on nothing
    /// that it decided counts, as if it had never been accepted; its command, sent again, is
    /// still answered as the first time. A run that was cut off is completed by another.
    ///
    /// Read models keep the rows that were made of it: rebuild all that are made of this
    /// log, in whichever service, with `kindred projection rebuild`. The generation that is
    /// kept for a rollback has them until it is dropped.
    Redact(Redact),
}

impl LogCommand {
    /// Asks the service, or the bus itself.
    ///
    /// # Errors
    ///
    /// If it does not answer or refuses.
    pub async fn run(self, operator: Option<&Path>, format: Format) -> anyhow::Result<()> {
        let (role, after, limit, subject_prefix) = match self {
            Self::Show { service, after, limit, subject } => (service, after, limit, subject),
            Self::Redact(redact) => return redact.run(format).await,
        };
        let operator = Operator::load(operator)?;
        let mut client = AdminClient::new(operator.channel(service(&role)?)?);
        let request = operator.request(proto::ShowLogRequest { after, limit, subject_prefix });
        let answer = client.show_log(request).await.map_err(said)?.into_inner();
        let rows: Vec<_> = answer
            .entries
            .into_iter()
            .map(|entry| {
                json!({
                    "sequence": entry.sequence, "subject": entry.subject, "version": entry.version,
                    "events": entry.event_types, "actor": entry.actor, "command_id": entry.command_id,
                    "at": entry.at, "hash": entry.hash,
                })
            })
            .collect();
        let columns = ["SEQUENCE", "VERSION", "EVENTS", "ACTOR", "SUBJECT"];
        format.rows(&columns, &rows, |row| {
            let events: Vec<&str> =
                row["events"].as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
            let text = |key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
            vec![text("sequence"), text("version"), events.join(","), text("actor"), text("subject")]
        })
    }
}
