//! Communities, and who belongs to them.

use std::collections::BTreeMap;

use kindred_eventsourcing::{Contract, KeyId, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_projections::{ApplyError, Batch, BatchEvent, Person, Projection};
use kindred_vault::{Aad, Opened};
use sqlx::{PgConnection, query_file};
use uuid::Uuid;

use crate::domain::community::{self, Community};
use crate::domain::membership::{Event, Membership, Pair};
use crate::domain::value::CommunityRole;

/// See the module.
pub struct Roster;

type Key = (String, Uuid, Uuid);

#[derive(Clone, Default)]
struct Row {
    state: i16,
    role: i16,
    note: Option<String>,
    since: i64,
}

#[derive(Default)]
struct Folded {
    rows: BTreeMap<Key, Row>,
    communities: BTreeMap<(String, Uuid), (community::Profile, i64)>,
}

impl Projection for Roster {
    const NAME: &'static str = "roster";
    const VERSION: u32 = 1;
    const CONTEXT: &'static str = "membership";
    const TABLES: &'static str = include_str!("roster/tables.sql");
    const INDEXES: &'static str = include_str!("roster/indexes.sql");

    fn wants(&self, commit: &RecordedCommit) -> bool {
        matches!(commit.key.category(), "community" | "membership")
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        let events = commits.iter().filter(|commit| commit.key.category() == "membership").flat_map(|commit| {
            let tenant = commit.key.scope().tenant();
            commit.records.iter().filter_map(move |record| Some((tenant?.clone(), Membership::decode(record).ok()?)))
        });
        let notes = events.filter_map(|(tenant, event)| match event {
            Event::JoinRequested { note: Some(note), .. } => Some((tenant, note.key())),
            _ => None,
        });
        notes.collect()
    }

    async fn apply(&self, transaction: &mut PgConnection, batch: &Batch<'_>) -> Result<(), ApplyError> {
        let mut folded = Folded::default();
        let mut memberships = Vec::new();
        for event in batch.events() {
            if event.commit.key.category() == "community" {
                folded.take_community(&event)?;
            } else {
                let read = Membership::decode(event.record).map_err(|error| event.undecodable(&error))?;
                memberships.push((event, read));
            }
        }
        folded.rows = load(transaction, &memberships).await?;
        for (event, read) in &memberships {
            folded.take(batch, event, read)?;
        }
        folded.store(transaction).await?;
        Ok(())
    }

    async fn redact(&self, transaction: &mut PgConnection, person: &Person) -> Result<(), sqlx::Error> {
        let (tenant, member) = (person.tenant.as_str(), person.member.as_uuid());
        query_file!("src/projections/roster/redact.sql", tenant, member).execute(transaction).await?;
        Ok(())
    }
}

fn key(event: &BatchEvent<'_>, pair: Pair) -> Key {
    (event.commit.key.scope().token().to_owned(), pair.community.as_uuid(), pair.member.as_uuid())
}

const fn pair_of(event: &Event) -> Pair {
    match event {
        Event::JoinRequested { pair, .. }
        | Event::MemberInvited { pair, .. }
        | Event::MemberJoined { pair, .. }
        | Event::JoinDeclined { pair, .. }
        | Event::MemberLeft { pair, .. }
        | Event::MembershipSuspended { pair, .. }
        | Event::MembershipReinstated { pair, .. }
        | Event::CommunityRoleSet { pair, .. } => *pair,
    }
}

async fn load(
    transaction: &mut PgConnection,
    memberships: &[(BatchEvent<'_>, Event)],
) -> Result<BTreeMap<Key, Row>, sqlx::Error> {
    let (mut tenants, mut communities, mut members) = (Vec::new(), Vec::new(), Vec::new());
    for (tenant, community, member) in memberships.iter().map(|(event, read)| key(event, pair_of(read))) {
        tenants.push(tenant);
        communities.push(community);
        members.push(member);
    }
    let rows = query_file!("src/projections/roster/load.sql", &tenants, &communities, &members);
    let rows = rows.fetch_all(transaction).await?.into_iter().map(|row| {
        let kept = Row { state: row.state, role: row.role, note: row.note, since: row.since };
        ((row.tenant, row.community_id, row.member_id), kept)
    });
    Ok(rows.collect())
}

impl Folded {
    fn take_community(&mut self, event: &BatchEvent<'_>) -> Result<(), ApplyError> {
        let id = event.commit.key.id().ok_or_else(|| event.poison("a community without an id"))?;
        let read = Community::decode(event.record).map_err(|error| event.undecodable(&error))?;
        let (community::Event::CommunityCreated { profile, at } | community::Event::CommunityChanged { profile, at }) =
            read;
        let key = (event.commit.key.scope().token().to_owned(), id.as_uuid());
        let created = self.communities.get(&key).map_or(at.millis(), |(_, created)| *created);
        drop(self.communities.insert(key, (profile, created)));
        Ok(())
    }

    fn take(&mut self, batch: &Batch<'_>, event: &BatchEvent<'_>, read: &Event) -> Result<(), ApplyError> {
        let pair = pair_of(read);
        let row = self.rows.entry(key(event, pair)).or_default();
        let member = CommunityRole::Member.number() as i16;
        let since = event.commit.meta.at.millis();
        match read {
            Event::JoinRequested { note, .. } => {
                let note = match note {
                    None => None,
                    Some(note) => {
                        let place = Aad::of_commit(event.commit, pair.member, "note");
                        let place = place.ok_or_else(|| event.poison("a membership of no tenant"))?;
                        let opened = batch.keys.open(note, &place).map_err(|error| event.broken_seal(&error))?;
                        match opened {
                            Opened::Text(text) => Some(text.to_string()),
                            Opened::Redacted => None,
                        }
                    }
                };
                *row = Row { state: 2, role: 0, note, since };
            }
            Event::MemberInvited { .. } => *row = Row { state: 1, role: 0, note: None, since },
            Event::MemberJoined { .. } => *row = Row { state: 3, role: member, note: None, since },
            Event::JoinDeclined { .. } => *row = Row { state: 6, role: 0, note: None, since },
            Event::MemberLeft { .. } => *row = Row { state: 5, role: 0, note: None, since },
            Event::MembershipSuspended { .. } => row.state = 4,
            Event::MembershipReinstated { .. } => row.state = 3,
            Event::CommunityRoleSet { role, .. } => row.role = role.number() as i16,
        }
        Ok(())
    }

    async fn store(self, transaction: &mut PgConnection) -> Result<(), sqlx::Error> {
        let (keys, rows): (Vec<Key>, Vec<Row>) = self.rows.into_iter().unzip();
        let tenants: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let communities: Vec<Uuid> = keys.iter().map(|key| key.1).collect();
        let members: Vec<Uuid> = keys.iter().map(|key| key.2).collect();
        let states: Vec<i16> = rows.iter().map(|row| row.state).collect();
        let roles: Vec<i16> = rows.iter().map(|row| row.role).collect();
        let notes: Vec<Option<String>> = rows.iter().map(|row| row.note.clone()).collect();
        let since: Vec<i64> = rows.iter().map(|row| row.since).collect();
        let notes = &notes as &[Option<String>];
        query_file!(
            "src/projections/roster/store.sql",
            &tenants,
            &communities,
            &members,
            &states,
            &roles,
            notes as _,
            &since
        )
        .execute(&mut *transaction)
        .await?;
        store_communities(self.communities, transaction).await
    }
}

async fn store_communities(
    rows: BTreeMap<(String, Uuid), (community::Profile, i64)>,
    transaction: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut tenants, mut communities, mut names, mut purposes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut policies, mut guidelines, mut created) = (Vec::new(), Vec::new(), Vec::new());
    for ((tenant, community), (profile, at)) in rows {
        tenants.push(tenant);
        communities.push(community);
        names.push(profile.name);
        purposes.push(profile.purpose);
        policies.push(profile.join_policy.number() as i16);
        guidelines.push(profile.guidelines);
        created.push(at);
    }
    query_file!(
        "src/projections/roster/store_communities.sql",
        &tenants,
        &communities,
        &names,
        &purposes,
        &policies,
        &guidelines,
        &created
    )
    .execute(transaction)
    .await?;
    Ok(())
}
