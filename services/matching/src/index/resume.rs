//! What an index is written down as, and how it goes on from what was written.

use std::sync::{Arc, PoisonError, RwLock};

use kindred_ids::TenantSlug;

use super::tenant::Tenant;
use super::{Holding, Index, LogName};

/// A tenant that the index holds.
pub(crate) struct Held {
    pub(crate) slug: TenantSlug,
    pub(crate) tenant: Arc<RwLock<Tenant>>,
}

/// How far a tenant is.
pub(crate) struct TenantPosition {
    /// Where its last fact stands, or a little behind it.
    pub(crate) position: u64,
    /// Facts that were taken in since the start.
    pub(crate) taken: u64,
    pub(crate) people: u64,
}

impl Held {
    pub(crate) fn position(&self) -> TenantPosition {
        let tenant = self.tenant.read().unwrap_or_else(PoisonError::into_inner);
        TenantPosition { position: tenant.position, taken: tenant.taken, people: tenant.capacity() as u64 }
    }
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

    /// Everything up to here is in, of membership's log and of matching's own.
    pub(crate) fn positions(&self) -> (u64, u64) {
        (self.position(), self.position_in(LogName::Matching))
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

    /// Goes on from this position of membership's log.
    pub(crate) fn begin(&self, position: u64) {
        self.advance(LogName::Membership, position);
    }
}
