//! Proof at every start that the root key is the one that sealed the vault.

use sqlx::PgPool;

use crate::wrap::Purpose;
use crate::{RootKey, RootKeyError, Secret, VaultError};

/// Seals an unused vault with `root`, then opens what is sealed.
pub(super) async fn check(pool: &PgPool, root: &dyn RootKey) -> Result<(), VaultError> {
    if let Some(canary) = read(pool).await? {
        return prove(root, canary).await;
    }
    let wrapped = root.wrap(&Secret::random()?, &Purpose::Canary.bytes()).await.map_err(VaultError::RootKey)?;
    sqlx::query(include_str!("insert_canary.sql"))
        .bind(root.name())
        .bind(wrapped)
        .execute(pool)
        .await
        .map_err(VaultError::database("seal the vault"))?;
    prove(root, read(pool).await?.ok_or(VaultError::CanaryMissing)?).await
}

type Canary = (String, Vec<u8>);

async fn read(pool: &PgPool) -> Result<Option<Canary>, VaultError> {
    sqlx::query_as(include_str!("select_canary.sql"))
        .fetch_optional(pool)
        .await
        .map_err(VaultError::database("read the vault's canary"))
}

async fn prove(root: &dyn RootKey, (sealed_by, wrapped): Canary) -> Result<(), VaultError> {
    match root.unwrap(&wrapped, &Purpose::Canary.bytes()).await {
        Ok(_proof) => Ok(()),
        Err(RootKeyError::Refused) => Err(VaultError::RootKeyMismatch { given: root.name(), sealed_by }),
        Err(error) => Err(VaultError::RootKey(error)),
    }
}
