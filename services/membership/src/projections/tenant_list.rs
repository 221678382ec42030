//! All tenants, for those who operate the programme.

use std::collections::BTreeMap;

use kindred_eventsourcing::{Contract, RecordedCommit};
use kindred_projections::{ApplyError, Batch, Projection};
use sqlx::{PgConnection, query_file};

use crate::domain::tenant::{Event, Tenant};

/// See the module.
pub struct TenantList;

impl Projection for TenantList {
    const NAME: &'static str = "tenant_list";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "membership";
    const TABLES: &'static str = include_str!("tenant_list/tables.sql");
    const INDEXES: &'static str = include_str!("tenant_list/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "tenant"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let (mut slugs, mut programmes, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let (mut hues, mut open) = (Vec::new(), Vec::new());
        let mut suspended: BTreeMap<String, bool> = BTreeMap::new();
        for event in batch.events() {
            let slug = event.commit.key.scope().token().to_owned();
            match Tenant::decode(event.record).map_err(|error| event.undecodable(&error))? {
                Event::TenantCreated { programme, profile, .. } => {
                    slugs.push(slug);
                    programmes.push(programme.to_string());
                    names.push(profile.name);
                    hues.push(profile.hue as i32);
                    open.push(profile.open_registration);
                }
                Event::TenantSuspended { .. } => drop(suspended.insert(slug, true)),
                Event::TenantResumed { .. } => drop(suspended.insert(slug, false)),
            }
        }
        query_file!("src/projections/tenant_list/created.sql", &slugs, &programmes, &names, &hues, &open)
            .execute(&mut *transaction)
            .await?;
        let (slugs, states): (Vec<String>, Vec<bool>) = suspended.into_iter().unzip();
        query_file!("src/projections/tenant_list/suspended.sql", &slugs, &states).execute(transaction).await?;
        Ok(())
    }
}
