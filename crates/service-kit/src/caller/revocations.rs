//! Who is no longer welcome, fed from membership's log and asked on every call.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, SessionId, TenantSlug};

use super::Subject;
use crate::error::ApiError;

/// Has the last word on a verified caller.
pub trait CallerCheck: Send + Sync + 'static {
    /// Lets the caller pass or says why not.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` for a caller who is no longer welcome.
    fn check(&self, subject: &Subject) -> Result<(), ApiError>;
}

/// Revoked sessions, members suspended or erased, tenants suspended.
///
/// Held in memory and filled by replay, so it knows as much as the reader that feeds it.
#[derive(Debug, Default)]
pub struct Revocations(RwLock<Sets>);

#[derive(Debug, Default)]
struct Sets {
    sessions: HashMap<(TenantSlug, SessionId), Timestamp>,
    members: HashMap<TenantSlug, HashSet<MemberId>>,
    tenants: HashSet<TenantSlug>,
}

impl Revocations {
    /// Nobody is revoked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A session ended at `at`.
    pub fn end_session(&self, tenant: &TenantSlug, session: SessionId, at: Timestamp) {
        self.write().sessions.insert((tenant.clone(), session), at);
    }

    /// Forgets sessions that ended before `before`: the gateway resolves no session that
    /// ended, so once its last token is over there is nothing left to refuse.
    pub fn forget_sessions_ended(&self, before: Timestamp) {
        self.write().sessions.retain(|_, ended| *ended >= before);
    }

    /// A member was suspended or erased.
    pub fn bar_member(&self, tenant: &TenantSlug, member: MemberId) {
        self.write().members.entry(tenant.clone()).or_default().insert(member);
    }

    /// A member was reinstated.
    pub fn readmit_member(&self, tenant: &TenantSlug, member: MemberId) {
        if let Some(members) = self.write().members.get_mut(tenant) {
            members.remove(&member);
        }
    }

    /// A tenant was suspended.
    pub fn bar_tenant(&self, tenant: &TenantSlug) {
        self.write().tenants.insert(tenant.clone());
    }

    /// A tenant was resumed.
    pub fn readmit_tenant(&self, tenant: &TenantSlug) {
        self.write().tenants.remove(tenant);
    }

    fn read(&self) -> RwLockReadGuard<'_, Sets> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Sets> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CallerCheck for Revocations {
    fn check(&self, subject: &Subject) -> Result<(), ApiError> {
        let sets = self.read();
        if subject.tenant().is_some_and(|tenant| sets.tenants.contains(tenant)) {
            return Err(ApiError::unauthenticated("TENANT_SUSPENDED", "the tenant is suspended"));
        }
        let Subject::Member(claims) = subject else { return Ok(()) };
        if sets.members.get(&claims.tenant).is_some_and(|members| members.contains(&claims.member)) {
            return Err(ApiError::unauthenticated("MEMBER_BARRED", "the member is suspended or gone"));
        }
        if sets.sessions.contains_key(&(claims.tenant.clone(), claims.session)) {
            return Err(ApiError::unauthenticated("SESSION_ENDED", "the session has ended"));
        }
        Ok(())
    }
}
