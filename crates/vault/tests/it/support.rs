//! People, places and databases for the tests.

use std::str::FromStr;
use std::sync::Arc;

use kindred_eventsourcing::{KeyId, Sealed, Timestamp};
use kindred_ids::{CommandId, EntityKey, MemberId, TenantSlug, derive_root_id};
use kindred_vault::{Aad, DataKey, FileRootKey, Keeper, RootKey, Sealer, Secret, Vault};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

pub const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_123);
pub const LATER: Timestamp = Timestamp::from_millis(1_790_000_900_456);

pub fn tenant(slug: &str) -> TenantSlug {
    slug.parse().unwrap()
}

pub fn member(name: &str) -> MemberId {
    MemberId(derive_root_id("riverside", "anonymous", command(name), "member", 0))
}

pub fn command(name: &str) -> CommandId {
    CommandId::derived(&[name.as_bytes()])
}

/// A place for the words of one person, kept whole so that a test can move one part of it.
#[derive(Clone)]
pub struct Place {
    pub tenant: TenantSlug,
    pub member: MemberId,
    pub entity: EntityKey,
    pub command_id: CommandId,
    pub field: String,
}

impl Place {
    pub fn of(tenant: &TenantSlug, member: MemberId) -> Self {
        let id = derive_root_id(tenant.as_str(), "anonymous", command("thread"), "thread", 0);
        let entity = EntityKey::new(tenant.clone(), "thread", id);
        Self { tenant: tenant.clone(), member, entity, command_id: command("write"), field: "body".to_owned() }
    }

    pub fn aad(&self) -> Aad<'_> {
        Aad::of(&self.tenant, self.member, &self.entity, self.command_id, &self.field)
    }
}

/// A key with known bytes.
pub fn data_key(tenant: &TenantSlug, member: MemberId, number: u8) -> DataKey {
    let id = KeyId(uuid::Uuid::from_u128(u128::from(number)));
    DataKey::new(id, tenant.clone(), member, Secret::from_slice(&[number; 32]).unwrap())
}

/// Makes a member's key and seals `text` under it.
pub async fn write(vault: &impl Keeper, place: &Place, text: &str) -> Sealed {
    vault.create_data_key(&place.tenant, place.member, NOW).await.unwrap();
    let key = vault.member_key(&place.tenant, place.member).await.unwrap().live().unwrap().clone();
    Sealer::new(key).seal(text, &place.aad()).unwrap()
}

pub fn root() -> Arc<dyn RootKey> {
    Arc::new(FileRootKey::from_secret(Secret::random().unwrap()))
}

/// An empty database of the test's own.
pub async fn database() -> PgConnectOptions {
    let server = PgConnectOptions::from_str(&kindred_embedded::shared::postgres().await.unwrap()).unwrap();
    let name = format!(
        "vault_{}",
        uuid::Uuid::from_bytes(*Secret::random().unwrap().expose().first_chunk().unwrap()).simple()
    );
    let mut connection = PgConnection::connect_with(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    server.database(&name)
}

/// A database with the vault's tables.
pub async fn migrated() -> PgConnectOptions {
    let database = database().await;
    Vault::migrate(&database).await.unwrap();
    database
}

/// A new vault with its root key.
pub async fn vault() -> (Vault, PgConnectOptions, Arc<dyn RootKey>) {
    let (database, root) = (migrated().await, root());
    let vault = Vault::open(&database, 4, root.clone()).await.unwrap();
    (vault, database, root)
}

/// Runs SQL behind the vault's back.
pub async fn tamper(database: &PgConnectOptions, sql: &'static str) {
    let mut connection = PgConnection::connect_with(database).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}
