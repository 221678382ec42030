//! A batched direct get (ADR-31): one request, many messages, an end mark.
//!
//! A page ends at status 204 only, or empty at 404; a message lost on the way is seen by
//! the sequence that the next one names as its predecessor.

use async_nats::header::{HeaderName, NATS_LAST_SEQUENCE, NATS_SEQUENCE, NATS_SUBJECT};
use async_nats::{HeaderMap, Message};
use kindred_eventsourcing::{RecordedCommit, StoreError};

use crate::message::read_commit;
use crate::store::Core;

/// Messages of a page: they come without flow control.
const BATCH: u32 = 256;
/// Bytes of a page.
const MAX_BYTES: u32 = 1024 * 1024;

const NUM_PENDING: HeaderName = HeaderName::from_static("Nats-Num-Pending");

/// How a page ended.
pub(super) enum End {
    /// The last commit asked for is here.
    Through,
    /// There is more.
    More,
    /// The replica that answered has no more.
    NoMore,
    /// It broke off.
    Cut(Box<dyn std::error::Error + Send + Sync>),
}

impl Core {
    /// Adds the commits of one page to `commits`.
    pub(super) async fn page(
        &self,
        subject: &str,
        from: u64,
        through: u64,
        commits: &mut Vec<RecordedCommit>,
    ) -> Result<End, StoreError> {
        let request = format!(r#"{{"seq":{from},"next_by_subj":"{subject}","batch":{BATCH},"max_bytes":{MAX_BYTES}}}"#);
        let mut replies = self.replies.register();
        let asked = format!("$JS.API.DIRECT.GET.{}", self.stream);
        if let Err(silence) = self.client.ask(asked, replies.inbox().to_owned(), request.into()).await {
            return Ok(End::Cut(silence.into_source()));
        }
        let mut previous = None;
        loop {
            let message = match tokio::time::timeout(self.options.attempt, replies.next()).await {
                Ok(Some(message)) => message,
                Ok(None) => return Ok(End::Cut("the connection was lost".into())),
                Err(elapsed) => return Ok(End::Cut(elapsed.into())),
            };
            if let Some(status) = message.status {
                return Ok(end(status.as_u16(), &message));
            }
            let Some(headers) = &message.headers else { return Ok(End::Cut("a message without headers".into())) };
            let Some(sequence) = number(headers, &NATS_SEQUENCE) else {
                return Ok(End::Cut("a message without sequence".into()));
            };
            // A message of this page went missing on the way: ask again from there.
            if previous.is_some() && number(headers, &NATS_LAST_SEQUENCE) != previous {
                return Ok(End::More);
            }
            previous = Some(sequence);
            if sequence > through {
                return Ok(End::Through);
            }
            let subject = headers.get(NATS_SUBJECT).map_or("", |value| value.as_str());
            commits.push(read_commit(sequence, subject, Some(headers), message.payload.clone())?);
            if sequence == through {
                return Ok(End::Through);
            }
        }
    }
}

fn end(status: u16, message: &Message) -> End {
    let pending = message.headers.as_ref().and_then(|headers| number(headers, &NUM_PENDING));
    match (status, pending) {
        (204, Some(0) | None) | (404, _) => End::NoMore,
        (204, Some(_)) => End::More,
        _ => End::Cut(format!("status {status} {}", message.description.as_deref().unwrap_or_default()).into()),
    }
}

pub(super) fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name.clone())?.as_str().parse().ok()
}
