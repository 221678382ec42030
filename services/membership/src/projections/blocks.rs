//! Who does not want to meet whom.

use std::collections::BTreeMap;

use kindred_eventsourcing::{Contract, RecordedCommit};
use kindred_projections::{ApplyError, Batch, Projection};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use crate::domain::block::{Block, Event};

/// See the module.
pub struct Blocks;

impl Projection for Blocks {
    const NAME: &'static str = "blocks";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "membership";
    const TABLES: &'static str = include_str!("blocks/tables.sql");
    const INDEXES: &'static str = include_str!("blocks/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "block"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut rows: BTreeMap<(String, Uuid, Uuid), bool> = BTreeMap::new();
        for event in batch.events() {
            let tenant = event.commit.key.scope().token().to_owned();
            let (member, blocked, on) = match Block::decode(event.record).map_err(|error| event.undecodable(&error))? {
                Event::MemberBlocked { member, blocked, .. } => (member, blocked, true),
                Event::MemberUnblocked { member, blocked, .. } => (member, blocked, false),
            };
            let _before = rows.insert((tenant, member.as_uuid(), blocked.as_uuid()), on);
        }
        let tenants: Vec<String> = rows.keys().map(|key| key.0.clone()).collect();
        let members: Vec<Uuid> = rows.keys().map(|key| key.1).collect();
        let blocked: Vec<Uuid> = rows.keys().map(|key| key.2).collect();
        let on: Vec<bool> = rows.values().copied().collect();
        query_file!("src/projections/blocks/store.sql", &tenants, &members, &blocked, &on).execute(transaction).await?;
        Ok(())
    }
}
