//! Unique values without the values: their digest under a key of the tenant.

use std::fmt;

use kindred_eventsourcing::ReservationKey;

use crate::Secret;
use crate::data_key::mac;

/// A tenant's key for the digests of handles, addresses and roster keys.
#[derive(Clone)]
pub struct TenantReservationKey(Secret);

impl TenantReservationKey {
    /// Wraps the key.
    #[must_use]
    pub const fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// First 16 bytes of HMAC-SHA256 over kind and value. The caller normalizes.
    #[must_use]
    pub fn reservation_key(&self, kind: &'static str, normalized: &str) -> ReservationKey {
        ReservationKey { kind, digest: mac(&self.0, &[kind.as_bytes(), normalized.as_bytes()]) }
    }
}

impl fmt::Debug for TenantReservationKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TenantReservationKey(..)")
    }
}
