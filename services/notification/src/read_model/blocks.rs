//! Whether two members may hear of each other, as of now.

use futures::future::{BoxFuture, try_join};
use kindred_eventsourcing::EventStore;
use kindred_ids::{MemberId, Scope, TenantSlug};
use kindred_projections::{Database, LONGEST_WAIT, Projection, Waited, Waiter};
use kindred_service_host::database_error;
use kindred_service_kit::error::{ApiError, ErrorCode};
use sqlx::query_file_scalar;

use crate::application::Blocks;
use crate::projections::NoticeBlocks;

/// Blocks from this service's own projection, read only when it has come to where
/// membership's log ended when it was asked: a block that was acknowledged counts.
pub struct BlockList<M> {
    database: Database,
    waiter: Waiter,
    membership: M,
}

impl<M: EventStore> BlockList<M> {
    /// Reads from `database`, whose projection follows `membership`.
    pub const fn new(database: Database, waiter: Waiter, membership: M) -> Self {
        Self { database, waiter, membership }
    }

    /// A block is ordered by the one who blocks: their partitions are what counts.
    async fn catch_up(&self, one: MemberId, other: MemberId) -> Result<(), ApiError> {
        let head = self.membership.head().await?;
        let wait = |member: MemberId| {
            let partition = member.0.partition();
            self.waiter.wait(NoticeBlocks::NAME, NoticeBlocks::VERSION, partition, head, LONGEST_WAIT)
        };
        let waited = try_join(wait(one), wait(other)).await.map_err(|error| database_error(&error))?;
        if waited == (Waited::Reached, Waited::Reached) {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::Stale, "BLOCKS_STALE", "the list of blocks is behind membership's log"))
    }
}

impl<M: EventStore> Blocks for BlockList<M> {
    fn either_blocked<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            self.catch_up(one, other).await?;
            let failed = |error: sqlx::Error| database_error(&error);
            let mut transaction = self.database.read(&Scope::Tenant(tenant.clone())).await.map_err(failed)?;
            query_file_scalar!("src/read_model/blocks.sql", tenant.as_str(), one.as_uuid(), other.as_uuid())
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)
        })
    }
}
