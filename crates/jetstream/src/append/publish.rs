//! One try: a message by itself, or several as an atomic batch.

use std::sync::atomic::Ordering;

use async_nats::HeaderMap;
use async_nats::header::{NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE};

use super::reply::{Reply, read_ack};
use crate::connection::Silence;
use crate::message::Outgoing;
use crate::store::Core;
use crate::telemetry;

impl Core {
    /// Publishes once and waits for the answer.
    pub(crate) async fn publish(&self, messages: &[Outgoing]) -> Result<Reply, Silence> {
        let outcome = match messages {
            [] => Ok(Reply::Stored(0)),
            [message] => self.publish_last(message, message.header_map(&self.stream), 1).await,
            [first @ .., last] => self.publish_batch(first, last).await,
        };
        tracing::trace!(target: telemetry::target::REPLY, context = self.context, outcome = ?outcome, "publish answered");
        outcome
    }

    async fn publish_batch(&self, first: &[Outgoing], last: &Outgoing) -> Result<Reply, Silence> {
        // The server holds at most 50 open batches for a stream.
        let _open = self.batches.acquire().await.map_err(|closed| Silence::Lost(closed.into()))?;
        let batch = format!("{}-{}", self.instance, self.next_batch.fetch_add(1, Ordering::Relaxed));
        for (index, message) in first.iter().enumerate() {
            let headers = in_batch(message.header_map(&self.stream), &batch, index + 1);
            self.client.send(message.subject.clone(), headers, message.body.clone()).await?;
        }
        let mut headers = in_batch(last.header_map(&self.stream), &batch, first.len() + 1);
        headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
        self.publish_last(last, headers, first.len() + 1).await
    }

    async fn publish_last(&self, message: &Outgoing, headers: HeaderMap, messages: usize) -> Result<Reply, Silence> {
        let (subject, body) = (message.subject.clone(), message.body.clone());
        if cfg!(feature = "sabotage-1") {
            self.client.send(subject, headers, body).await?;
            return Ok(Reply::Stored(message.expected + messages as u64));
        }
        let answer = self.client.request(subject, Some(headers), body, self.options.attempt).await?;
        let ack = read_ack(&answer.payload).map_err(|error| Silence::Lost(error.into()))?;
        if let Some(error) = &ack.error {
            tracing::trace!(target: telemetry::target::REPLY, context = self.context, code = error.err_code, "publish refused");
        }
        Ok(Reply::of(ack, messages))
    }
}

fn in_batch(mut headers: HeaderMap, batch: &str, sequence: usize) -> HeaderMap {
    headers.insert(NATS_BATCH_ID, batch);
    headers.insert(NATS_BATCH_SEQUENCE, sequence.to_string());
    headers
}
