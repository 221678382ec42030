//! `kindred import`: people from elsewhere, pseudonymously and idempotently.

mod fhir;
mod people;

use std::path::PathBuf;

use anyhow::Context as _;
use kindred_ids::{CommunityId, TenantSlug};
use serde_json::json;

use crate::cli::PartlyBroken;
use crate::operator::Operator;
use crate::output::Format;
pub use fhir::{Broken, Code, Patient, Read, read_folder};
pub use people::{Imported, JoinRule, Plan, import};

/// `kindred import …`.
#[derive(Debug, clap::Subcommand)]
pub enum Import {
    /// Patients and conditions of a FHIR R4 export (NDJSON, gzipped NDJSON, bundles): each
    /// becomes a member under a made-up name, with coded conditions and a coarse area. A
    /// second run of the same files writes nothing.
    Fhir {
        /// Folder with the files.
        folder: PathBuf,
        /// The tenant that the patients belong to.
        #[arg(long)]
        tenant: TenantSlug,
        /// At most so many patients.
        #[arg(long)]
        limit: Option<usize>,
        /// The patients have agreed to be matched; without it none is in anybody's results.
        #[arg(long)]
        consent_matching: bool,
        /// Lets those with one of these SNOMED CT codes join a community: `<community id>=<code>,<code>…`.
        #[arg(long = "join", value_name = "COMMUNITY=CODES")]
        join: Vec<String>,
        /// The operator's settings.
        #[arg(long, env = "KINDRED_OPERATOR", value_name = "FILE")]
        operator: Option<PathBuf>,
    },
}

impl Import {
    /// Reads the files and sends what they hold; broken lines are reported on standard error.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read or the platform does not answer.
    #[expect(clippy::print_stderr, reason = "the report of a command line")]
    pub async fn run(self, format: Format) -> anyhow::Result<Option<PartlyBroken>> {
        let Self::Fhir { folder, tenant, limit, consent_matching, join, operator } = self;
        let operator = Operator::load(operator.as_deref())?;
        let joins = join.iter().map(|text| parse_join(text)).collect::<anyhow::Result<_>>()?;
        let mut read = read_folder(&folder)?;
        read.patients.truncate(limit.unwrap_or(usize::MAX));
        for broken in &read.broken {
            eprintln!("{broken}");
        }
        let plan = Plan { tenant, consent_matching, joins };
        let imported = import(&operator, &plan, &read.patients).await?;
        let value = json!({
            "patients": read.patients.len(), "new": imported.new, "changed": imported.changed,
            "unchanged": imported.unchanged, "refused": imported.refused.len(), "broken": read.broken.len(),
        });
        for refused in &imported.refused {
            eprintln!("{refused}");
        }
        format.one(&value, |value| {
            format!(
                "{} patients read: {} new, {} changed, {} unchanged, {} refused; {} broken lines",
                value["patients"],
                value["new"],
                value["changed"],
                value["unchanged"],
                value["refused"],
                value["broken"]
            )
        })?;
        let clean = read.broken.is_empty() && imported.refused.is_empty();
        Ok((!clean).then_some(PartlyBroken))
    }
}

fn parse_join(text: &str) -> anyhow::Result<JoinRule> {
    let wrong = || format!("`--join {text}` is not `<community id>=<code>,<code>…`");
    let (community, codes) = text.split_once('=').with_context(wrong)?;
    let community: CommunityId = community.parse().with_context(wrong)?;
    Ok(JoinRule { community, codes: codes.split(',').map(str::to_owned).collect() })
}
