//! Who has blocked whom, as far as membership's log tells: read before anybody is told of
//! what another did.
//!
//! # Promises
//!
//! * A row stands exactly while a block does; one that names an erased person stands never.

use std::collections::BTreeMap;

use kindred_eventsourcing::RecordedCommit;
use kindred_ids::MemberId;
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use kindred_proto::membership as wire;
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use super::is_erased;
use crate::contract::{body, id};

/// See the module.
#[derive(Debug)]
pub struct NoticeBlocks;

impl Projection for NoticeBlocks {
    const NAME: &'static str = "notice_blocks";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "membership";
    const TABLES: &'static str = include_str!("notice_blocks/tables.sql");
    const INDEXES: &'static str = include_str!("notice_blocks/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "block"
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let changes = changes(batch)?;
        let (tenants, members, others) = columns(&changes, true);
        query_file!("src/projections/notice_blocks/blocked.sql", &tenants, &members, &others)
            .execute(&mut *transaction)
            .await?;
        let (tenants, members, others) = columns(&changes, false);
        query_file!("src/projections/notice_blocks/unblocked.sql", &tenants, &members, &others)
            .execute(transaction)
            .await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        query_file!("src/projections/notice_blocks/redact.sql", person.tenant.as_str(), person.member.as_uuid())
            .execute(transaction)
            .await?;
        Ok(())
    }
}

/// Tenant, who blocks, who is blocked; and whether the block stands after the batch.
type Changes = BTreeMap<(String, Uuid, Uuid), bool>;

fn changes(batch: &Batch<'_>) -> Result<Changes, ApplyError> {
    let mut changes = Changes::new();
    for event in batch.events() {
        let Some((member, blocked, stands)) = block(&event)? else { continue };
        let tenant = event.commit.key.scope().tenant().ok_or_else(|| event.poison("outside any tenant"))?;
        if !is_erased(batch, tenant, member) && !is_erased(batch, tenant, blocked) {
            changes.insert((tenant.to_string(), member.as_uuid(), blocked.as_uuid()), stands);
        }
    }
    Ok(changes)
}

fn block(event: &BatchEvent<'_>) -> Result<Option<(MemberId, MemberId, bool)>, ApplyError> {
    let record = event.record;
    let read = || match record.event_type.as_str() {
        "MemberBlocked" => {
            let blocked: wire::MemberBlocked = body(record)?;
            Ok(Some((id(record, &blocked.member_id)?, id(record, &blocked.blocked_id)?, true)))
        }
        "MemberUnblocked" => {
            let unblocked: wire::MemberUnblocked = body(record)?;
            Ok(Some((id(record, &unblocked.member_id)?, id(record, &unblocked.blocked_id)?, false)))
        }
        _ => Ok(None), // membership's own business
    };
    read().map_err(|error| event.undecodable(&error))
}

fn columns(changes: &Changes, standing: bool) -> (Vec<String>, Vec<Uuid>, Vec<Uuid>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for (tenant, member, blocked) in changes.iter().filter(|(_, stands)| **stands == standing).map(|(pair, _)| pair) {
        columns.0.push(tenant.clone());
        columns.1.push(*member);
        columns.2.push(*blocked);
    }
    columns
}
