//! What the use cases ask of the world outside the log.

use std::time::Instant;

use futures::future::BoxFuture;
use kindred_eventsourcing::Timestamp;
use kindred_ids::{DeliveryId, MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;

use crate::domain::delivery::Failure;
use crate::mail::{Mail, Recipient};

/// Where members can be written to, asked at the moment of sending and never kept.
pub trait Addresses: Send + Sync + 'static {
    /// How to reach a member; none if they are suspended, erased or have no address.
    fn find<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Recipient>, ApiError>>;
}

/// The way out of the platform.
pub trait Post: Send + Sync + 'static {
    /// Hands a mail over; accepted means that the mail server answers for it now.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Failure>>;
}

/// Who does not want to meet whom.
pub trait Blocks: Send + Sync + 'static {
    /// Whether either has blocked the other, as of every block that was acknowledged
    /// before this was asked.
    fn either_blocked<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>>;
}

/// Why the ledger or the lease did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{attempt}")]
pub struct LedgerError {
    /// What was attempted.
    pub attempt: &'static str,
    /// What the driver saw.
    #[source]
    pub source: sqlx::Error,
}

/// A delivery whose time has come, as far as the ledger knows; the log has the last word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DueDelivery {
    /// Whose tenant.
    pub tenant: TenantSlug,
    /// Which.
    pub id: DeliveryId,
}

/// The deliveries that wait: durable rows, of all tenants.
pub trait Ledger: Send + Sync + 'static {
    /// At most `most` that are due by `now`, those in `except` aside, no tenant before the
    /// others because it has more.
    fn due<'a>(
        &'a self,
        now: Timestamp,
        except: &'a [DeliveryId],
        most: u32,
    ) -> BoxFuture<'a, Result<Vec<DueDelivery>, LedgerError>>;
}

/// The right to send, held by one process at a time.
pub trait SendingLease: Send + Sync + 'static {
    /// Takes or prolongs it: until when, or none if another process holds it.
    fn hold(&self) -> BoxFuture<'_, Result<Option<Instant>, LedgerError>>;

    /// Gives it back.
    fn release(&self) -> BoxFuture<'_, Result<(), LedgerError>>;
}
