//! What members want to be told, and where.

use futures::future::try_join_all;
use kindred_eventsourcing::{Actor, CommandContext, EventStore, Receipt};
use kindred_ids::{CommandId, MemberId, TenantSlug};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;

use super::Application;
use crate::domain::identity::preference_key;
use crate::domain::notice::{Channel, Kind};
use crate::domain::preference::{Preference, SetPreference};
use crate::mail::{Subscription, TokenError};

/// Who acts where the bearer of a mail's token does.
const MAIL_READER: &str = "mail-reader";

impl<S: EventStore> Application<S> {
    /// Whether a member wants a kind on a channel, at the log's leader.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer.
    pub(super) async fn wants(
        &self,
        tenant: &TenantSlug,
        member: MemberId,
        kind: Kind,
        channel: Channel,
    ) -> Result<bool, ApiError> {
        let loaded = self.executor.load::<Preference>(&preference_key(tenant, member, kind, channel)).await?;
        Ok(loaded.state.is_on(kind, channel))
    }

    /// Every preference of the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log does not answer.
    #[tracing::instrument(name = "query.preference.list", skip_all)]
    pub async fn preferences(&self, caller: &Caller) -> Result<Vec<(Kind, Channel, bool)>, ApiError> {
        let claims = caller.member()?;
        let all = Kind::ALL.into_iter().flat_map(|kind| Channel::ALL.map(|channel| (kind, channel)));
        try_join_all(all.map(|(kind, channel)| async move {
            let on = self.wants(&claims.tenant, claims.member, kind, channel).await?;
            Ok((kind, channel, on))
        }))
        .await
    }

    /// Turns a kind on or off on a channel for the caller.
    ///
    /// # Errors
    ///
    /// [`ApiError`].
    #[tracing::instrument(name = "command.preference.set", skip_all, fields(kindred.command.id = %command_id))]
    pub async fn set_preference(
        &self,
        caller: &Caller,
        command_id: CommandId,
        (kind, channel, on): (Kind, Channel, bool),
    ) -> Result<Receipt, ApiError> {
        let claims = caller.member()?;
        let context = self.context(caller, command_id);
        let command = SetPreference { member: claims.member, kind, channel, on, at: context.at };
        let key = preference_key(&claims.tenant, claims.member, kind, channel);
        Ok(self.executor.run::<Preference>(&key, &command, &context).await?)
    }

    /// Turns mails of a kind off by the token of one of them. The token says whose and which;
    /// who brings it does not matter.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` on `token` if it was not signed here; [`ApiError`] if the log does
    /// not answer.
    #[tracing::instrument(name = "command.preference.unsubscribe", skip_all)]
    pub async fn unsubscribe(&self, token: &str) -> Result<Kind, ApiError> {
        let Subscription { tenant, member, kind } = self.unsubscribe.verify(token)?;
        let key = preference_key(&tenant, member, kind, Channel::Email);
        let loaded = self.executor.load::<Preference>(&key).await?;
        // A link works again after its reader turned mails on again, so the command is named
        // after what it changes; the same click twice is still one command.
        let command_id = CommandId::derived(&[b"unsubscribe", token.as_bytes(), &loaded.version.to_be_bytes()]);
        let context = CommandContext::new(command_id, Actor(MAIL_READER.to_owned()), self.clock.now());
        let command = SetPreference { member, kind, channel: Channel::Email, on: false, at: context.at };
        self.executor.run_from::<Preference>(&key, loaded, &command, &context).await?;
        Ok(kind)
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let reason = match error {
            TokenError::Malformed => "TOKEN_MALFORMED",
            TokenError::Signature => "TOKEN_BAD_SIGNATURE",
        };
        Self::invalid("token", reason, error.to_string())
    }
}
