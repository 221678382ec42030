//! `kindred projection`.

use std::path::Path;

use anyhow::bail;
use kindred_proto::admin as proto;
use kindred_proto::admin::admin_client::AdminClient;
use serde_json::json;

use super::service;
use crate::operator::{Operator, said};
use crate::output::Format;

/// `kindred projection …`.
#[derive(Debug, clap::Subcommand)]
pub enum ProjectionCommand {
    /// Every read model of every service, and how far behind the log it is.
    List,
    /// Builds a read model anew beside the live one and flips to it.
    Rebuild {
        /// The service, such as posting.
        service: String,
        /// The read model, such as `thread_list`.
        name: String,
    },
    /// Builds it anew and compares: proof that it is what the log says.
    Verify {
        /// The service; all of them without it.
        service: Option<String>,
        /// The read model; all of the service's without it.
        name: Option<String>,
    },
    /// Goes back to the generation kept from the last flip.
    Rollback {
        /// The service.
        service: String,
        /// The read model.
        name: String,
    },
}

impl ProjectionCommand {
    /// Asks the services.
    ///
    /// # Errors
    ///
    /// If a service does not answer, refuses, or a read model differs from the log.
    pub async fn run(self, operator: Option<&Path>, format: Format) -> anyhow::Result<()> {
        let operator = Operator::load(operator)?;
        match self {
            Self::List => list(&operator, format).await,
            Self::Rebuild { service: role, name } => {
                let mut client = AdminClient::new(operator.channel(service(&role)?)?);
                let request = operator.request(proto::RebuildProjectionRequest { name: name.clone() });
                let mut progress = client.rebuild_projection(request).await.map_err(said)?.into_inner();
                let mut last = proto::Progress::default();
                while let Some(message) = progress.message().await.map_err(said)? {
                    last = message.progress.unwrap_or_default();
                    show(format, &role, &name, &last)?;
                }
                done(&role, &name, &last)
            }
            Self::Verify { service: role, name } => verify_all(&operator, format, role, name).await,
            Self::Rollback { service: role, name } => {
                let mut client = AdminClient::new(operator.channel(service(&role)?)?);
                let request = operator.request(proto::RollbackProjectionRequest { name: name.clone() });
                let answer = client.rollback_projection(request).await.map_err(said)?.into_inner();
                let value = json!({ "service": role, "projection": name, "generation": answer.generation });
                format.one(&value, |_| format!("{role} {name} now shows generation {}", answer.generation))
            }
        }
    }
}

async fn verify_all(
    operator: &Operator,
    format: Format,
    role: Option<String>,
    name: Option<String>,
) -> anyhow::Result<()> {
    let roles = match &role {
        Some(role) => vec![service(role)?],
        None => operator.roles().collect(),
    };
    for role in roles {
        let mut client = AdminClient::new(operator.channel(role)?);
        let listed = client.list_projections(operator.request(proto::ListProjectionsRequest {})).await.map_err(said)?;
        let live = listed.into_inner().projections.into_iter().filter(|one| one.state == "live").map(|one| one.name);
        for name in live.filter(|known| name.as_ref().is_none_or(|name| name == known)) {
            let request = operator.request(proto::VerifyProjectionRequest { name: name.clone() });
            let mut progress = client.verify_projection(request).await.map_err(said)?.into_inner();
            let mut last = proto::Progress::default();
            while let Some(message) = progress.message().await.map_err(said)? {
                last = message.progress.unwrap_or_default();
                show(format, role.as_str(), &name, &last)?;
            }
            done(role.as_str(), &name, &last)?;
        }
    }
    Ok(())
}

fn show(format: Format, role: &str, name: &str, progress: &proto::Progress) -> anyhow::Result<()> {
    let value = json!({
        "service": role, "projection": name, "phase": progress.phase, "events_done": progress.events_done,
        "events_total": progress.events_total, "events_per_second": progress.events_per_second,
        "seconds_left": progress.seconds_left, "detail": progress.detail,
    });
    format.one(&value, |_| {
        let (done, total) = (progress.events_done, progress.events_total);
        let (rate, left) = (progress.events_per_second, progress.seconds_left);
        format!("{role} {name}: {} · {done} of {total} events · {rate:.0}/s · {left:.0} s left", progress.phase)
    })
}

fn done(role: &str, name: &str, last: &proto::Progress) -> anyhow::Result<()> {
    if last.phase == "done" { Ok(()) } else { bail!("{role} {name}: {} {}", last.phase, last.detail) }
}

async fn list(operator: &Operator, format: Format) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for role in operator.roles() {
        let mut client = AdminClient::new(operator.channel(role)?);
        let answer = client.list_projections(operator.request(proto::ListProjectionsRequest {})).await.map_err(said)?;
        rows.extend(answer.into_inner().projections.into_iter().map(|one| {
            json!({
                "service": role.as_str(), "projection": one.name, "version": one.version, "generation": one.generation,
                "state": one.state, "position": one.position, "behind_events": one.behind_events,
                "behind_seconds": one.behind_seconds, "parked": one.parked, "progress": one.progress,
                "events_per_second": one.events_per_second, "seconds_left": one.seconds_left,
            })
        }));
    }
    let columns = ["SERVICE", "PROJECTION", "VERSION", "GENERATION", "STATE", "BEHIND", "PARKED"];
    format.rows(&columns, &rows, |row| {
        let text = |key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
        ["service", "projection", "version", "generation", "state", "behind_events", "parked"].map(text).to_vec()
    })
}
