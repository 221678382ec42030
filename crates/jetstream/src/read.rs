//! Reading by subject and sequence.
//!
//! Single messages are read from the stream's leader: of a stream of one copy by a direct
//! get, which costs the server a fraction and which only the leader can answer then. An
//! entity is read in pages from whichever replica answers, and completed from the leader if
//! that replica lags.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::{NATS_SEQUENCE, NATS_SUBJECT};
use bytes::Bytes;
use kindred_eventsourcing::{RecordedCommit, StoreError};
use tokio::time::Instant;

use crate::api::{self, code};
use crate::append::backoff;
use crate::message::{MessageAnswer, StoredMessage, read_commit};
use crate::store::Core;
use crate::{CallError, reader, topology};

mod page;
mod replies;
mod turns;

pub(crate) use replies::Replies;
pub(crate) use turns::Turns;

/// How often a lagging replica is asked again before the leader is.
const STALE_TRIES: u32 = 4;

/// A message as a direct get hands it out.
struct Direct {
    sequence: u64,
    headers: HeaderMap,
    body: Bytes,
}

impl Direct {
    fn subject(&self) -> &str {
        self.headers.get(NATS_SUBJECT).map_or("", |value| value.as_str())
    }
}

fn last_request(subject: &str) -> String {
    format!(r#"{{"last_by_subj":"{subject}"}}"#)
}

impl Core {
    /// The newest message on a subject, which may hold wildcards.
    pub(crate) async fn last_on(&self, subject: &str) -> Result<Option<StoredMessage>, StoreError> {
        let stored = |direct: Direct| {
            StoredMessage::of_map(direct.sequence, direct.subject().to_owned(), Some(&direct.headers), direct.body)
        };
        match self.last_direct(subject).await? {
            Some(direct) => Ok(direct.map(stored)),
            None => self.get(last_request(subject)).await,
        }
    }

    /// As [`Self::last_on`], as a commit; many who ask at once are answered together, as a
    /// tenant that everybody's command rests on is asked for all the time.
    pub(crate) async fn tail_of(&self, subject: &str) -> Result<Option<RecordedCommit>, StoreError> {
        let read = || async move { self.read_tail(subject).await.map(|tail| tail.map(Arc::new)) };
        Ok(self.tails.read(subject, read).await?.map(Arc::unwrap_or_clone))
    }

    async fn read_tail(&self, subject: &str) -> Result<Option<RecordedCommit>, StoreError> {
        let commit =
            |direct: Direct| read_commit(direct.sequence, direct.subject(), Some(&direct.headers), direct.body.clone());
        match self.last_direct(subject).await? {
            Some(direct) => direct.map(commit).transpose(),
            None => self.get(last_request(subject)).await?.map(StoredMessage::into_commit).transpose(),
        }
    }

    /// The message at a sequence.
    pub(crate) async fn message_at(&self, sequence: u64) -> Result<Option<StoredMessage>, StoreError> {
        if sequence == 0 {
            return Ok(None);
        }
        if !self.is_ours {
            return self.fetch_at(sequence).await;
        }
        self.get(format!(r#"{{"seq":{sequence}}}"#)).await
    }

    /// The message at a sequence of a stream that we may only follow.
    async fn fetch_at(&self, sequence: u64) -> Result<Option<StoredMessage>, StoreError> {
        if self.head().await? < sequence {
            return Ok(None);
        }
        match reader::fetch(self, sequence, Instant::now() + self.options.deadline).await? {
            Some(message) if message.sequence == sequence => Ok(Some(message.into_stored())),
            Some(_) => Ok(None),
            None => Err(self.unavailable("the message did not come".into())),
        }
    }

    /// The first message on a subject from a sequence on.
    async fn next_on(&self, subject: &str, sequence: u64) -> Result<Option<StoredMessage>, StoreError> {
        self.get(format!(r#"{{"seq":{sequence},"next_by_subj":"{subject}"}}"#)).await
    }

    /// Asks for the newest message on a subject where whoever answers is the leader;
    /// nothing if nobody does, or otherwise than with a message or the word that there is none.
    async fn last_direct(&self, subject: &str) -> Result<Option<Option<Direct>>, StoreError> {
        if !self.is_one_copy {
            return Ok(None);
        }
        self.must_be_ours()?;
        self.ready().await?;
        let asked = format!("$JS.API.DIRECT.GET.{}", self.stream);
        let answer = self.client.request(asked, None, last_request(subject).into(), self.options.attempt).await;
        Ok(answer.ok().and_then(|answer| match (answer.status.map(|status| status.as_u16()), answer.headers) {
            (None, Some(headers)) if headers.get(NATS_SUBJECT).is_some() => {
                let sequence = page::number(&headers, &NATS_SEQUENCE)?;
                Some(Some(Direct { sequence, headers, body: answer.payload }))
            }
            (Some(404), _) => Some(None),
            _ => None,
        }))
    }

    /// Asks the leader for one message, again while it is silent.
    async fn get(&self, request: String) -> Result<Option<StoredMessage>, StoreError> {
        self.must_be_ours()?;
        self.ready().await?;
        let until = Instant::now() + self.options.deadline;
        loop {
            match self.get_once(&request).await {
                Err(error) if Instant::now() < until && error.is_passing() => {
                    tokio::time::sleep(backoff::jittered(Duration::from_millis(20))).await;
                }
                Err(error) => return Err(self.unavailable(Box::new(error))),
                Ok(outcome) => return outcome,
            }
        }
    }

    async fn get_once(&self, request: &str) -> Result<Result<Option<StoredMessage>, StoreError>, CallError> {
        let subject = format!("$JS.API.STREAM.MSG.GET.{}", self.stream);
        let answer = self
            .client
            .request(subject.clone(), None, request.to_owned().into(), self.options.attempt)
            .await
            .map_err(|silence| CallError::silent(&subject, silence))?;
        let answer: MessageAnswer<'_> =
            serde_json::from_slice(&answer.payload).map_err(|source| CallError::Unreadable { subject, source })?;
        match (answer.message, answer.error) {
            (Some(message), None) => Ok(message.decode().map(Some)),
            (_, Some(error)) if error.err_code == code::NO_MESSAGE_FOUND => Ok(Ok(None)),
            (_, Some(error)) => Err(error.into()),
            (None, None) => Ok(Ok(None)),
        }
    }

    /// The last sequence of the stream.
    pub(crate) async fn head(&self) -> Result<u64, StoreError> {
        self.ready().await?;
        Ok(self.info().await?.state.last_seq)
    }

    /// Whether the stream behind the name is the one that was opened.
    pub(crate) async fn check_identity(&self) -> Result<u64, StoreError> {
        let info = self.info().await?;
        if topology::identity(&info.config).as_ref() == Some(&self.identity) {
            return Ok(info.state.last_seq);
        }
        Err(self.damaged(0, "the stream was deleted and made anew").into())
    }

    async fn info(&self) -> Result<api::StreamInfo, StoreError> {
        let until = Instant::now() + self.options.deadline;
        loop {
            match api::stream_info(&self.client, &self.stream, self.options.attempt).await {
                Ok(info) => return Ok(info),
                Err(CallError::Refused(error)) if error.err_code == code::STREAM_NOT_FOUND => {
                    return Err(self.damaged(0, "the stream is gone").into());
                }
                Err(error) if error.is_passing() && Instant::now() < until => {
                    tokio::time::sleep(backoff::jittered(Duration::from_millis(20))).await;
                }
                Err(error) => return Err(self.unavailable(Box::new(error))),
            }
        }
    }

    /// All commits on a subject, page after page, where what the one copy does not hand out
    /// is not there; nothing of other streams, or if a page breaks off.
    pub(crate) async fn history(&self, subject: &str) -> Result<Option<Vec<RecordedCommit>>, StoreError> {
        if !self.is_one_copy {
            return Ok(None);
        }
        self.must_be_ours()?;
        self.ready().await?;
        let mut commits: Vec<RecordedCommit> = Vec::new();
        loop {
            let from = commits.last().map_or(1, |commit| commit.sequence + 1);
            match self.page(subject, from, u64::MAX, &mut commits).await? {
                page::End::Through | page::End::NoMore => return Ok(Some(commits)),
                page::End::More => {}
                page::End::Cut(_) => return Ok(None),
            }
        }
    }

    /// All commits on a subject behind `after` up to and with `through`.
    pub(crate) async fn load(
        &self,
        subject: &str,
        after: u64,
        through: u64,
    ) -> Result<Vec<RecordedCommit>, StoreError> {
        self.must_be_ours()?;
        self.ready().await?;
        let mut commits = Vec::new();
        let mut from = after + 1;
        let mut stale = 0;
        let until = Instant::now() + self.options.deadline;
        while from <= through {
            match self.page(subject, from, through, &mut commits).await? {
                page::End::Through => break,
                page::End::More => {}
                page::End::NoMore if stale >= STALE_TRIES => {
                    from = commits.last().map_or(from, |commit: &RecordedCommit| commit.sequence + 1);
                    self.complete(subject, from, through, &mut commits).await?;
                    break;
                }
                page::End::NoMore => {
                    self.count_stale_read();
                    tokio::time::sleep(backoff::doubled(Duration::from_millis(1), stale)).await;
                    stale += 1;
                }
                page::End::Cut(source) if Instant::now() >= until => return Err(self.unavailable(source)),
                page::End::Cut(_) => tokio::time::sleep(backoff::jittered(Duration::from_millis(20))).await,
            }
            from = commits.last().map_or(from, |commit: &RecordedCommit| commit.sequence + 1);
        }
        Ok(commits)
    }

    /// Reads the rest from the leader, one by one.
    async fn complete(
        &self,
        subject: &str,
        mut from: u64,
        through: u64,
        commits: &mut Vec<RecordedCommit>,
    ) -> Result<(), StoreError> {
        while from <= through {
            let Some(message) = self.next_on(subject, from).await? else { return Ok(()) };
            if message.sequence > through {
                return Ok(());
            }
            from = message.sequence + 1;
            commits.push(message.into_commit()?);
        }
        Ok(())
    }
}
