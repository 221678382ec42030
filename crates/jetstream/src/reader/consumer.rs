//! A pull consumer that is thrown away at the first doubt.

use std::time::Duration;

use async_nats::header::HeaderName;
use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use kindred_eventsourcing::{RecordedCommit, StoreError};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

use super::delivery::Delivered;
use crate::api;
use crate::store::Core;

/// Messages asked for at once.
const PULL: u64 = 5000;
/// Bytes asked for at once: bounds what waits in memory.
const PULL_BYTES: u64 = 8 << 20;
/// The next pull is sent when fewer than this are outstanding.
const REFILL: u64 = PULL / 2;
const EXPIRES: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Longer without any sign of life, and the consumer is given up.
const SILENCE: Duration = Duration::from_secs(3);
const INACTIVE: Duration = Duration::from_secs(60);

/// What the server says at the end of one pull, not of the consumer.
const ENDS_A_PULL: [&str; 2] = ["Batch Completed", "Message Size Exceeds MaxBytes"];

const PENDING_MESSAGES: HeaderName = HeaderName::from_static("Nats-Pending-Messages");

/// What a consumer gives.
pub(super) enum Event {
    Message(Delivered),
    /// Nothing in time.
    Nothing,
    /// It cannot be relied on any more.
    Broken(&'static str),
}

/// See the module.
pub(super) struct Consumer {
    next_subject: String,
    inbox: String,
    messages: Subscriber,
    losses: watch::Receiver<u64>,
    /// How many messages there were for it when it was made.
    pending: u64,
    outstanding: u64,
    delivered: u64,
    heard: Instant,
}

/// What we rely on of the answer.
#[derive(Deserialize)]
struct Made {
    #[serde(default)]
    num_pending: u64,
}

impl Consumer {
    /// Makes one that starts at `first`.
    pub(super) async fn create(core: &Core, first: u64, filter: Option<&str>) -> Result<Self, StoreError> {
        let inbox = core.client.inbox();
        let name = format!("r{}", inbox.rsplit('.').next().unwrap_or_default());
        let losses = core.client.watch_losses();
        let unavailable = |silence: crate::connection::Silence| core.unavailable(silence.into_source());
        let messages = core.client.listen(inbox.clone()).await.map_err(unavailable)?;
        let mut config = json!({
            "name": name,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": first,
            "ack_policy": "none",
            "replay_policy": "instant",
            "inactive_threshold": INACTIVE.as_nanos() as u64,
            "num_replicas": 1,
            "mem_storage": true,
        });
        let mut subject = format!("$JS.API.CONSUMER.CREATE.{}.{name}", core.stream);
        if let Some(filter) = filter {
            config["filter_subject"] = json!(filter);
            subject = format!("{subject}.{filter}");
        }
        let request = json!({ "stream_name": core.stream, "config": config, "action": "create" });
        let made: Made = api::call(&core.client, &subject, &request, core.options.attempt)
            .await
            .map_err(|error| core.unavailable(Box::new(error)))?;
        let next_subject = format!("$JS.API.CONSUMER.MSG.NEXT.{}.{name}", core.stream);
        let (pending, heard) = (made.num_pending, Instant::now());
        Ok(Self { next_subject, inbox, messages, losses, pending, outstanding: 0, delivered: 0, heard })
    }

    /// The next message, waiting at most until `until`.
    pub(super) async fn next(&mut self, core: &Core, until: Instant) -> Event {
        // While the caller was away nobody listened: silence counts from now on.
        self.heard = Instant::now();
        loop {
            if self.outstanding < REFILL && self.pull(core, PULL).await.is_err() {
                return Event::Broken("the request for more was not sent");
            }
            let message = tokio::select! {
                biased;
                message = self.messages.next() => message,
                _lost = self.losses.changed() => return Event::Broken("the connection was lost"),
                () = tokio::time::sleep_until(until.min(self.heard + SILENCE)) => {
                    if Instant::now() >= self.heard + SILENCE {
                        return Event::Broken("no heartbeat came");
                    }
                    return Event::Nothing;
                }
            };
            let Some(message) = message else { return Event::Broken("the subscription ended") };
            if let Some(event) = self.accept(message) {
                return event;
            }
        }
    }

    /// The next message that is already here.
    pub(super) fn ready(&mut self) -> Option<Event> {
        loop {
            // Not under the task's budget, which would end every batch after 128 messages.
            let message = tokio::task::unconstrained(self.messages.next()).now_or_never()??;
            if let Some(event) = self.accept(message) {
                return Some(event);
            }
        }
    }

    async fn pull(&mut self, core: &Core, messages: u64) -> Result<(), crate::connection::Silence> {
        let request = json!({
            "batch": messages,
            "max_bytes": PULL_BYTES,
            "expires": EXPIRES.as_nanos() as u64,
            "idle_heartbeat": HEARTBEAT.as_nanos() as u64,
        });
        core.client.ask(self.next_subject.clone(), self.inbox.clone(), Bytes::from(request.to_string())).await?;
        self.outstanding += messages;
        Ok(())
    }

    /// Takes a message or a status in; none if it says nothing.
    fn accept(&mut self, message: Message) -> Option<Event> {
        self.heard = Instant::now();
        if let Some(status) = message.status {
            return self.note(status.as_u16(), &message);
        }
        let Some(delivered) = Delivered::read(message) else {
            return Some(Event::Broken("a message without a place came"));
        };
        self.delivered += 1;
        if delivered.delivery != self.delivered {
            return Some(Event::Broken("a message is missing"));
        }
        self.outstanding = self.outstanding.saturating_sub(1);
        Some(Event::Message(delivered))
    }

    /// A heartbeat, or the end of a pull with what it did not deliver.
    fn note(&mut self, status: u16, message: &Message) -> Option<Event> {
        let text = message.description.as_deref().unwrap_or_default();
        let ended = status == 408 || (status == 409 && ENDS_A_PULL.iter().any(|end| text.contains(end)));
        match status {
            100 => None,
            _ if ended => {
                let pending = message.headers.as_ref().and_then(|headers| headers.get(PENDING_MESSAGES));
                let left = pending.and_then(|pending| pending.as_str().parse().ok()).unwrap_or(self.outstanding);
                self.outstanding = self.outstanding.saturating_sub(left);
                None
            }
            _ => Some(Event::Broken("the server ended the consumer")),
        }
    }
}

/// The first message from a sequence on, by a consumer of its own: for a stream whose
/// messages we may not ask for.
pub(crate) async fn fetch(core: &Core, first: u64, until: Instant) -> Result<Option<Delivered>, StoreError> {
    let mut consumer = Consumer::create(core, first, None).await?;
    consumer.pull(core, 1).await.map_err(|silence| core.unavailable(silence.into_source()))?;
    consumer.outstanding = PULL;
    match consumer.next(core, until).await {
        Event::Message(message) => Ok(Some(message)),
        Event::Nothing => Ok(None),
        Event::Broken(why) => Err(core.unavailable(why.into())),
    }
}

/// All commits on a filter behind a sequence, for whom we may not ask either.
pub(crate) async fn gather(core: &Core, after: u64, filter: &str) -> Result<Vec<RecordedCommit>, StoreError> {
    core.ready().await?;
    let until = Instant::now() + core.options.deadline;
    let mut consumer = Consumer::create(core, after + 1, Some(filter)).await?;
    let mut commits = Vec::new();
    while (commits.len() as u64) < consumer.pending {
        match consumer.next(core, until).await {
            Event::Message(message) => commits.push(message.into_commit()?),
            Event::Nothing => return Err(core.unavailable("the messages did not come".into())),
            Event::Broken(why) => return Err(core.unavailable(why.into())),
        }
    }
    Ok(commits)
}
