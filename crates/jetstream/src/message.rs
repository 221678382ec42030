//! A commit as a message: headers and body there, and back from the three forms in which
//! the server hands it out.

use async_nats::HeaderMap;
use async_nats::header::HeaderName;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kindred_eventsourcing::{AppendError, ChainHash, DecodeError, RecordedCommit, StoreError, Write, header};
use kindred_ids::CommandId;

/// The largest body of a commit.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// The largest block of headers that the server takes.
pub(crate) const MAX_HEADERS: usize = 65_535;

/// A commit on its way, in the form in which it is sent as often as needed.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub subject: String,
    pub expected: u64,
    pub command_id: CommandId,
    pub message_id: String,
    pub body: Bytes,
    headers: [(&'static str, String); 9],
    trace: Option<String>,
}

impl Outgoing {
    /// Takes a write, unless it can never be stored.
    pub(crate) fn try_new(context: &str, write: &Write, max_payload: usize) -> Result<Self, AppendError> {
        if write.commit.records.is_empty() {
            return Err(AppendError::Malformed("it holds no event"));
        }
        let outgoing = Self {
            subject: write.key.subject(context),
            expected: write.expected,
            command_id: write.commit.meta.command_id,
            message_id: write.commit.message_id(&write.key),
            body: write.commit.body(),
            headers: write.commit.headers(),
            trace: write.commit.meta.trace.clone().filter(|trace| is_header_value(trace)),
        };
        if !outgoing.headers.iter().all(|(_, value)| is_header_value(value)) {
            return Err(AppendError::Malformed("a header holds what no header can"));
        }
        outgoing.check_size(max_payload)?;
        Ok(outgoing)
    }

    fn check_size(&self, max_payload: usize) -> Result<(), AppendError> {
        if self.body.len() > MAX_BODY {
            return Err(AppendError::TooLarge { bytes: self.body.len(), limit: MAX_BODY });
        }
        // 512 bytes are more than the headers of the protocol itself take.
        let headers = 512 + self.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum::<usize>();
        if headers > MAX_HEADERS {
            return Err(AppendError::TooLarge { bytes: headers, limit: MAX_HEADERS });
        }
        let all = headers + self.body.len();
        if all > max_payload {
            return Err(AppendError::TooLarge { bytes: all, limit: max_payload });
        }
        Ok(())
    }

    /// All headers of the message, the expected tail among them.
    pub(crate) fn header_map(&self, stream: &str) -> HeaderMap {
        let mut map = HeaderMap::new();
        if !cfg!(feature = "sabotage-3") {
            map.insert(async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, self.expected.to_string());
        }
        map.insert(async_nats::header::NATS_EXPECTED_STREAM, stream);
        map.insert(async_nats::header::NATS_MESSAGE_ID, self.message_id.as_str());
        for (name, value) in &self.headers {
            map.insert(HeaderName::from_static(name), value.as_str());
        }
        if let Some(trace) = &self.trace {
            map.insert(HeaderName::from_static(header::TRACEPARENT), trace.as_str());
        }
        map
    }
}

/// Whether the server gives a value back as it was: it trims spaces and cannot hold line ends.
fn is_header_value(value: &str) -> bool {
    value.trim() == value && !value.contains(['\r', '\n'])
}

/// The headers of a stored message that matter to us, in the order of [`header::ORDER`],
/// then the trace.
#[derive(Default)]
pub(crate) struct OurHeaders<'a>([Option<&'a str>; header::ORDER.len() + 1]);

impl<'a> OurHeaders<'a> {
    fn place(name: &str) -> Option<usize> {
        header::ORDER
            .iter()
            .position(|known| *known == name)
            .or_else(|| (name == header::TRACEPARENT).then_some(header::ORDER.len()))
    }

    fn put(&mut self, name: &str, value: &'a str) {
        if let Some(place) = Self::place(name) {
            self.0[place] = Some(value);
        }
    }

    /// One of them.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        Self::place(name).and_then(|place| self.0[place])
    }

    /// From a message of the client.
    pub(crate) fn of_map(map: &'a HeaderMap) -> Self {
        let mut headers = Self::default();
        for (name, values) in map.iter() {
            if let Some(value) = values.first() {
                headers.put(name.as_ref(), value.as_str());
            }
        }
        headers
    }

    /// From the bytes of a header block: `NATS/1.0`, then a line each.
    pub(crate) fn of_block(block: &'a str) -> Self {
        let mut headers = Self::default();
        for line in block.split("\r\n").skip(1) {
            if let Some((name, value)) = line.split_once(':') {
                headers.put(name, value.trim());
            }
        }
        headers
    }

    fn hash(&self, subject: &str, body: &[u8]) -> ChainHash {
        let present = header::ORDER.iter().zip(&self.0).filter_map(|(name, value)| value.map(|value| (*name, value)));
        ChainHash::of(subject, present, body)
    }
}

/// A stored message that may be anything, a probe among them.
#[derive(Debug, Clone)]
pub(crate) struct StoredMessage {
    pub sequence: u64,
    pub subject: String,
    headers: String,
    body: Bytes,
}

/// The answer of `STREAM.MSG.GET`.
#[derive(serde::Deserialize)]
pub(crate) struct MessageAnswer<'a> {
    #[serde(borrow)]
    pub message: Option<EncodedMessage<'a>>,
    pub error: Option<crate::ApiError>,
}

/// A message within it.
#[derive(serde::Deserialize)]
pub(crate) struct EncodedMessage<'a> {
    subject: &'a str,
    seq: u64,
    hdrs: Option<&'a str>,
    data: Option<&'a str>,
}

impl EncodedMessage<'_> {
    /// Takes it out of its base64.
    pub(crate) fn decode(&self) -> Result<StoredMessage, StoreError> {
        let wrong = |what| StoreError::Unreadable { sequence: self.seq, source: DecodeError::NotACommit(what) };
        let headers = STANDARD.decode(self.hdrs.unwrap_or_default()).map_err(|_| wrong("headers"))?;
        let body = STANDARD.decode(self.data.unwrap_or_default()).map_err(|_| wrong("body"))?;
        Ok(StoredMessage {
            sequence: self.seq,
            subject: self.subject.to_owned(),
            headers: String::from_utf8(headers).map_err(|_| wrong("headers"))?,
            body: body.into(),
        })
    }
}

impl StoredMessage {
    /// From a delivered message: only our headers are kept.
    pub(crate) fn of_map(sequence: u64, subject: String, map: Option<&HeaderMap>, body: Bytes) -> Self {
        let ours = map.map(OurHeaders::of_map).unwrap_or_default();
        let lines = header::ORDER.iter().chain([&header::TRACEPARENT]);
        let lines = lines.filter_map(|name| ours.get(name).map(|value| format!("\r\n{name}: {value}")));
        Self { sequence, subject, headers: lines.collect(), body }
    }

    /// Its hash, commit or not.
    pub(crate) fn hash(&self) -> ChainHash {
        OurHeaders::of_block(&self.headers).hash(&self.subject, &self.body)
    }

    /// The command that made it, if it is a commit.
    pub(crate) fn command_id(&self) -> Option<CommandId> {
        OurHeaders::of_block(&self.headers).get(header::COMMAND_ID)?.parse().ok()
    }

    /// Reads it as a commit.
    pub(crate) fn into_commit(self) -> Result<RecordedCommit, StoreError> {
        let headers = OurHeaders::of_block(&self.headers);
        RecordedCommit::read(self.sequence, &self.subject, |name| headers.get(name), self.body)
            .map_err(|source| StoreError::Unreadable { sequence: self.sequence, source })
    }
}

/// Reads a delivered message as a commit.
pub(crate) fn read_commit(
    sequence: u64,
    subject: &str,
    headers: Option<&HeaderMap>,
    body: Bytes,
) -> Result<RecordedCommit, StoreError> {
    let headers = headers.map(OurHeaders::of_map).unwrap_or_default();
    RecordedCommit::read(sequence, subject, |name| headers.get(name), body)
        .map_err(|source| StoreError::Unreadable { sequence, source })
}
