//! A message as a consumer delivers it, its place in the reply subject.

use async_nats::Message;
use kindred_eventsourcing::{RecordedCommit, StoreError};

use crate::message::{StoredMessage, read_commit};

/// A delivered message.
pub(crate) struct Delivered {
    /// Place in the stream.
    pub sequence: u64,
    /// Place in the delivery, from 1 without holes.
    pub delivery: u64,
    /// How many more there were for the consumer when it was sent.
    pub pending: u64,
    message: Message,
}

impl Delivered {
    /// Takes a message that has a place.
    pub(super) fn read(message: Message) -> Option<Self> {
        let Places { sequence, delivery, pending } = places(message.reply.as_deref()?)?;
        Some(Self { sequence, delivery, pending, message })
    }

    pub(super) fn subject(&self) -> &str {
        &self.message.subject
    }

    /// As a message that may be anything.
    pub(crate) fn into_stored(self) -> StoredMessage {
        let Message { subject, headers, payload, .. } = self.message;
        StoredMessage::of_map(self.sequence, subject.to_string(), headers.as_ref(), payload)
    }

    pub(super) fn into_commit(self) -> Result<RecordedCommit, StoreError> {
        let Message { subject, headers, payload, .. } = self.message;
        read_commit(self.sequence, &subject, headers.as_ref(), payload)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Places {
    sequence: u64,
    delivery: u64,
    pending: u64,
}

/// What `$JS.ACK.…` says: of nine tokens, or of eleven and more with domain and account
/// before the stream (ADR-15).
fn places(reply: &str) -> Option<Places> {
    let tokens = reply.strip_prefix("$JS.ACK.")?;
    let skipped = match tokens.bytes().filter(|byte| *byte == b'.').count() {
        6 => 3,
        8.. => 5,
        _ => return None,
    };
    let mut tokens = tokens.split('.').skip(skipped);
    let mut number = || tokens.next()?.parse().ok();
    let (sequence, delivery, _time) = (number()?, number()?, number()?);
    Some(Places { sequence, delivery, pending: number()? })
}

#[cfg(test)]
mod tests {
    use super::{Places, places};

    #[test]
    fn both_forms_of_the_reply_subject_give_the_places() {
        let read = Some(Places { sequence: 100, delivery: 7, pending: 42 });
        assert_eq!(places("$JS.ACK.EVT_A.r1.1.100.7.1790230470084404000.42"), read);
        assert_eq!(places("$JS.ACK._.hash.EVT_A.r1.1.100.7.1790230470084404000.42"), read);
        assert_eq!(places("$JS.ACK._.hash.EVT_A.r1.1.100.7.1790230470084404000.42.token"), read);
        assert_eq!(places("$JS.ACK.EVT_A.r1.1.100"), None);
        assert_eq!(places("_INBOX.a"), None);
    }
}
