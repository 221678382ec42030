//! The read side of a call: wait for the caller's own write, then read as the tenant.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::Receipt;
use kindred_ids::{Scope, TenantSlug};
use kindred_projections::{Database, LONGEST_WAIT, Waited, Waiter};
use kindred_proto::common;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::position::PositionKey;
use sqlx::{Postgres, Transaction};
use tonic::metadata::MetadataMap;

/// Reads projections of one context.
#[derive(Clone)]
pub struct Queries {
    context: &'static str,
    database: Database,
    waiter: Waiter,
    positions: Arc<PositionKey>,
}

/// A transaction that sees one tenant's rows.
pub struct Snapshot {
    /// Read-only; ends with it.
    pub transaction: Transaction<'static, Postgres>,
    /// Whether the position that the caller brought has not been reached yet.
    pub stale: bool,
}

impl Queries {
    /// Reads the projections of `context`; the host makes one for its service.
    #[must_use]
    pub fn new(context: &'static str, database: Database, waiter: Waiter, positions: Arc<PositionKey>) -> Self {
        Self { context, database, waiter, positions }
    }

    /// Waits for the position in `metadata`, at most two seconds, then begins a
    /// transaction for the tenant.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for a forged token, `UNAVAILABLE` if Postgres does not answer.
    pub async fn begin(
        &self,
        metadata: &MetadataMap,
        tenant: &TenantSlug,
        projections: &[(&str, u32)],
    ) -> Result<Snapshot, ApiError> {
        self.begin_in(metadata, &Scope::Tenant(tenant.clone()), projections).await
    }

    /// As [`Self::begin`], for a tenant or the programme.
    ///
    /// # Errors
    ///
    /// As [`Self::begin`].
    pub async fn begin_in(
        &self,
        metadata: &MetadataMap,
        scope: &Scope,
        projections: &[(&str, u32)],
    ) -> Result<Snapshot, ApiError> {
        let wanted = self.positions.read(metadata)?;
        let mut stale = false;
        let deadline = std::time::Instant::now() + LONGEST_WAIT;
        for (partition, sequence) in wanted.of_context(self.context) {
            for (name, version) in projections {
                let left = deadline.saturating_duration_since(std::time::Instant::now()).max(Duration::from_millis(1));
                let waited = self.waiter.wait(name, *version, partition, sequence, left).await;
                stale |= waited.map_err(|error| database_error(&error))? == Waited::Stale;
            }
        }
        let transaction = self.database.read(scope).await.map_err(|error| database_error(&error))?;
        Ok(Snapshot { transaction, stale })
    }

    /// A receipt for the wire, with its signed position.
    #[must_use]
    pub fn receipt(&self, receipt: &Receipt) -> Option<common::Receipt> {
        Some(common::Receipt {
            version: receipt.version,
            position: self.positions.of_receipt(receipt),
            replayed: receipt.replayed,
            changed: receipt.changed,
        })
    }

    /// The key of position tokens.
    #[must_use]
    pub const fn positions(&self) -> &Arc<PositionKey> {
        &self.positions
    }
}

/// How a failure of Postgres leaves: a database that is away may come back.
#[must_use]
pub fn database_error(error: &sqlx::Error) -> ApiError {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            tracing::warn!(error = %error, "database does not answer");
            ApiError::unavailable("DATABASE_UNAVAILABLE", "the read model does not answer")
                .with_retry_after(Duration::from_secs(1))
        }
        // 57P01 to 57P03: the server shuts down or starts up.
        sqlx::Error::Database(refused) if refused.code().is_some_and(|code| code.starts_with("57P")) => {
            ApiError::unavailable("DATABASE_UNAVAILABLE", "the read model does not answer")
                .with_retry_after(Duration::from_secs(1))
        }
        other => ApiError::internal(other),
    }
}
