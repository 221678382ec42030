//! What an index is written down as, and how it goes on from what was written.

use std::num::NonZero;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::available_parallelism;

use kindred_ids::TenantSlug;
use tokio::task::{JoinError, spawn_blocking};

use super::logs::latest;
use super::snapshot::{Plan, Portion};
use super::tenant::Tenant;
use super::{Holding, Index, LogName, LogPositions};

/// Threads that note what people did, at most.
const MOST_AT_ONCE: usize = 4;

/// A tenant that the index holds.
pub(crate) struct Held {
    pub(crate) slug: TenantSlug,
    pub(crate) tenant: Arc<RwLock<Tenant>>,
}

/// How far a tenant is.
pub(crate) struct TenantPosition {
    /// Where its last fact of each log stands, or a little behind it.
    pub(crate) positions: LogPositions,
    /// Facts that were taken in since the start, and erasures among them.
    pub(crate) taken: u64,
    pub(crate) erasures: u64,
    pub(crate) people: u64,
}

impl Held {
    pub(crate) fn position(&self) -> TenantPosition {
        let tenant = self.tenant.read().unwrap_or_else(PoisonError::into_inner);
        let (positions, taken, erasures) = (tenant.positions, tenant.taken, tenant.erasures);
        TenantPosition { positions, taken, erasures, people: tenant.capacity() as u64 }
    }
}

/// A plan with what the people of each portion did, noted side by side: two logs wait for it.
fn noted(mut plan: Plan, tenant: &RwLock<Tenant>) -> Plan {
    let chunks = plan.portions.len();
    let at_once = available_parallelism().map_or(1, NonZero::get).min(MOST_AT_ONCE);
    let mut portions: Vec<(usize, &mut Portion)> = plan.portions.iter_mut().enumerate().collect();
    std::thread::scope(|scope| {
        for share in portions.chunks_mut(chunks.div_ceil(at_once)) {
            scope.spawn(|| {
                for (number, portion) in share {
                    // Let go of between portions: whoever searches or changes waits for none but one.
                    let tenant = tenant.read().unwrap_or_else(PoisonError::into_inner);
                    tenant.note_dealings(portion, (*number, chunks));
                }
            });
        }
    });
    plan
}

impl Index {
    /// What it is to hold.
    #[must_use]
    pub fn holding(&self) -> &Holding {
        &self.0.holding
    }

    /// A tenant of whose people none is known yet.
    pub(crate) fn empty(&self, slug: &TenantSlug) -> Tenant {
        Tenant::of_parts(slug, self.0.floor, &self.0.holding.parts(slug))
    }

    /// The cohort floor.
    #[must_use]
    pub fn floor(&self) -> u32 {
        self.0.floor
    }

    /// Every tenant.
    pub(crate) fn held(&self) -> Vec<Held> {
        let tenants = self.0.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.iter().map(|(slug, tenant)| Held { slug: slug.clone(), tenant: tenant.clone() }).collect()
    }

    /// Puts a tenant in as it was read. Whoever was forgotten meanwhile stays so.
    pub(crate) fn install(&self, slug: &TenantSlug, mut fresh: Tenant) {
        let tenant = self.tenant_or_new(slug);
        let mut tenant = tenant.write().unwrap_or_else(PoisonError::into_inner);
        fresh.forget_all(tenant.erased());
        *tenant = fresh;
    }

    /// Goes on from this position of each log.
    pub(crate) fn begin(&self, positions: LogPositions) {
        LogName::ALL.into_iter().zip(positions).for_each(|(log, position)| self.advance(log, position));
    }

    /// Who of a tenant goes into which chunk of a snapshot, with what they did, and how far
    /// posting's and matching's logs have told of that, which stand still meanwhile.
    pub(crate) async fn planned(&self, tenant: &Arc<RwLock<Tenant>>) -> Result<(Plan, LogPositions), JoinError> {
        let _still = self.0.hearing.lock().await;
        // A tenant may be further on than the index, which goes on from the earliest of all.
        let own = tenant.read().unwrap_or_else(PoisonError::into_inner).positions;
        let positions = latest(self.all_positions(), own);
        let look = tenant.clone();
        let plan = spawn_blocking(move || look.read().unwrap_or_else(PoisonError::into_inner).plan()).await?;
        let tenant = tenant.clone();
        Ok((spawn_blocking(move || noted(plan, &tenant)).await?, positions))
    }
}
