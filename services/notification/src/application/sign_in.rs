//! Mailing a sign-in link: at once, past the log, which must never hold the raw token.

use std::time::Duration;

use kindred_eventsourcing::{EventStore, Timestamp};
use kindred_ids::{CommandId, MemberId, TenantSlug};
use kindred_service_kit::error::ApiError;
use tokio::time::Instant;

use super::Courier;
use crate::domain::delivery::Failure;
use crate::mail::SignInMail;

/// Longer texts are no tokens.
const LONGEST_TOKEN: usize = 512;
/// First pause between tries; each next one is twice as long, up to two seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// A link that the membership service issued.
#[derive(Clone)]
pub struct SignInLink {
    /// The command that asked for it.
    pub command_id: CommandId,
    /// Whose tenant.
    pub tenant: TenantSlug,
    /// Who signs in.
    pub member: MemberId,
    /// What signs them in.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
}

impl<S: EventStore> Courier<S> {
    /// Mails a link, trying again until `deadline`. Nothing of it is stored anywhere.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for a token that cannot stand in a link or is over,
    /// `FAILED_PRECONDITION` if the member cannot be written to, `UNAVAILABLE` if the mail
    /// server did not take it in time.
    #[tracing::instrument(name = "mail.sign_in.send", skip_all, fields(kindred.command.id = %link.command_id))]
    pub async fn send_sign_in_link(&self, link: &SignInLink, deadline: Instant) -> Result<(), ApiError> {
        let now = self.clock.now();
        let minutes = minutes_left(link.expires_at, now)?;
        check_token(&link.token)?;
        let recipient = self.addresses.find(&link.tenant, link.member).await?;
        let recipient = recipient.ok_or_else(|| {
            ApiError::refused("NO_ADDRESS", "this member cannot be written to: suspended, erased or unknown")
        })?;
        let mail = SignInMail { tenant: &link.tenant, command: link.command_id, token: &link.token, minutes };
        let mail = self.composer.sign_in(&mail, &recipient, now).map_err(|error| ApiError::internal(&error))?;
        let mut pause = FIRST_PAUSE;
        loop {
            let Err(failure) = self.post.send(&mail).await else { return Ok(()) };
            if failure.permanent {
                return Err(ApiError::refused(
                    "MAIL_REFUSED",
                    format!("the mail server refused it ({})", failure.code),
                ));
            }
            if Instant::now() + pause >= deadline {
                return Err(unavailable(&failure));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }
}

fn unavailable(failure: &Failure) -> ApiError {
    tracing::warn!(code = failure.code.as_str(), "sign-in link was not mailed in time");
    ApiError::unavailable("MAIL_UNAVAILABLE", format!("the mail server did not take it in time ({})", failure.code))
}

/// Whole minutes, rounded down so that the mail promises no more than holds.
fn minutes_left(expires_at: Timestamp, now: Timestamp) -> Result<i64, ApiError> {
    let left = expires_at.millis().saturating_sub(now.millis());
    if left <= 0 {
        return Err(ApiError::invalid("expires_at", "LINK_EXPIRED", "`expires_at` is not in the future"));
    }
    Ok((left / 60_000).max(1))
}

fn check_token(token: &str) -> Result<(), ApiError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    if token.is_empty() || token.len() > LONGEST_TOKEN || !token.bytes().all(plain) {
        return Err(ApiError::invalid("token", "TOKEN_MALFORMED", "`token` cannot stand in a link"));
    }
    Ok(())
}
