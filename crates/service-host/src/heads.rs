//! Where a service's own stream ends, signed and said to the log sink.
//!
//! # Promises
//!
//! * One log line holds context, identity of the stream, time and the head of every
//!   partition; its signature covers them all, so that none can be changed or put elsewhere.
//! * What is signed is of a kind of its own: no token counts for it, and it for no token.
//! * What is read back is what was signed: there is one encoding of the same heads.

mod encoding;
mod recorder;
#[cfg(test)]
mod tests;

use kindred_eventsourcing::Timestamp;
use kindred_projections::PartitionHead;
use kindred_service_kit::caller::{Issuer, PublicKey};
use kindred_service_kit::telemetry::{attribute, target};
use serde_json::Value;

pub(crate) use recorder::Recorder;

/// The kind of statement that heads are.
const KIND: &str = "kindred-heads-v1";

/// The heads of a stream, as its owner signed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHeads {
    /// Whose stream.
    pub context: String,
    /// Which, of all that had its name.
    pub identity: String,
    /// When they were read.
    pub at: Timestamp,
    /// Every partition that holds a commit, in order.
    pub heads: Vec<PartitionHead>,
    signature: String,
}

/// A line of heads that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `{0}` of a line of heads is missing or holds something else")]
pub struct UnreadableHeads(&'static str);

impl SignedHeads {
    /// Signs `heads`, in the order of their partitions, as read from the owner's database.
    #[must_use]
    pub fn sign(issuer: &Issuer, context: &str, identity: &str, at: Timestamp, heads: Vec<PartitionHead>) -> Self {
        let unsigned =
            Self { context: context.to_owned(), identity: identity.to_owned(), at, heads, signature: String::new() };
        Self { signature: issuer.statement(KIND, &unsigned.statement()), ..unsigned }
    }

    /// Whether the owner of `key` signed exactly this.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verifies_statement(KIND, &self.statement(), &self.signature)
    }

    /// What is signed: the time and the heads hold no line break, so that nothing can be
    /// moved from one part to the next.
    fn statement(&self) -> Vec<u8> {
        let Self { context, identity, at, heads, .. } = self;
        format!("{context}\n{identity}\n{at}\n{}", encoding::encode(heads)).into_bytes()
    }

    /// Writes the log line.
    pub fn write(&self) {
        tracing::info!(
            target: target::AUDIT_HEADS,
            {
                { attribute::CONTEXT } = self.context,
                { attribute::STREAM_IDENTITY } = self.identity,
                { attribute::HEADS_AT } = self.at.millis(),
                { attribute::HEADS } = encoding::encode(&self.heads),
                { attribute::HEADS_SIGNATURE } = self.signature,
            },
            "heads of the stream of `{}`", self.context
        );
    }

    /// Reads a line of a service's log in JSON; none if it is one of another kind.
    ///
    /// # Errors
    ///
    /// [`UnreadableHeads`] naming the field.
    #[must_use]
    pub fn read(line: &str) -> Option<Result<Self, UnreadableHeads>> {
        // Most lines are others, and are not worth taking apart.
        let line: Value = line.contains(target::AUDIT_HEADS).then(|| serde_json::from_str(line).ok()).flatten()?;
        (line["target"] == target::AUDIT_HEADS).then(|| Self::of(&line))
    }

    fn of(line: &Value) -> Result<Self, UnreadableHeads> {
        let text = |field: &'static str| line[field].as_str().ok_or(UnreadableHeads(field));
        let at = line[attribute::HEADS_AT].as_i64().ok_or(UnreadableHeads(attribute::HEADS_AT))?;
        Ok(Self {
            context: text(attribute::CONTEXT)?.to_owned(),
            identity: text(attribute::STREAM_IDENTITY)?.to_owned(),
            at: Timestamp::from_millis(at),
            heads: encoding::decode(text(attribute::HEADS)?).ok_or(UnreadableHeads(attribute::HEADS))?,
            signature: text(attribute::HEADS_SIGNATURE)?.to_owned(),
        })
    }
}
