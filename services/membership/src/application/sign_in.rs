//! Sign-in by e-mail link, and the sessions it opens.
//!
//! Secrets of links and sessions are derived from a tenant key and the command that asks
//! for them, so a resent command gives the same secret, and no log or table holds one.

use kindred_eventsourcing::{CommandContext, EventStore, Receipt, Timestamp};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId, SessionId, TenantSlug, derive_owned_id};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use ring::digest::{SHA256, digest};

use super::memberships::must_be_active;
use super::standing::must_be_open;
use super::{Application, Email, SignInMail, keys_unavailable};
use crate::domain::member::EMAIL;
use crate::domain::{session, sign_in_link};

/// How long links and sessions last.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct SignInSettings {
    pub link_seconds: i64,
    pub session_seconds: i64,
}

/// `<tenant>.<id>.<secret>`: what a mail, a cookie or a bearer header carries.
#[derive(Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Token {
    pub tenant: TenantSlug,
    pub id: EntityId,
    pub secret: String,
}

impl Token {
    /// Reads a token; any flaw is the same refusal.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED`.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let wrong = || ApiError::unauthenticated("TOKEN_INVALID", "this token is not valid").with_field("token");
        if text.len() > 200 {
            return Err(wrong());
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [tenant, id, secret] = parts[..] else { return Err(wrong()) };
        let (Ok(tenant), Ok(id)) = (tenant.parse(), id.parse()) else { return Err(wrong()) };
        Ok(Self { tenant, id, secret: secret.to_owned() })
    }

    /// The text.
    pub fn text(&self) -> String {
        format!("{}.{}.{}", self.tenant, self.id, self.secret)
    }

    fn hash(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.secret.as_bytes()).as_ref());
        hash
    }
}

/// Who a session stands for.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Resolved {
    pub tenant: TenantSlug,
    pub member: MemberId,
    pub session: SessionId,
    pub roles: Vec<crate::domain::value::TenantRole>,
    pub handle: String,
    pub authenticated_at: Timestamp,
    pub expires_at: Timestamp,
}

fn link_key(tenant: &TenantSlug, link: impl Into<EntityId>) -> EntityKey {
    EntityKey::new(tenant.clone(), "sign_in_link", link)
}

fn session_key(tenant: &TenantSlug, session: impl Into<EntityId>) -> EntityKey {
    EntityKey::new(tenant.clone(), "session", session)
}

impl<S: EventStore> Application<S> {
    /// Mails a sign-in link if the address belongs to an active member. Whoever asks
    /// learns neither by answer nor by time whether it does.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the tenant is unknown or suspended.
    pub async fn request_sign_in(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: TenantSlug,
        email: Email,
    ) -> Result<(), ApiError> {
        self.must_be_open(&tenant).await?;
        let (application, context) = (self.clone(), self.context(caller, command_id));
        self.background.spawn(async move {
            if let Err(error) = application.mail_link(&context, &tenant, &email).await {
                tracing::warn!(reason = error.reason(), "a sign-in link was not mailed");
            }
        });
        Ok(())
    }

    async fn mail_link(&self, context: &CommandContext, tenant: &TenantSlug, email: &Email) -> Result<(), ApiError> {
        let Some(member) = self.holder(tenant, EMAIL, email.as_str()).await? else { return Ok(()) };
        must_be_active(self.member(tenant, member).await?.state.standing)?;
        let (token, expires_at) = self.issue_link(context, tenant, member).await?;
        let text = token.text();
        let command_id = context.command_id;
        self.links.send(SignInMail { command_id, tenant, member, token: &text, expires_at }).await
    }

    async fn issue_link(
        &self,
        context: &CommandContext,
        tenant: &TenantSlug,
        member: MemberId,
    ) -> Result<(Token, Timestamp), ApiError> {
        let link = derive_owned_id(tenant.as_str(), &context.actor.0, context.command_id, "sign_in_link", 0, member.0);
        let token = self.token(tenant, "sign-in link", link, context.command_id).await?;
        let expires_at = context.at.plus_seconds(self.sign_in.link_seconds);
        let issue = sign_in_link::Issue { member, secret_hash: token.hash(), expires_at, at: context.at };
        self.executor.run::<sign_in_link::SignInLink>(&link_key(tenant, link), &issue.into(), context).await?;
        Ok((token, expires_at))
    }

    /// Takes a link once and opens a session.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` if the link is not valid, was used, or is too old.
    pub async fn redeem_sign_in(
        &self,
        caller: &Caller,
        command_id: CommandId,
        token: &Token,
    ) -> Result<(Token, Timestamp), ApiError> {
        let context = self.context(caller, command_id);
        let (tenant, key) = (&token.tenant, link_key(&token.tenant, token.id));
        self.must_be_open(tenant).await?;
        let redeem = sign_in_link::Redeem { secret_hash: token.hash(), at: context.at };
        self.executor.run::<sign_in_link::SignInLink>(&key, &redeem.into(), &context).await?;
        let link = self.executor.load::<sign_in_link::SignInLink>(&key).await?;
        let sign_in_link::State::Redeemed { member } = link.state else {
            return Err(sign_in_link::Refusal::Invalid.into());
        };
        self.open_session(&context, tenant, member).await
    }

    /// Opens a session, or issues a link, for a member without a mail; operators only.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn open_for(
        &self,
        caller: &Caller,
        command_id: CommandId,
        tenant: &TenantSlug,
        member: MemberId,
        as_link: bool,
    ) -> Result<(Token, Timestamp), ApiError> {
        let context = self.context(caller, command_id);
        if as_link {
            must_be_active(self.member(tenant, member).await?.state.standing)?;
            self.issue_link(&context, tenant, member).await
        } else {
            self.open_session(&context, tenant, member).await
        }
    }

    async fn open_session(
        &self,
        context: &CommandContext,
        tenant: &TenantSlug,
        member: MemberId,
    ) -> Result<(Token, Timestamp), ApiError> {
        must_be_active(self.member(tenant, member).await?.state.standing)?;
        let session = derive_owned_id(tenant.as_str(), &context.actor.0, context.command_id, "session", 0, member.0);
        let token = self.token(tenant, "session", session, context.command_id).await?;
        let expires_at = context.at.plus_seconds(self.sign_in.session_seconds);
        let open = session::Open { member, secret_hash: token.hash(), authenticated_at: context.at, expires_at };
        self.executor.run::<session::Session>(&session_key(tenant, session), &open.into(), context).await?;
        Ok((token, expires_at))
    }

    /// Who a session's secret belongs to, checked at the log's leader.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED` for anything but an open session of an active member.
    pub async fn resolve_session(&self, token: &Token) -> Result<Resolved, ApiError> {
        let key = session_key(&token.tenant, token.id);
        let loaded = self.executor.load::<session::Session>(&key).await?;
        let unknown = || ApiError::unauthenticated("SESSION_UNKNOWN", "this session is not open");
        let session::State::Open { member, secret_hash, authenticated_at, expires_at } = loaded.state else {
            return Err(unknown());
        };
        // Hashes of an unguessable secret: their comparison need not hide its timing.
        if secret_hash != token.hash() || expires_at <= self.clock.now() {
            return Err(unknown());
        }
        let (tenant_state, person) =
            futures::try_join!(self.tenant(&token.tenant), self.member(&token.tenant, member))?;
        if must_be_open(&tenant_state.state).and(must_be_active(person.state.standing)).is_err() {
            return Err(unknown());
        }
        let roles = person.state.roles.iter().copied().collect();
        let handle = self.address(&token.tenant, member).await?.handle;
        let (tenant, session) = (token.tenant.clone(), SessionId(token.id));
        Ok(Resolved { tenant, member, session, roles, handle, authenticated_at, expires_at })
    }

    /// Closes the caller's session.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    pub async fn sign_out(&self, caller: &Caller, command_id: CommandId) -> Result<Receipt, ApiError> {
        let claims = caller.member()?;
        let key = session_key(&claims.tenant, claims.session);
        let command = session::Close { at: self.clock.now() };
        Ok(self.executor.run::<session::Session>(&key, &command.into(), &self.context(caller, command_id)).await?)
    }

    async fn token(
        &self,
        tenant: &TenantSlug,
        what: &'static str,
        id: EntityId,
        command_id: CommandId,
    ) -> Result<Token, ApiError> {
        let key = self.keeper.tenant_reservation_key(tenant).await.map_err(|error| keys_unavailable(&error))?;
        let secret = key.reservation_key(what, &format!("{id}:{command_id}")).digest;
        let secret = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Token { tenant: tenant.clone(), id, secret })
    }
}
