//! Storing commits: every reply and every silence ends in a decided outcome.
//!
//! | reply | outcome |
//! |---|---|
//! | ack | stored |
//! | duplicate | the message there is ours: stored; else as 10071 |
//! | 10164 | the same publish again after 1, 2, 4, 8, 8 ms with jitter; then as 10071 |
//! | 10071, 10201 | the tails hold our command: stored; else conflict |
//! | 10077 | full |
//! | timeout, broken connection | the same publish again until the deadline; then unknown |
//! | no responders | again after 250 ms, twice; then unavailable |
//! | 429, 10210, 10176 | again after 10, 20, 40, 80 ms; then busy |
//! | another failure of the server (5xx) | as a timeout |
//! | too large | too large; checked before sending too |
//! | any other refusal | unavailable, the refusal as its source |
//!
//! Once a publish got no answer, "not stored" is said only when the tails prove it.

use std::time::Duration;

use kindred_eventsourcing::{AppendError, StoreError};
use tokio::time::Instant;

use crate::ApiError;
use crate::connection::Silence;
use crate::message::Outgoing;
use crate::store::Core;

pub(crate) mod backoff;
mod publish;
pub(crate) mod reply;
mod resolve;

use reply::Reply;
use resolve::Resolution;

const IN_FLIGHT_TRIES: u32 = 5;
const SILENT_TRIES: u32 = 2;
const BUSY_TRIES: u32 = 4;

/// One command's messages on their way to the log.
struct Appending<'a> {
    core: &'a Core,
    messages: &'a [Outgoing],
    until: Instant,
    /// A publish had no answer: it may be stored, or be stored yet.
    uncertain: bool,
    in_flight: u32,
    silent: u32,
    busy: u32,
}

/// What follows from one try.
enum Step {
    /// It is over.
    Done(Result<Vec<u64>, AppendError>),
    /// The same publish again, a moment later.
    Again(Duration),
}

/// Stores the messages of one command, all or none. `uncertain` says that they may
/// already have been sent.
pub(crate) async fn append(core: &Core, messages: &[Outgoing], uncertain: bool) -> Result<Vec<u64>, AppendError> {
    let until = Instant::now() + core.options.deadline;
    let mut appending = Appending { core, messages, until, uncertain, in_flight: 0, silent: 0, busy: 0 };
    loop {
        match appending.attempt().await? {
            Step::Done(outcome) => return outcome,
            Step::Again(wait) => tokio::time::sleep(wait).await,
        }
    }
}

impl Appending<'_> {
    async fn attempt(&mut self) -> Result<Step, AppendError> {
        if let Err(error) = self.core.ready().await {
            return self.fail(error.into()).await;
        }
        match self.core.publish(self.messages).await {
            Ok(reply) => self.judge(reply).await,
            Err(Silence::TooLarge) => self.fail(self.too_large()).await,
            Err(Silence::NoResponders) => {
                self.silent += 1;
                if self.silent > SILENT_TRIES {
                    return self.fail(self.core.unavailable("no responders".into()).into()).await;
                }
                Ok(Step::Again(Duration::from_millis(250)))
            }
            Err(Silence::Lost(_)) => {
                self.uncertain = true;
                self.core.count_resent();
                self.again_until_deadline(Duration::from_millis(5)).await
            }
        }
    }

    async fn judge(&mut self, reply: Reply) -> Result<Step, AppendError> {
        match reply {
            Reply::Stored(last) => Ok(Step::Done(Ok(self.sequences(last)))),
            Reply::Duplicate(sequence) => {
                self.core.count_duplicate();
                if self.is_ours(sequence).await? {
                    return Ok(Step::Done(Ok(vec![sequence])));
                }
                self.moved().await
            }
            Reply::InFlight => {
                self.core.count_in_flight();
                self.in_flight += 1;
                if self.in_flight > IN_FLIGHT_TRIES {
                    return self.moved().await;
                }
                Ok(Step::Again(backoff::doubled(Duration::from_millis(1), (self.in_flight - 1).min(3))))
            }
            Reply::Moved => self.moved().await,
            Reply::Full => self.fail(AppendError::Full).await,
            Reply::TooLarge => self.fail(self.too_large()).await,
            Reply::Busy => {
                self.busy += 1;
                if self.busy > BUSY_TRIES {
                    return self.fail(AppendError::Busy).await;
                }
                Ok(Step::Again(backoff::doubled(Duration::from_millis(10), self.busy - 1)))
            }
            Reply::Passing(error) => {
                tracing::debug!(%error, "append refused for a moment");
                // A server that loses its leader may refuse what a majority then stores.
                self.uncertain = true;
                self.again_until_deadline(Duration::from_millis(50)).await
            }
            Reply::Refused(error) => self.fail(self.refused(error)).await,
        }
    }

    /// The server says that a tail is not the expected one: perhaps because we moved it.
    async fn moved(&mut self) -> Result<Step, AppendError> {
        match self.resolve().await? {
            Resolution::Stored(sequences) => Ok(Step::Done(Ok(sequences))),
            Resolution::Moved => {
                self.core.count_conflict();
                Ok(Step::Done(Err(AppendError::Conflict)))
            }
            Resolution::Open if self.uncertain => self.again_until_deadline(Duration::from_millis(20)).await,
            // Somebody else's write is still under way; whoever decides again sees it.
            Resolution::Open => {
                self.core.count_conflict();
                Ok(Step::Done(Err(AppendError::Conflict)))
            }
        }
    }

    /// Ends with `error`, unless an earlier try may have been stored and the tails cannot
    /// rule that out.
    async fn fail(&mut self, error: AppendError) -> Result<Step, AppendError> {
        if !self.uncertain {
            return Ok(Step::Done(Err(error)));
        }
        Ok(Step::Done(match self.resolve().await {
            Ok(Resolution::Stored(sequences)) => Ok(sequences),
            Ok(Resolution::Moved) => Err(AppendError::Conflict),
            Ok(Resolution::Open) | Err(_) => Err(AppendError::Unknown),
        }))
    }

    async fn again_until_deadline(&mut self, wait: Duration) -> Result<Step, AppendError> {
        if Instant::now() < self.until {
            return Ok(Step::Again(backoff::jittered(wait)));
        }
        self.fail(AppendError::Unknown).await
    }

    async fn resolve(&self) -> Result<Resolution, AppendError> {
        match resolve::resolve(self.core, self.messages, self.uncertain).await {
            Err(StoreError::Unavailable { .. }) if self.uncertain => Err(AppendError::Unknown),
            outcome => outcome.map_err(AppendError::Store),
        }
    }

    /// A duplicate is ours only if subject and command say so: message ids are compared
    /// over the whole stream.
    async fn is_ours(&self, sequence: u64) -> Result<bool, AppendError> {
        let [message] = self.messages else { return Ok(false) };
        let stored = self.core.message_at(sequence).await.map_err(|_| AppendError::Unknown)?;
        Ok(stored
            .is_some_and(|stored| stored.subject == message.subject && stored.command_id() == Some(message.command_id)))
    }

    /// Message `i` of a batch stands at `last - count + i`, counted from one.
    fn sequences(&self, last: u64) -> Vec<u64> {
        let count = self.messages.len() as u64;
        (1..=count).map(|index| last - count + index).collect()
    }

    fn too_large(&self) -> AppendError {
        let bytes = self.messages.iter().map(|message| message.body.len()).max().unwrap_or(0);
        AppendError::TooLarge { bytes, limit: crate::message::MAX_BODY }
    }

    fn refused(&self, error: ApiError) -> AppendError {
        self.core.unavailable(Box::new(error)).into()
    }
}
