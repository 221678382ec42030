//! The vault on Postgres: synchronous commits, wrapped keys only, one query per batch.

mod canary;
mod tenant;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::{KeyId, Timestamp};
use kindred_ids::{MemberId, TenantSlug};
use moka::future::Cache;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::wrap::{self, Purpose};
use crate::{
    DataKey, Keeper, KeyError, KeySource, KeyState, Receipt, RootKey, Secret, TenantReservationKey, VaultError, secret,
};
use tenant::TenantKeys;

/// How many tenants' keys stay unwrapped in memory.
const CACHED_TENANTS: u64 = 10_000;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

const DESTROY: &str = if cfg!(feature = "sabotage-6") {
    include_str!("vault/sabotaged_destroy_data_key.sql")
} else {
    include_str!("vault/destroy_data_key.sql")
};

/// The key vault of an installation.
#[derive(Clone)]
pub struct Vault {
    pool: PgPool,
    root: Arc<dyn RootKey>,
    tenants: Cache<TenantSlug, TenantKeys>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vault({})", self.root.name())
    }
}

impl Vault {
    /// Makes or changes the tables; needs a role that may, and no root key.
    ///
    /// # Errors
    ///
    /// [`VaultError`] if the database is not there or refuses.
    pub async fn migrate(database: &PgConnectOptions) -> Result<(), VaultError> {
        let pool = connect(database, 1).await?;
        let result = MIGRATIONS.run(&pool).await.map_err(VaultError::Migrate);
        #[cfg(feature = "sabotage-6")]
        if result.is_ok() {
            sqlx::query("ALTER TABLE data_keys DROP CONSTRAINT IF EXISTS destroyed_means_gone")
                .execute(&pool)
                .await
                .map_err(VaultError::database("sabotage the vault"))?;
        }
        pool.close().await;
        result
    }

    /// Opens the vault after proof that `root` is the key that sealed it; a vault that
    /// was never used is sealed with it.
    ///
    /// # Errors
    ///
    /// [`VaultError::RootKeyMismatch`] if another key sealed it; else what the database
    /// or the root key's keeper said.
    pub async fn open(
        database: &PgConnectOptions,
        connections: u32,
        root: Arc<dyn RootKey>,
    ) -> Result<Self, VaultError> {
        let pool = connect(database, connections).await?;
        canary::check(&pool, &*root).await?;
        Ok(Self { pool, root, tenants: Cache::new(CACHED_TENANTS) })
    }

    /// Ends its connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The member's data key, made if there is none; on disk before this returns.
    ///
    /// # Errors
    ///
    /// [`VaultError::Erased`] if its key was destroyed; else what failed.
    pub async fn create_data_key(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> Result<KeyId, VaultError> {
        if let Some(row) = self.member_row(tenant, member).await? {
            return row.usable(member);
        }
        if let Some(id) = self.insert_data_key(tenant, member, at).await? {
            return Ok(id);
        }
        let row = self.member_row(tenant, member).await?;
        row.ok_or(VaultError::Database { attempt: "read a data key just made", source: sqlx::Error::RowNotFound })?
            .usable(member)
    }

    /// None if somebody else was faster.
    async fn insert_data_key(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> Result<Option<KeyId>, VaultError> {
        let keys = self.tenant_keys(tenant).await?;
        let id = KeyId(secret::random_uuid()?);
        let wrapped = wrap::wrap(&keys.wrapping, &Secret::random()?, &Purpose::Data(tenant, id, member).bytes())?;
        let made: Option<Uuid> = sqlx::query_scalar(include_str!("vault/insert_data_key.sql"))
            .bind(tenant.as_str())
            .bind(id.0)
            .bind(member.as_uuid())
            .bind(wrapped)
            .bind(at.millis())
            .fetch_optional(&self.pool)
            .await
            .map_err(VaultError::database("store a data key"))?;
        Ok(made.map(KeyId))
    }

    /// The states of keys, in the order asked, by one query.
    ///
    /// # Errors
    ///
    /// [`VaultError`] if the database fails or a wrapped key is damaged.
    pub async fn data_keys(&self, wanted: &[(TenantSlug, KeyId)]) -> Result<Vec<KeyState>, VaultError> {
        let (tenants, ids): (Vec<&str>, Vec<Uuid>) = wanted.iter().map(|(tenant, id)| (tenant.as_str(), id.0)).unzip();
        let rows: Vec<(Option<Uuid>, Option<Vec<u8>>)> = sqlx::query_as(include_str!("vault/select_data_keys.sql"))
            .bind(tenants)
            .bind(ids)
            .fetch_all(&self.pool)
            .await
            .map_err(VaultError::database("read data keys"))?;
        let mut unwrapping = HashMap::new();
        let mut states = Vec::with_capacity(wanted.len());
        for ((tenant, id), (member, wrapped)) in wanted.iter().zip(rows) {
            states.push(match (member, wrapped) {
                (None, _) => KeyState::Unknown,
                (Some(_), None) => KeyState::Destroyed,
                (Some(member), Some(wrapped)) => {
                    let member = MemberId::try_from(member).map_err(|_| VaultError::DataKeyDamaged(*id))?;
                    if !unwrapping.contains_key(tenant) {
                        unwrapping.insert(tenant, self.existing_tenant_keys(tenant).await?);
                    }
                    unwrap_data_key(&unwrapping[tenant], tenant, *id, member, &wrapped)?
                }
            });
        }
        Ok(states)
    }

    /// The key that seals what a member writes now.
    ///
    /// # Errors
    ///
    /// [`VaultError`] if the database fails or the wrapped key is damaged.
    pub async fn member_key(&self, tenant: &TenantSlug, member: MemberId) -> Result<KeyState, VaultError> {
        match self.member_row(tenant, member).await? {
            None => Ok(KeyState::Unknown),
            Some(MemberRow { wrapped: None, .. }) => Ok(KeyState::Destroyed),
            Some(MemberRow { id, wrapped: Some(wrapped) }) => {
                unwrap_data_key(&self.existing_tenant_keys(tenant).await?, tenant, id, member, &wrapped)
            }
        }
    }

    /// Destroys the member's data key for good; the first receipt again if repeated. A
    /// member without a key will get none any more.
    ///
    /// # Errors
    ///
    /// [`VaultError`] if the database fails; then the key may be there or not: repeat.
    pub async fn destroy(&self, tenant: &TenantSlug, member: MemberId, at: Timestamp) -> Result<Receipt, VaultError> {
        let (key, destroyed_at): (Uuid, i64) = sqlx::query_as(DESTROY)
            .bind(tenant.as_str())
            .bind(secret::random_uuid()?)
            .bind(member.as_uuid())
            .bind(at.millis())
            .fetch_one(&self.pool)
            .await
            .map_err(VaultError::database("destroy a data key"))?;
        let destroyed_at = Timestamp::from_millis(destroyed_at);
        Ok(Receipt { tenant: tenant.clone(), member, key: KeyId(key), destroyed_at })
    }

    /// The key for the tenant's unique values, made if there is none.
    ///
    /// # Errors
    ///
    /// [`VaultError`] if the database or the root key fails.
    pub async fn tenant_reservation_key(&self, tenant: &TenantSlug) -> Result<TenantReservationKey, VaultError> {
        Ok(self.tenant_keys(tenant).await?.reservation)
    }

    async fn member_row(&self, tenant: &TenantSlug, member: MemberId) -> Result<Option<MemberRow>, VaultError> {
        let row: Option<(Uuid, Option<Vec<u8>>)> = sqlx::query_as(include_str!("vault/select_member_key.sql"))
            .bind(tenant.as_str())
            .bind(member.as_uuid())
            .fetch_optional(&self.pool)
            .await
            .map_err(VaultError::database("read a member's data key"))?;
        Ok(row.map(|(id, wrapped)| MemberRow { id: KeyId(id), wrapped }))
    }
}

struct MemberRow {
    id: KeyId,
    wrapped: Option<Vec<u8>>,
}

impl MemberRow {
    fn usable(self, member: MemberId) -> Result<KeyId, VaultError> {
        self.wrapped.map(|_| self.id).ok_or(VaultError::Erased(member))
    }
}

fn unwrap_data_key(
    keys: &TenantKeys,
    tenant: &TenantSlug,
    id: KeyId,
    member: MemberId,
    wrapped: &[u8],
) -> Result<KeyState, VaultError> {
    let secret = wrap::unwrap(&keys.wrapping, wrapped, &Purpose::Data(tenant, id, member).bytes())
        .ok_or(VaultError::DataKeyDamaged(id))?;
    Ok(KeyState::Live(DataKey::new(id, tenant.clone(), member, secret)))
}

/// Every connection commits synchronously, whatever the server's default is: an event
/// must never rest on a key that a crash takes away.
async fn connect(database: &PgConnectOptions, connections: u32) -> Result<PgPool, VaultError> {
    let options = database.clone().options([("synchronous_commit", "on")]);
    PgPoolOptions::new()
        .max_connections(connections)
        .connect_with(options)
        .await
        .map_err(VaultError::database("connect to the vault's database"))
}

impl KeySource for Vault {
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>> {
        Box::pin(async move { Ok(self.data_keys(wanted).await?) })
    }

    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>> {
        Box::pin(async move { Ok(self.member_key(tenant, member).await?) })
    }
}

impl Keeper for Vault {
    fn create_data_key<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<KeyId, VaultError>> {
        Box::pin(self.create_data_key(tenant, member, at))
    }

    fn destroy<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Receipt, VaultError>> {
        Box::pin(self.destroy(tenant, member, at))
    }

    fn tenant_reservation_key<'a>(
        &'a self,
        tenant: &'a TenantSlug,
    ) -> BoxFuture<'a, Result<TenantReservationKey, VaultError>> {
        Box::pin(self.tenant_reservation_key(tenant))
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[tokio::test]
    async fn commits_are_synchronous_whatever_the_server_says() {
        let server = kindred_embedded::shared::postgres().await.expect("a server for tests");
        let lax = PgConnectOptions::from_str(&server).expect("its address").options([("synchronous_commit", "off")]);
        let pool = connect(&lax, 1).await.expect("a connection");
        let setting: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&pool).await.expect("a setting");
        assert_eq!(setting, "on");
    }
}
