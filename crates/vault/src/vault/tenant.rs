//! A tenant's two keys: one wraps its data keys, one digests its unique values.

use kindred_eventsourcing::KeyId;
use kindred_ids::TenantSlug;
use uuid::Uuid;

use super::Vault;
use crate::wrap::{self, Purpose};
use crate::{RootKeyError, Secret, TenantReservationKey, VaultError, secret};

/// Unwrapped; both stay the same for the life of the tenant.
#[derive(Clone)]
pub(super) struct TenantKeys {
    pub(super) wrapping: Secret,
    pub(super) reservation: TenantReservationKey,
}

impl Vault {
    /// The tenant's keys, made if there are none. Callers at the same time share one load.
    pub(super) async fn tenant_keys(&self, tenant: &TenantSlug) -> Result<TenantKeys, VaultError> {
        let load = async {
            if let Some(keys) = self.load_tenant_keys(tenant).await? {
                return Ok(keys);
            }
            self.insert_tenant_keys(tenant).await?;
            self.load_tenant_keys(tenant).await?.ok_or_else(|| VaultError::TenantKeyDamaged(tenant.clone()))
        };
        self.tenants.try_get_with_by_ref(tenant, load).await.map_err(VaultError::Shared)
    }

    /// The keys of a tenant that has data keys, and so must have its own.
    pub(super) async fn existing_tenant_keys(&self, tenant: &TenantSlug) -> Result<TenantKeys, VaultError> {
        let load =
            async { self.load_tenant_keys(tenant).await?.ok_or_else(|| VaultError::TenantKeyDamaged(tenant.clone())) };
        self.tenants.try_get_with_by_ref(tenant, load).await.map_err(VaultError::Shared)
    }

    async fn load_tenant_keys(&self, tenant: &TenantSlug) -> Result<Option<TenantKeys>, VaultError> {
        let row: Option<(Uuid, Vec<u8>, Vec<u8>)> = sqlx::query_as(include_str!("select_tenant_key.sql"))
            .bind(tenant.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(VaultError::database("read a tenant's keys"))?;
        let Some((id, wrapped, reservation_wrapped)) = row else { return Ok(None) };
        let id = KeyId(id);
        let damaged = || VaultError::TenantKeyDamaged(tenant.clone());
        let wrapping = self.root.unwrap(&wrapped, &Purpose::Tenant(tenant, id).bytes()).await;
        let wrapping = wrapping.map_err(|error| match error {
            RootKeyError::Refused => damaged(),
            error => VaultError::RootKey(error),
        })?;
        let reservation = wrap::unwrap(&wrapping, &reservation_wrapped, &Purpose::Reservation(tenant, id).bytes())
            .ok_or_else(damaged)?;
        Ok(Some(TenantKeys { wrapping, reservation: TenantReservationKey::new(reservation) }))
    }

    async fn insert_tenant_keys(&self, tenant: &TenantSlug) -> Result<(), VaultError> {
        let (id, wrapping, reservation) = (KeyId(secret::random_uuid()?), Secret::random()?, Secret::random()?);
        let wrapped =
            self.root.wrap(&wrapping, &Purpose::Tenant(tenant, id).bytes()).await.map_err(VaultError::RootKey)?;
        let reservation_wrapped = wrap::wrap(&wrapping, &reservation, &Purpose::Reservation(tenant, id).bytes())?;
        sqlx::query(include_str!("insert_tenant_key.sql"))
            .bind(tenant.as_str())
            .bind(id.0)
            .bind(wrapped)
            .bind(reservation_wrapped)
            .execute(&self.pool)
            .await
            .map_err(VaultError::database("store a tenant's keys"))?;
        Ok(())
    }
}
