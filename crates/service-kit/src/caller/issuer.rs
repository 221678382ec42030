//! Signs tokens with the process's own key.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_ids::{MemberId, TenantSlug};

use super::token::{Kind, Payload};
use super::{LONGEST_LIFE_MILLIS, MemberClaims, Role, SigningKey, TenantRole};
use crate::clock::SharedClock;

/// How long a token of a service or operator lives.
const LIFE: Duration = Duration::from_millis(LONGEST_LIFE_MILLIS as u64);
/// A kept token is replaced when it has less than this left.
const RENEW_MILLIS: i64 = 60_000;

/// A signed token, ready to be sent; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub(super) text: Arc<str>,
    pub(super) tenant: Option<TenantSlug>,
    pub(super) member: Option<MemberId>,
}

impl Token {
    /// The text to put in metadata.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The tenant that its subject is bound to.
    #[must_use]
    pub const fn tenant(&self) -> Option<&TenantSlug> {
        self.tenant.as_ref()
    }

    /// The member that its subject is.
    #[must_use]
    pub const fn member(&self) -> Option<MemberId> {
        self.member
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(..)")
    }
}

/// Signs for one role. What others believe of it is up to their [`super::Trust`].
pub struct Issuer {
    role: Role,
    key: SigningKey,
    clock: SharedClock,
    own: RwLock<Option<(i64, Token)>>,
}

impl Issuer {
    /// An issuer under the name `role`.
    #[must_use]
    pub fn new(role: Role, key: SigningKey, clock: SharedClock) -> Self {
        Self { role, key, clock, own: RwLock::new(None) }
    }

    /// Under which name.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// This service's token about itself; the same one until it is nearly over.
    #[must_use]
    pub fn service(&self) -> Token {
        let now = self.clock.now().millis();
        let kept = self.own.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        if let Some((expires, token)) = kept
            && expires - now > RENEW_MILLIS
        {
            return token;
        }
        let token = self.sign(Payload { name: Some(self.role.to_string()), ..self.payload(Kind::Service, LIFE) });
        let expires = now + LONGEST_LIFE_MILLIS;
        *self.own.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((expires, token.clone()));
        token
    }

    /// A token for a member's session; for the gateway. Lives `life`, at most five minutes.
    #[must_use]
    pub fn member(&self, claims: &MemberClaims, scopes: &BTreeSet<String>, life: Duration) -> Token {
        self.sign(Payload {
            tenant: Some(claims.tenant.to_string()),
            member: Some(claims.member.to_string()),
            session: Some(claims.session.to_string()),
            roles: claims.roles.iter().map(TenantRole::to_string).collect(),
            scopes: scopes.iter().cloned().collect(),
            auth: Some(claims.authenticated_at.millis()),
            ..self.payload(Kind::Member, life)
        })
    }

    /// A token for somebody not signed in; for the gateway.
    #[must_use]
    pub fn anonymous(&self, tenant: Option<&TenantSlug>) -> Token {
        self.sign(Payload { tenant: tenant.map(TenantSlug::to_string), ..self.payload(Kind::Anonymous, LIFE) })
    }

    /// A token for a person who operates the platform; for the command line.
    #[must_use]
    pub fn operator(&self, name: &str) -> Token {
        self.sign(Payload { name: Some(name.to_owned()), ..self.payload(Kind::Operator, LIFE) })
    }

    /// Signs a statement of this role, see [`SigningKey::sign_statement`].
    #[must_use]
    pub fn statement(&self, kind: &str, statement: &[u8]) -> String {
        self.key.sign_statement(kind, statement)
    }

    fn payload(&self, kind: Kind, life: Duration) -> Payload {
        let iat = self.clock.now().millis();
        let life = i64::try_from(life.as_millis()).unwrap_or(i64::MAX).clamp(1, LONGEST_LIFE_MILLIS);
        Payload {
            iss: self.role.to_string(),
            kind,
            name: None,
            tenant: None,
            member: None,
            session: None,
            roles: Vec::new(),
            scopes: Vec::new(),
            auth: None,
            iat,
            exp: iat.saturating_add(life),
        }
    }

    fn sign(&self, payload: Payload) -> Token {
        let tenant = payload.tenant.as_deref().and_then(|tenant| tenant.parse().ok());
        let member = payload.member.as_deref().and_then(|member| member.parse().ok());
        Token { tenant, member, ..self.sign_encoded(payload.encode()) }
    }

    pub(super) fn sign_encoded(&self, signed: String) -> Token {
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()));
        Token { text: format!("{signed}.{signature}").into(), tenant: None, member: None }
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Issuer").field("role", &self.role).finish_non_exhaustive()
    }
}
