//! Reading a stream in order, without acknowledgements: the caller keeps the position.
//!
//! A consumer is made behind the position under a random name and lives in memory. It is
//! made anew from the position after any gap, missing heartbeat, lost connection or
//! error; before that the stream is checked to be the same and to reach the position.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{BATCH_BYTES, Batch, LogReader, RecordedCommit, StoreError};
use kindred_ids::Partition;
use tokio::time::Instant;

use crate::append::backoff;
use crate::store::Core;

mod consumer;
mod delivery;

use consumer::{Consumer, Event};
pub(crate) use consumer::{fetch, gather};

/// Reads the commits of a stream, or of one of its partitions.
pub struct JetStreamReader {
    core: Arc<Core>,
    /// What the subjects of the partition begin with.
    partition: Option<String>,
    position: u64,
    consumer: Option<Consumer>,
    started: bool,
}

impl JetStreamReader {
    pub(crate) async fn open(core: Arc<Core>, after: u64, partition: Option<Partition>) -> Result<Self, StoreError> {
        let partition = partition.map(|partition| format!("es.{}.{partition}.", core.context));
        let mut reader = Self { core, partition, position: after, consumer: None, started: false };
        // A cluster that has just come together may not answer the first call.
        let until = Instant::now() + reader.core.options.deadline;
        loop {
            match reader.consumer().await {
                Ok(_) => return Ok(reader),
                Err(StoreError::Unavailable { .. }) if Instant::now() < until => {
                    tokio::time::sleep(backoff::jittered(Duration::from_millis(20))).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The consumer at work; a new one behind the position if there is none.
    async fn consumer(&mut self) -> Result<&mut Consumer, StoreError> {
        let consumer = match self.consumer.take() {
            Some(consumer) => consumer,
            None => self.start().await?,
        };
        Ok(self.consumer.insert(consumer))
    }

    async fn start(&mut self) -> Result<Consumer, StoreError> {
        if self.started {
            self.core.count_reader_restart();
        }
        let head = self.core.check_identity().await?;
        if head < self.position {
            let what = format!("the stream ends there, a reader has come to {}", self.position);
            return Err(self.core.damaged(head, &what).into());
        }
        let consumer = Consumer::create(&self.core, self.position + 1, self.filter().as_deref()).await?;
        self.started = true;
        Ok(consumer)
    }

    /// What the server filters by. Where the last message of a partition cannot be asked
    /// for, nothing would tell that a filtered consumer has come to the head: there all is
    /// read and the rest left out here.
    fn filter(&self) -> Option<String> {
        self.partition.as_ref().filter(|_| self.core.is_ours).map(|prefix| format!("{prefix}>"))
    }

    /// Waits for the first event that is or may lead to a commit.
    async fn first(&mut self, until: Instant) -> Result<Option<Event>, StoreError> {
        loop {
            let core = self.core.clone();
            let consumer = self.consumer().await?;
            match consumer.next(&core, until).await {
                Event::Broken(why) => {
                    tracing::warn!(stream = self.core.stream, why, "reader starts again from its position");
                    self.consumer = None;
                    if Instant::now() >= until {
                        return Ok(None);
                    }
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Event::Nothing => return Ok(None),
                event @ Event::Message(_) => return Ok(Some(event)),
            }
        }
    }

    /// Takes one delivered message; false if it cannot be read and the batch must end
    /// before it.
    fn take(&mut self, message: delivery::Delivered, batch: &mut Batch) -> Result<bool, StoreError> {
        if message.sequence <= self.position {
            return Ok(true);
        }
        let sequence = message.sequence;
        let wanted = self.partition.as_ref().is_none_or(|prefix| message.subject().starts_with(prefix));
        if wanted && message.subject() != self.core.probe {
            match message.into_commit() {
                Ok(commit) => batch.commits.push(commit),
                Err(_) if !batch.commits.is_empty() => {
                    self.consumer = None;
                    return Ok(false);
                }
                Err(error) => {
                    self.consumer = None;
                    return Err(error);
                }
            }
        }
        self.position = sequence;
        Ok(true)
    }

    /// The next message of a batch: what is here, and what the server said is coming, so
    /// that a reader that catches up gives full batches and one at the head never waits.
    async fn following(&mut self, more: bool, until: Instant) -> Option<Event> {
        let consumer = self.consumer.as_mut()?;
        match consumer.ready() {
            None if more => match consumer.next(&self.core, until).await {
                Event::Nothing => None,
                event => Some(event),
            },
            event => event,
        }
    }

    /// Where a reader of one partition stands when nothing of it is left: at the head of
    /// the stream, if the partition's last message, read after the head, is delivered.
    async fn idle_position(&mut self) -> Result<(), StoreError> {
        let Some(filter) = self.filter() else { return Ok(()) };
        let head = self.core.head().await?;
        let last = self.core.last_on(&filter).await?.map_or(0, |message| message.sequence);
        if last <= self.position {
            self.position = self.position.max(head);
        }
        Ok(())
    }
}

impl LogReader for JetStreamReader {
    async fn next(&mut self, most: usize, wait: Duration) -> Result<Batch, StoreError> {
        let mut batch = Batch::default();
        let until = Instant::now() + wait;
        let Some(first) = self.first(until).await? else {
            self.idle_position().await?;
            batch.position = self.position;
            return Ok(batch);
        };
        let mut bytes = 0;
        let mut event = Some(first);
        while let Some(arrived) = event {
            let Event::Message(message) = arrived else {
                self.consumer = None;
                break;
            };
            let more = message.pending > 0;
            let before = batch.commits.len();
            let goes_on = self.take(message, &mut batch)?;
            bytes += batch.commits[before..].iter().map(RecordedCommit::size).sum::<usize>();
            if !goes_on || batch.commits.len() >= most || bytes >= BATCH_BYTES {
                break;
            }
            event = self.following(more, until).await;
        }
        batch.position = self.position;
        Ok(batch)
    }
}
