//! `kindred parked`.

use std::path::Path;

use kindred_proto::admin as proto;
use kindred_proto::admin::admin_client::AdminClient;
use serde_json::json;

use super::service;
use crate::operator::{Operator, said};
use crate::output::Format;

/// `kindred parked …`.
#[derive(Debug, clap::Subcommand)]
pub enum ParkedCommand {
    /// Entities whose events are parked, with the reason.
    List,
    /// One entity's parked events.
    Show {
        /// The service.
        service: String,
        /// Subject of the entity, as `list` shows it.
        subject: String,
    },
    /// Applies an entity's parked events again, in order.
    Replay {
        /// The service.
        service: String,
        /// The read model or reaction.
        consumer: String,
        /// Subject of the entity.
        subject: String,
    },
    /// Gives an entity's parked events up for good.
    Discard {
        /// The service.
        service: String,
        /// The read model or reaction.
        consumer: String,
        /// Subject of the entity.
        subject: String,
        /// Why; kept in the record.
        #[arg(long)]
        reason: String,
    },
}

impl ParkedCommand {
    /// Asks the services.
    ///
    /// # Errors
    ///
    /// If a service does not answer or refuses.
    pub async fn run(self, operator: Option<&Path>, format: Format) -> anyhow::Result<()> {
        let operator = Operator::load(operator)?;
        match self {
            Self::List => list(&operator, format, None, None).await,
            Self::Show { service, subject } => list(&operator, format, Some(service), Some(subject)).await,
            Self::Replay { service: role, consumer: projection, subject } => {
                let mut client = AdminClient::new(operator.channel(service(&role)?)?);
                let request = operator.request(proto::ReplayParkedRequest { projection, subject });
                let replayed = client.replay_parked(request).await.map_err(said)?.into_inner().replayed;
                format.one(&json!({ "replayed": replayed }), |_| format!("{replayed} events applied"))
            }
            Self::Discard { service: role, consumer: projection, subject, reason } => {
                let mut client = AdminClient::new(operator.channel(service(&role)?)?);
                let request = operator.request(proto::DiscardParkedRequest { projection, subject, reason });
                let discarded = client.discard_parked(request).await.map_err(said)?.into_inner().discarded;
                format.one(&json!({ "discarded": discarded }), |_| format!("{discarded} events given up"))
            }
        }
    }
}

async fn list(
    operator: &Operator,
    format: Format,
    only: Option<String>,
    subject: Option<String>,
) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for role in operator.roles().filter(|role| only.as_ref().is_none_or(|only| only == role.as_str())) {
        let mut client = AdminClient::new(operator.channel(role)?);
        let answer = client.list_parked(operator.request(proto::ListParkedRequest {})).await.map_err(said)?;
        let parked = answer.into_inner().parked.into_iter();
        let parked = parked.filter(|one| subject.as_ref().is_none_or(|subject| *subject == one.subject));
        rows.extend(parked.map(|one| {
            json!({
                "service": role.as_str(), "consumer": one.projection, "subject": one.subject,
                "sequence": one.sequence, "error": one.error, "later_events": one.later_events,
            })
        }));
    }
    let columns = ["SERVICE", "CONSUMER", "SUBJECT", "SEQUENCE", "LATER", "ERROR"];
    format.rows(&columns, &rows, |row| {
        let text = |key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
        ["service", "consumer", "subject", "sequence", "later_events", "error"].map(text).to_vec()
    })
}
