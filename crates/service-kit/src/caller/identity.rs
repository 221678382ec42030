//! The verified caller, as handlers see it.

use std::sync::Arc;
use std::time::Instant;

use kindred_eventsourcing::{Actor, Timestamp};
use kindred_ids::{MemberId, TenantSlug};

use super::token::Claims;
use super::{MemberClaims, Role, Subject, TenantRole, Token, TokenError, Verifier};
use crate::error::ApiError;

/// Who calls, on whose word, and what the policies let them reach.
#[derive(Debug, Clone)]
pub struct Caller {
    claims: Arc<Claims>,
    token: Token,
    via: Option<Role>,
    pub(crate) other_tenants: bool,
    pub(crate) deadline: Option<Instant>,
}

impl Caller {
    /// Verifies the two tokens of a call.
    ///
    /// # Errors
    ///
    /// [`TokenError`] for whatever does not hold.
    pub fn verify(
        verifier: &Verifier,
        caller: &str,
        service: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, TokenError> {
        let claims = verifier.verify(caller, now)?;
        let via = match service.map(|text| verifier.verify(text, now)).transpose()? {
            None => None,
            Some(service) => match service.subject {
                Subject::Service(role) => Some(role),
                _ => return Err(TokenError::NotAService),
            },
        };
        let (tenant, member) = (claims.subject.tenant().cloned(), claims.subject.member());
        let token = Token { text: caller.into(), tenant, member };
        Ok(Self { claims, token, via, other_tenants: false, deadline: None })
    }

    /// The caller that the server put into a request.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` if the request did not come through the server's guard.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<&Self, ApiError> {
        request.extensions().get::<Self>().ok_or_else(|| TokenError::Missing.into())
    }

    /// Whom the token is about.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.claims.subject
    }

    /// The service that acts for the subject, if another than the one that answers it.
    #[must_use]
    pub const fn via(&self) -> Option<Role> {
        self.via
    }

    /// The role whose process sent the call: the service beside the token, else whoever
    /// signed it.
    #[must_use]
    pub fn sender(&self) -> Role {
        self.via.unwrap_or(self.claims.issuer)
    }

    /// Whether the token was narrowed to `scope` among others.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.claims.scopes.contains(scope)
    }

    /// When the token is over.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.claims.expires_at
    }

    /// The token, to be passed on.
    #[must_use]
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// When the call must be answered.
    #[must_use]
    pub const fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The member's claims.
    ///
    /// # Errors
    ///
    /// `PERMISSION_DENIED` for anybody else.
    pub fn member(&self) -> Result<&MemberClaims, ApiError> {
        match self.subject() {
            Subject::Member(claims) => Ok(claims),
            _ => Err(ApiError::denied("MEMBERS_ONLY", "only a signed-in member may do this")),
        }
    }

    /// Whether this is a member with `role` in the whole tenant.
    #[must_use]
    pub fn has_role(&self, role: TenantRole) -> bool {
        matches!(self.subject(), Subject::Member(claims) if claims.roles.contains(&role))
    }

    /// The tenant that a call is about, where the request may name one: a member's is
    /// their own, a service or operator has to say which.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `tenant` if it is missing or malformed, `NOT_FOUND` if the
    /// policies keep the caller to another tenant.
    pub fn tenant_for(&self, requested: &str) -> Result<TenantSlug, ApiError> {
        let own = self.subject().tenant();
        if requested.is_empty() {
            return own
                .cloned()
                .ok_or_else(|| ApiError::invalid("tenant", "TENANT_MISSING", "`tenant` is required from this caller"));
        }
        let requested = crate::input::tenant("tenant", requested)?;
        match own {
            Some(own) if *own != requested && !self.other_tenants => {
                crate::authorization::count_denial("same-tenant");
                Err(ApiError::not_found("TENANT_UNKNOWN", "there is no such tenant for this caller"))
            }
            _ => Ok(requested),
        }
    }

    /// The caller's own tenant.
    ///
    /// # Errors
    ///
    /// As [`Self::tenant_for`] with none named.
    pub fn tenant(&self) -> Result<TenantSlug, ApiError> {
        self.tenant_for("")
    }

    /// The member that a call is about: oneself, or whom staff, operator or service names.
    /// Whether the caller may name another is for the policies and the domain to say.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `member_id` if it is missing for a caller who is no member,
    /// or malformed.
    pub fn member_for(&self, requested: &str) -> Result<MemberId, ApiError> {
        match (requested, self.subject()) {
            ("", Subject::Member(claims)) => Ok(claims.member),
            (requested, _) => crate::input::id("member_id", requested),
        }
    }

    /// As the log names who acted.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self.subject() {
            Subject::Anonymous { .. } => Actor::anonymous(),
            Subject::Member(claims) => Actor(claims.member.to_string()),
            Subject::Service(role) => Actor(role.to_string()),
            Subject::Operator { name } => Actor(format!("operator:{name}")),
        }
    }

    /// A request to another service for this caller: their token goes along unchanged, the
    /// time that is left becomes its deadline.
    #[must_use]
    pub fn request<M>(&self, message: M) -> tonic::Request<M> {
        let mut request = tonic::Request::new(message);
        request.extensions_mut().insert(self.token.clone());
        if let Some(deadline) = self.deadline {
            request.set_timeout(deadline.saturating_duration_since(Instant::now()));
        }
        request
    }
}
