//! `kindred tenant`.

use std::path::Path;

use kindred_proto::common::Page;
use kindred_proto::membership as proto;
use kindred_proto::membership::programmes_client::ProgrammesClient;
use kindred_service_kit::caller::Role;
use serde_json::json;

use super::fresh_command_id;
use crate::operator::{Operator, said};
use crate::output::Format;

/// `kindred tenant …`.
#[derive(Debug, clap::Subcommand)]
pub enum TenantCommand {
    /// All tenants.
    List,
    /// Makes a programme, which tenants belong to.
    CreateProgramme {
        /// Slug, for ever.
        programme: String,
        /// What it is called.
        #[arg(long)]
        name: String,
    },
    /// Makes a tenant.
    Create {
        /// Slug, for ever, never reused.
        tenant: String,
        /// Its programme.
        #[arg(long)]
        programme: String,
        /// What it is called.
        #[arg(long)]
        name: String,
        /// Hue of its accent color, 0 to 359.
        #[arg(long, default_value_t = 168)]
        hue: u32,
        /// Anybody may register.
        #[arg(long)]
        open_registration: bool,
    },
    /// Stops everybody from acting in a tenant.
    Suspend {
        /// Its slug.
        tenant: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Lets a suspended tenant go on.
    Resume {
        /// Its slug.
        tenant: String,
    },
}

impl TenantCommand {
    /// Asks membership.
    ///
    /// # Errors
    ///
    /// If it does not answer or refuses.
    pub async fn run(self, operator: Option<&Path>, format: Format) -> anyhow::Result<()> {
        let operator = Operator::load(operator)?;
        let mut client = ProgrammesClient::new(operator.channel(Role::Membership)?);
        let command_id = fresh_command_id()?;
        let (receipt, what) = match self {
            Self::List => return list(&operator, format).await,
            Self::CreateProgramme { programme, name } => {
                let what = format!("programme `{programme}` is there");
                let request = operator.request(proto::CreateProgrammeRequest { command_id, programme, name });
                (client.create_programme(request).await.map_err(said)?.into_inner().receipt, what)
            }
            Self::Create { tenant, programme, name, hue, open_registration } => {
                let what = format!("tenant `{tenant}` is there");
                let message =
                    proto::CreateTenantRequest { command_id, programme, tenant, name, hue, open_registration };
                (client.create_tenant(operator.request(message)).await.map_err(said)?.into_inner().receipt, what)
            }
            Self::Suspend { tenant, reason } => {
                let what = format!("tenant `{tenant}` is suspended");
                let request = operator.request(proto::SuspendTenantRequest { command_id, tenant, reason });
                (client.suspend_tenant(request).await.map_err(said)?.into_inner().receipt, what)
            }
            Self::Resume { tenant } => {
                let what = format!("tenant `{tenant}` goes on");
                let request = operator.request(proto::ResumeTenantRequest { command_id, tenant });
                (client.resume_tenant(request).await.map_err(said)?.into_inner().receipt, what)
            }
        };
        let receipt = receipt.unwrap_or_default();
        let value = json!({ "version": receipt.version, "changed": receipt.changed, "position": receipt.position });
        format.one(&value, |_| what)
    }
}

async fn list(operator: &Operator, format: Format) -> anyhow::Result<()> {
    let mut client = ProgrammesClient::new(operator.channel(Role::Membership)?);
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = Some(Page { cursor, size: 100 });
        let request = operator.request(proto::ListTenantsRequest { page });
        let answer = client.list_tenants(request).await.map_err(said)?.into_inner();
        rows.extend(answer.tenants.into_iter().map(|one| {
            json!({
                "tenant": one.tenant, "name": one.name, "programme": one.programme,
                "suspended": one.suspended, "open_registration": one.open_registration,
            })
        }));
        cursor = answer.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    format.rows(&["TENANT", "NAME", "PROGRAMME", "SUSPENDED"], &rows, |row| {
        let text = |key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
        ["tenant", "name", "programme", "suspended"].map(text).to_vec()
    })
}
