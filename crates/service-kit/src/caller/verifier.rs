//! Verifies tokens, remembering the signatures it has checked.
//!
//! Only the signature check is remembered, under the whole token text; times are compared
//! on every call, so a remembered token expires like any other.

use std::sync::Arc;

use kindred_eventsourcing::Timestamp;
use moka::sync::Cache;

use super::token::{Claims, Unverified};
use super::{CLOCK_SKEW_MILLIS, LONGEST_LIFE_MILLIS, MAX_TOKEN_BYTES, TokenError, Trust};

/// How many verified tokens are remembered.
const REMEMBERED: u64 = 8_192;

/// Checks what a token claims against [`Trust`].
#[derive(Clone)]
pub struct Verifier {
    trust: Arc<Trust>,
    verified: Cache<Arc<str>, Arc<Claims>>,
}

impl Verifier {
    /// A verifier that believes `trust` alone.
    #[must_use]
    pub fn new(trust: Trust) -> Self {
        Self { trust: Arc::new(trust), verified: Cache::new(REMEMBERED) }
    }

    pub(super) fn verify(&self, text: &str, now: Timestamp) -> Result<Arc<Claims>, TokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        if let Some(claims) = self.verified.get(text) {
            in_time(&claims, now)?;
            return Ok(claims);
        }
        let claims = Arc::new(self.check(text)?);
        in_time(&claims, now)?;
        self.verified.insert(text.into(), claims.clone());
        Ok(claims)
    }

    fn check(&self, text: &str) -> Result<Claims, TokenError> {
        let unverified = Unverified::parse(text)?;
        let issuer = unverified.payload.iss.parse().map_err(|_| TokenError::UnknownIssuer)?;
        let keys = self.trust.keys(issuer).ok_or(TokenError::UnknownIssuer)?;
        let signed = keys.iter().any(|key| key.verifies(unverified.signed.as_bytes(), &unverified.signature));
        if !signed {
            return Err(TokenError::BadSignature);
        }
        unverified.payload.claims()
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Verifier").field("trust", &self.trust).finish_non_exhaustive()
    }
}

fn in_time(claims: &Claims, now: Timestamp) -> Result<(), TokenError> {
    let (issued, expires, now) = (claims.issued_at.millis(), claims.expires_at.millis(), now.millis());
    let life = expires.checked_sub(issued).ok_or(TokenError::Malformed)?;
    match life {
        ..=0 => Err(TokenError::Malformed),
        life if life > LONGEST_LIFE_MILLIS => Err(TokenError::TooLongLived),
        _ if issued > now.saturating_add(CLOCK_SKEW_MILLIS) => Err(TokenError::NotYetValid),
        _ if expires <= now.saturating_sub(CLOCK_SKEW_MILLIS) => Err(TokenError::Expired),
        _ => Ok(()),
    }
}
