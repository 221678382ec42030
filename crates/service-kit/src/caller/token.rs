//! The token itself: `kct1.<payload>.<signature>`, both base64url without padding.
//!
//! The signature (Ed25519) covers everything before its dot, prefix included, so that a
//! token of another kind or version never passes for one of these. The payload is JSON
//! with a closed set of keys, each at most once; what a kind does not need it must not hold.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, SessionId, TenantSlug};
use serde::{Deserialize, Serialize};

use super::{MemberClaims, Role, Subject, TenantRole};
use crate::error::ApiError;

/// What a token starts with.
pub(super) const PREFIX: &str = "kct1.";
/// Longer texts are not looked at.
pub const MAX_TOKEN_BYTES: usize = 2048;
/// How far two machines' clocks may differ.
pub const CLOCK_SKEW_MILLIS: i64 = 5_000;
/// No token is valid for longer than this.
pub const LONGEST_LIFE_MILLIS: i64 = 300_000;
/// Longest name of an operator, in bytes.
const LONGEST_NAME: usize = 64;
/// Most scopes of one token.
const MOST_SCOPES: usize = 16;

macro_rules! token_errors {
    ($($(#[$doc:meta])* $name:ident = $reason:literal, $text:literal;)*) => {
        /// Why a token is not taken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        pub enum TokenError { $($(#[$doc])* #[error($text)] $name,)* }

        impl TokenError {
            /// Its stable name.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }
        }
    };
}

token_errors! {
    /// No token came.
    Missing = "CALLER_MISSING", "the call carries no caller token";
    /// More than one came.
    Repeated = "CALLER_REPEATED", "the call carries a caller token twice";
    /// Longer than any token.
    TooLarge = "CALLER_TOO_LARGE", "the caller token is too large";
    /// Not a token of this kind, or its claims do not fit together.
    Malformed = "CALLER_MALFORMED", "the caller token is malformed";
    /// Nobody trusted signs under this name.
    UnknownIssuer = "CALLER_UNKNOWN_ISSUER", "the caller token's issuer is not known";
    /// Not signed by its issuer.
    BadSignature = "CALLER_BAD_SIGNATURE", "the caller token's signature is wrong";
    /// The issuer may not speak for such a subject.
    NotForIssuer = "CALLER_NOT_FOR_ISSUER", "the caller token's issuer may not speak for its subject";
    /// Over.
    Expired = "CALLER_EXPIRED", "the caller token has expired";
    /// Not begun.
    NotYetValid = "CALLER_NOT_YET_VALID", "the caller token is not valid yet";
    /// Valid for longer than a token may be.
    TooLongLived = "CALLER_TOO_LONG_LIVED", "the caller token is valid for too long";
    /// In `kindred-service`, but not a service's own.
    NotAService = "SERVICE_TOKEN_EXPECTED", "the service token is not a service's own";
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        Self::unauthenticated(error.reason(), error.to_string())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Anonymous,
    Member,
    Service,
    Operator,
}

/// The payload as it stands on the wire.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    pub iss: String,
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<i64>,
    pub iat: i64,
    pub exp: i64,
}

/// A verified token's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claims {
    pub issuer: Role,
    pub subject: Subject,
    pub scopes: BTreeSet<String>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A token cut at its dots, nothing believed yet.
pub(super) struct Unverified<'a> {
    pub signed: &'a str,
    pub payload: Payload,
    pub signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let payload = signed.strip_prefix(PREFIX).ok_or(TokenError::Malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed);
        let payload = serde_json::from_slice(&decode(payload)?).map_err(|_| TokenError::Malformed)?;
        Ok(Self { signed, payload, signature: decode(signature)? })
    }
}

impl Payload {
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(self).expect("strings and numbers always make JSON");
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads the claims strictly: what a kind needs must be there, nothing else may.
    pub fn claims(self) -> Result<Claims, TokenError> {
        let issuer = self.iss.parse().map_err(|_| TokenError::UnknownIssuer)?;
        let claims = Claims {
            issuer,
            scopes: self.distinct_scopes()?,
            issued_at: Timestamp::from_millis(self.iat),
            expires_at: Timestamp::from_millis(self.exp),
            subject: self.subject().ok_or(TokenError::Malformed)?,
        };
        if !may_claim(issuer, &claims.subject) {
            return Err(TokenError::NotForIssuer);
        }
        Ok(claims)
    }

    fn distinct_scopes(&self) -> Result<BTreeSet<String>, TokenError> {
        let plain =
            |scope: &String| (1..=64).contains(&scope.len()) && scope.bytes().all(|byte| byte.is_ascii_graphic());
        let distinct: BTreeSet<String> = self.scopes.iter().cloned().collect();
        let fits = self.scopes.len() <= MOST_SCOPES && distinct.len() == self.scopes.len();
        (fits && distinct.iter().all(plain)).then_some(distinct).ok_or(TokenError::Malformed)
    }

    fn subject(self) -> Option<Subject> {
        let tenant = self.tenant.map(|tenant| tenant.parse::<TenantSlug>()).transpose().ok()?;
        match (self.kind, self.name, tenant, self.member, self.session, self.auth, self.roles.as_slice()) {
            (Kind::Anonymous, None, tenant, None, None, None, []) => Some(Subject::Anonymous { tenant }),
            (Kind::Service, Some(name), None, None, None, None, []) => name.parse().ok().map(Subject::Service),
            (Kind::Operator, Some(name), None, None, None, None, []) => {
                let plain =
                    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
                plain.then_some(Subject::Operator { name })
            }
            (Kind::Member, None, Some(tenant), Some(member), Some(session), Some(auth), roles) => {
                let distinct: BTreeSet<TenantRole> =
                    roles.iter().map(|role| role.parse()).collect::<Result<_, _>>().ok()?;
                (distinct.len() == roles.len()).then_some(())?;
                Some(Subject::Member(MemberClaims {
                    tenant,
                    member: member.parse::<MemberId>().ok()?,
                    session: session.parse::<SessionId>().ok()?,
                    roles: distinct,
                    authenticated_at: Timestamp::from_millis(auth),
                }))
            }
            _ => None,
        }
    }
}

/// Who may speak for whom.
fn may_claim(issuer: Role, subject: &Subject) -> bool {
    match subject {
        Subject::Member(_) | Subject::Anonymous { .. } => issuer == Role::Gateway,
        Subject::Operator { .. } => issuer == Role::Operator,
        Subject::Service(name) => *name == issuer && issuer != Role::Operator,
    }
}
