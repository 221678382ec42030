//! Who sends a request: a session's secret from cookie or bearer header becomes a signed
//! caller token.
//!
//! # Promises
//!
//! * A resolved session is trusted for at most five seconds; the services check revoked
//!   sessions themselves on every call.
//! * The secret is never kept, only a digest of it, and is never logged.

mod csrf;
mod extract;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::Timestamp;
use kindred_ids::TenantSlug;
use kindred_proto::membership::{ResolveSessionRequest, ResolveSessionResponse};
use kindred_service_kit::caller::{MemberClaims, TenantRole, Token};
use kindred_service_kit::error::ApiError;
use ring::digest::{SHA256, digest};

pub use csrf::Csrf;
pub use extract::{Credential, Guest, Signed, session_cookie};

use crate::backends::ask;
use crate::gateway::Gateway;
use crate::wire;

/// How long a resolved session is trusted.
const TRUSTED: Duration = Duration::from_secs(5);
/// How many resolved sessions are kept.
const KEPT: u64 = 100_000;
/// How long the caller token of a resolved session lives: a request may begin at the end
/// of the trusted time and take its own.
const TOKEN_LIFE: Duration = Duration::from_secs(120);
/// No session's secret is longer.
const LONGEST_SECRET: usize = 512;

/// A member with a session.
#[derive(Debug)]
pub struct Session {
    /// Whose member.
    pub tenant: TenantSlug,
    /// Who.
    pub member_id: String,
    /// Their pseudonym.
    pub handle: String,
    /// What they may do in the whole tenant.
    pub roles: Vec<wire::TenantRole>,
    /// Whether they also operate the programme.
    pub programme_operator: bool,
    /// When they signed in, milliseconds.
    pub authenticated_at: i64,
    /// When the session is over, milliseconds.
    pub expires_at: i64,
    /// Proves that a form was rendered for this session.
    pub csrf: Csrf,
    /// Names the session in limits; no secret.
    pub key: [u8; 32],
    pub(crate) caller: Token,
}

impl Session {
    /// Whether they have `role` in the whole tenant.
    #[must_use]
    pub fn has(&self, role: wire::TenantRole) -> bool {
        self.roles.contains(&role)
    }
}

/// Sessions that were resolved a moment ago.
#[derive(Debug)]
pub struct Sessions(moka::future::Cache<[u8; 32], Arc<Session>>);

impl Sessions {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self(moka::future::Cache::builder().time_to_live(TRUSTED).max_capacity(KEPT).build())
    }

    /// Who holds `secret`.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` for an unknown, ended or malformed session, or as the service says.
    pub async fn resolve(&self, gateway: &Gateway, secret: &str) -> Result<Arc<Session>, ApiError> {
        if secret.is_empty() || secret.len() > LONGEST_SECRET || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiError::unauthenticated("SESSION_MALFORMED", "this is not a session"));
        }
        let key = key_of(secret);
        let load = async { load(gateway, secret, key).await.map(Arc::new) };
        let session = self.0.try_get_with(key, load).await.map_err(|error: Arc<ApiError>| (*error).clone())?;
        if session.expires_at != 0 && session.expires_at <= gateway.clock.now().millis() {
            return Err(ApiError::unauthenticated("SESSION_EXPIRED", "the session is over"));
        }
        Ok(session)
    }

    /// Forgets a session that was ended.
    pub async fn forget(&self, session: &Session) {
        self.0.invalidate(&session.key).await;
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new()
    }
}

fn key_of(secret: &str) -> [u8; 32] {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

async fn load(gateway: &Gateway, secret: &str, key: [u8; 32]) -> Result<Session, ApiError> {
    let call = gateway.own_call();
    let request = ResolveSessionRequest { session_token: secret.to_owned() };
    let answer = ask!(call, sessions.resolve_session(request))?;
    let claims = claims(&answer)?;
    let caller = gateway.issuer.member(&claims, &BTreeSet::new(), TOKEN_LIFE);
    Ok(Session {
        tenant: claims.tenant,
        member_id: answer.member_id,
        handle: answer.handle,
        roles: known_roles(&answer.roles),
        programme_operator: answer.programme_operator,
        authenticated_at: answer.authenticated_at,
        expires_at: answer.expires_at,
        csrf: Csrf::of(secret),
        key,
        caller,
    })
}

/// Roles that this build knows.
fn known_roles(roles: &[i32]) -> Vec<wire::TenantRole> {
    let known = roles.iter().map(|role| wire::TenantRole::of_wire(*role));
    known.filter(|role| *role != wire::TenantRole::Unknown).collect()
}

/// What the gateway vouches for.
fn claims(answer: &ResolveSessionResponse) -> Result<MemberClaims, ApiError> {
    let unreadable = |_| ApiError::unavailable("SESSION_UNREADABLE", "the session could not be read");
    let operator = answer.programme_operator.then_some(TenantRole::ProgrammeOperator);
    let roles = answer.roles.iter().filter_map(|role| match wire::TenantRole::of_wire(*role) {
        wire::TenantRole::PrivacyOfficer => Some(TenantRole::PrivacyOfficer),
        wire::TenantRole::Administrator => Some(TenantRole::Administrator),
        wire::TenantRole::ProgrammeOperator => Some(TenantRole::ProgrammeOperator),
        wire::TenantRole::Unknown => None,
    });
    Ok(MemberClaims {
        tenant: answer
            .tenant
            .parse()
            .map_err(|_| ApiError::unavailable("SESSION_UNREADABLE", "the session could not be read"))?,
        member: answer.member_id.parse().map_err(unreadable)?,
        session: answer.session_id.parse().map_err(unreadable)?,
        roles: roles.chain(operator).collect(),
        authenticated_at: Timestamp::from_millis(answer.authenticated_at),
    })
}
