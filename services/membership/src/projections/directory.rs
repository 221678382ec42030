//! Who is in a tenant, and what they let others see.

use std::collections::BTreeMap;

use kindred_eventsourcing::{Contract, KeyId, RecordedCommit, Sealed};
use kindred_ids::{MemberId, TenantSlug};
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use kindred_vault::{Aad, Opened};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use crate::application::{ProfileEntry, profile_field_name};
use crate::domain::member::{Event, Field, Member};
use crate::domain::value::TenantRole;

/// See the module.
pub struct Directory;

type Key = (String, Uuid);

#[derive(Default)]
struct Row {
    handle: Option<String>,
    state: i16,
    roles: i32,
    registered_at: i64,
}

#[derive(Default)]
struct Folded {
    rows: BTreeMap<Key, Row>,
    /// Profiles that are replaced as a whole; empty for one that goes.
    profiles: BTreeMap<Key, Vec<(i16, i16, String, String)>>,
}

impl Projection for Directory {
    const NAME: &'static str = "directory";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "membership";
    const TABLES: &'static str = include_str!("directory/tables.sql");
    const INDEXES: &'static str = include_str!("directory/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "member"
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        let mut keys = Vec::new();
        for commit in commits {
            let Some(tenant) = commit.key.scope().tenant() else { continue };
            for event in commit.records.iter().filter_map(|record| Member::decode(record).ok()) {
                match event {
                    Event::MemberRegistered(registration) => keys.push((tenant.clone(), registration.handle.key())),
                    Event::ProfileReplaced { fields, .. } => {
                        keys.extend(fields.iter().map(|field| (tenant.clone(), field.content.key())));
                    }
                    _ => {}
                }
            }
        }
        keys
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut folded = Folded { rows: load(transaction, batch).await?, ..Folded::default() };
        for event in batch.events() {
            folded.take(batch, &event)?;
        }
        folded.store(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/directory/redact.sql", tenant, member).execute(&mut *transaction).await?;
        query_file!("src/projections/directory/redact_fields.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

async fn load(transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<BTreeMap<Key, Row>, sqlx::Error> {
    let keys = batch
        .commits
        .iter()
        .filter_map(|commit| Some((commit.key.scope().token().to_owned(), commit.key.id()?.as_uuid())));
    let (tenants, members): (Vec<String>, Vec<Uuid>) = keys.unzip();
    let rows = query_file!("src/projections/directory/load.sql", &tenants, &members).fetch_all(transaction).await?;
    let rows = rows.into_iter().map(|row| {
        let kept = Row { handle: row.handle, state: row.state, roles: row.roles, registered_at: row.registered_at };
        ((row.tenant, row.member_id), kept)
    });
    Ok(rows.collect())
}

impl Folded {
    fn take(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>) -> Result<(), ApplyError> {
        let key = event.commit.key.id().ok_or_else(|| event.poison("a member without an id"))?;
        let member = MemberId(key);
        let key = (event.commit.key.scope().token().to_owned(), key.as_uuid());
        let read = Member::decode(event.record).map_err(|error| event.undecodable(&error))?;
        let row = self.rows.entry(key.clone()).or_default();
        match read {
            Event::MemberRegistered(registration) => {
                let roles = registration.roles.iter().fold(0, |roles, role| roles | bit(*role));
                let handle = open(batch, event, member, &registration.handle, "handle")?;
                *row = Row { handle, state: 1, roles, registered_at: registration.at.millis() };
            }
            Event::ProfileReplaced { fields, .. } => {
                drop(self.profiles.insert(key, open_fields(batch, event, member, &fields)?));
            }
            Event::MemberSuspended { .. } => row.state = 2,
            Event::MemberReinstated { .. } => row.state = 1,
            Event::TenantRoleGranted { role, .. } => row.roles |= bit(role),
            Event::TenantRoleRevoked { role, .. } => row.roles &= !bit(role),
            Event::MemberErased { .. } => {
                *row = Row { handle: None, state: 3, roles: 0, registered_at: row.registered_at };
                drop(self.profiles.insert(key, Vec::new()));
            }
            // How far an erasure has come is asked of the entity itself.
            Event::DataKeyDestroyed { .. } | Event::ErasureConfirmed { .. } | Event::ErasureCertified { .. } => {}
        }
        Ok(())
    }

    async fn store(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let (keys, rows): (Vec<Key>, Vec<Row>) = self.rows.into_iter().unzip();
        let (tenants, members): (Vec<String>, Vec<Uuid>) = keys.into_iter().unzip();
        let handles: Vec<Option<String>> = rows.iter().map(|row| row.handle.clone()).collect();
        let states: Vec<i16> = rows.iter().map(|row| row.state).collect();
        let roles: Vec<i32> = rows.iter().map(|row| row.roles).collect();
        let registered: Vec<i64> = rows.iter().map(|row| row.registered_at).collect();
        let handles = &handles as &[Option<String>];
        query_file!(
            "src/projections/directory/store.sql",
            &tenants,
            &members,
            handles as _,
            &states,
            &roles,
            &registered
        )
        .execute(&mut *transaction)
        .await?;
        store_profiles(self.profiles, transaction).await
    }
}

async fn store_profiles(
    profiles: BTreeMap<Key, Vec<(i16, i16, String, String)>>,
    transaction: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    if profiles.is_empty() {
        return Ok(());
    }
    let (tenants, members): (Vec<String>, Vec<Uuid>) = profiles.keys().cloned().unzip();
    query_file!("src/projections/directory/clear_fields.sql", &tenants, &members).execute(&mut *transaction).await?;
    let (mut tenants, mut members, mut ordinals) = (Vec::new(), Vec::new(), Vec::new());
    let (mut kinds, mut visibilities, mut values, mut labels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((tenant, member), fields) in profiles {
        for (ordinal, (kind, visibility, value, label)) in fields.into_iter().enumerate() {
            tenants.push(tenant.clone());
            members.push(member);
            ordinals.push(ordinal as i32);
            kinds.push(kind);
            visibilities.push(visibility);
            values.push(value);
            labels.push(label);
        }
    }
    query_file!(
        "src/projections/directory/store_fields.sql",
        &tenants,
        &members,
        &ordinals,
        &kinds,
        &visibilities,
        &values,
        &labels
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// A bit mask: one column holds all roles.
const fn bit(role: TenantRole) -> i32 {
    1 << role.number()
}

fn open(
    batch: &Batch<'_>,
    event: &BatchEvent<'_>,
    member: MemberId,
    sealed: &Sealed,
    field: &str,
) -> Result<Option<String>, ApplyError> {
    let place = Aad::of_commit(event.commit, member, field).ok_or_else(|| event.poison("a member of no tenant"))?;
    let opened = batch.keys.open(sealed, &place).map_err(|error| event.broken_seal(&error))?;
    Ok(match opened {
        Opened::Text(text) => Some(text.to_string()),
        Opened::Redacted => None,
    })
}

fn open_fields(
    batch: &Batch<'_>,
    event: &BatchEvent<'_>,
    member: MemberId,
    fields: &[Field],
) -> Result<Vec<(i16, i16, String, String)>, ApplyError> {
    let mut opened = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        if let Some(content) = open(batch, event, member, &field.content, &profile_field_name(index))? {
            let (value, label) = ProfileEntry::split(&content);
            let (kind, visibility) = (field.kind.number() as i16, field.visibility.number() as i16);
            opened.push((kind, visibility, value.to_owned(), label.to_owned()));
        }
    }
    Ok(opened)
}
