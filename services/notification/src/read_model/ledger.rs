//! The worker's eyes: what is due, over all tenants.

use futures::future::BoxFuture;
use kindred_eventsourcing::Timestamp;
use kindred_ids::{DeliveryId, TenantSlug};
use kindred_projections::Database;
use sqlx::query_file;
use uuid::Uuid;

use crate::application::{DueDelivery, Ledger, LedgerError};

/// The rows of the projection `deliveries`. The worker is no tenant's, so it reads as the
/// projector does, and only here.
#[derive(Debug, Clone)]
pub struct DeliveryLedger(Database);

impl DeliveryLedger {
    /// Reads from `database`.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self(database)
    }

    async fn read(&self, now: Timestamp, except: &[Uuid], most: u32) -> Result<Vec<DueDelivery>, sqlx::Error> {
        let mut transaction = self.0.projector().begin_with("BEGIN READ ONLY; SET LOCAL search_path = views").await?;
        let rows = query_file!("src/read_model/due.sql", now.millis(), except, i64::from(most))
            .fetch_all(&mut *transaction)
            .await?;
        let due = rows.into_iter().filter_map(|row| {
            let tenant: TenantSlug = row.tenant.parse().ok()?;
            Some(DueDelivery { tenant, id: DeliveryId::try_from(row.delivery_id).ok()? })
        });
        Ok(due.collect())
    }
}

impl Ledger for DeliveryLedger {
    fn due<'a>(
        &'a self,
        now: Timestamp,
        except: &'a [DeliveryId],
        most: u32,
    ) -> BoxFuture<'a, Result<Vec<DueDelivery>, LedgerError>> {
        Box::pin(async move {
            let except: Vec<Uuid> = except.iter().map(|id| id.as_uuid()).collect();
            let read = self.read(now, &except, most).await;
            read.map_err(|source| LedgerError { attempt: "read the deliveries that are due", source })
        })
    }
}
