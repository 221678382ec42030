//! Lawful removals: taking a message out, and telling the hole that it leaves from a loss.

use std::time::Duration;

use kindred_eventsourcing::{ChainHash, RecordedCommit, Removable, StoreError, was_removed};
use serde_json::json;
use tokio::time::Instant;

use crate::append::backoff;
use crate::reader::gather;
use crate::store::Core;
use crate::topology::redaction_filter;
use crate::{CallError, JetStreamStore, api};

impl JetStreamStore {
    /// Checks that the stream still holds the message at `sequence` with `hash`, or that this
    /// very one was lawfully removed; 0 always holds.
    ///
    /// # Errors
    ///
    /// [`LogDamaged`](kindred_eventsourcing::LogDamaged) within [`StoreError`] if it does not.
    pub async fn verify_position(&self, sequence: u64, hash: ChainHash) -> Result<(), StoreError> {
        if sequence == 0 {
            return Ok(());
        }
        let what = match self.core.message_at(sequence).await? {
            Some(message) if message.hash() == hash => return Ok(()),
            Some(_) => "the message there is another one than before",
            None if was_removed(self, sequence, hash).await? => return Ok(()),
            None => "the message there is gone",
        };
        Err(self.core.damaged(sequence, what).into())
    }
}

impl Removable for JetStreamStore {
    async fn occupied(&self, sequence: u64) -> Result<bool, StoreError> {
        Ok(self.core.message_at(sequence).await?.is_some())
    }

    #[tracing::instrument(name = "log.commit.remove", skip_all, fields(kindred.context = self.core.context))]
    async fn remove(&self, sequence: u64) -> Result<(), StoreError> {
        self.core.erase(sequence).await
    }
}

impl Core {
    /// The markers of lawful removals behind `after`.
    pub(crate) async fn redactions(&self, after: u64) -> Result<Vec<RecordedCommit>, StoreError> {
        let filter = redaction_filter(&self.context);
        if !self.is_ours {
            return gather(self, after, &filter).await;
        }
        match self.last_on(&filter).await? {
            Some(last) if last.sequence > after => self.load(&filter, after, last.sequence).await,
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// Takes a message out, its bytes overwritten; refused to every service.
    async fn erase(&self, sequence: u64) -> Result<(), StoreError> {
        self.must_be_ours()?;
        let subject = format!("$JS.API.STREAM.MSG.DELETE.{}", self.stream);
        let request = json!({ "seq": sequence, "no_erase": false });
        let until = Instant::now() + self.options.deadline;
        loop {
            self.ready().await?;
            let outcome: Result<serde_json::Value, CallError> =
                api::call(&self.client, &subject, &request, self.options.attempt).await;
            match outcome {
                Ok(_) => return Ok(()),
                // It may be gone by an earlier call that was not answered.
                Err(CallError::Refused(_)) if self.message_at(sequence).await?.is_none() => return Ok(()),
                Err(error) if error.is_passing() && Instant::now() < until => {
                    tokio::time::sleep(backoff::jittered(Duration::from_millis(20))).await;
                }
                Err(error) => return Err(self.unavailable(Box::new(error))),
            }
        }
    }
}
