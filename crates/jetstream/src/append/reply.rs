//! The table of replies: what each answer to a publish means.

use serde::Deserialize;

use crate::ApiError;
use crate::api::code;

/// The answer to a publish, as JSON.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PubAck {
    #[serde(default)]
    pub seq: u64,
    #[serde(default)]
    pub duplicate: bool,
    #[serde(default)]
    pub count: u64,
    pub error: Option<ApiError>,
}

/// Reads it.
pub(crate) fn read_ack(payload: &[u8]) -> Result<PubAck, serde_json::Error> {
    serde_json::from_slice(payload)
}

/// What an answer means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// Stored: the sequence of the last message.
    Stored(u64),
    /// The message id was seen before, at this sequence; whose message it is must be read.
    Duplicate(u64),
    /// 10164: another write on the subject is under way; the same publish again.
    InFlight,
    /// 10071, 10201: the tail is another, or the batch was seen before; the tails tell.
    Moved,
    /// 10077: no room.
    Full,
    /// 429, 10210, 10176: the server sheds load.
    Busy,
    /// Larger than the stream takes.
    TooLarge,
    /// The server has no leader for it, or an error that may pass.
    Passing(ApiError),
    /// A refusal that another try does not change.
    Refused(ApiError),
}

impl Reply {
    /// Classifies an answer; `messages` were published.
    pub(crate) fn of(ack: PubAck, messages: usize) -> Self {
        let Some(error) = ack.error else {
            return match (ack.duplicate, messages as u64) {
                (true, _) => Self::Duplicate(ack.seq),
                (false, many) if many > 1 && ack.count != many => Self::Refused(ApiError {
                    code: 500,
                    err_code: 0,
                    description: format!("a batch of {many} was stored as {}", ack.count),
                }),
                (false, _) => Self::Stored(ack.seq),
            };
        };
        match error.err_code {
            code::SUBJECT_IN_FLIGHT => Self::InFlight,
            code::WRONG_LAST_SEQUENCE | code::BATCH_DUPLICATE => Self::Moved,
            code::STORE_FAILED | code::STORAGE_RESOURCES => Self::Full,
            code::TOO_MANY_REQUESTS | code::TOO_MANY_BATCHES | code::BATCH_INCOMPLETE => Self::Busy,
            code::MESSAGE_EXCEEDS_MAXIMUM | code::HEADER_EXCEEDS_MAXIMUM => Self::TooLarge,
            _ if error.code == 429 => Self::Busy,
            _ if error.code >= 500 => Self::Passing(error),
            _ => Self::Refused(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(json: &str, messages: usize) -> Reply {
        Reply::of(read_ack(json.as_bytes()).expect("an answer"), messages)
    }

    #[test]
    fn every_answer_has_its_meaning() {
        assert_eq!(reply(r#"{"stream":"S","seq":7}"#, 1), Reply::Stored(7));
        assert_eq!(reply(r#"{"stream":"S","seq":7,"duplicate":true}"#, 1), Reply::Duplicate(7));
        assert_eq!(reply(r#"{"stream":"S","seq":9,"batch":"b","count":3}"#, 3), Reply::Stored(9));
        for (number, meaning) in [
            (10164, Reply::InFlight),
            (10071, Reply::Moved),
            (10201, Reply::Moved),
            (10077, Reply::Full),
            (10047, Reply::Full),
            (10167, Reply::Busy),
            (10210, Reply::Busy),
            (10176, Reply::Busy),
            (10054, Reply::TooLarge),
            (10097, Reply::TooLarge),
        ] {
            let json = format!(r#"{{"error":{{"code":400,"err_code":{number},"description":"d"}}}}"#);
            assert_eq!(reply(&json, 1), meaning, "{number}");
        }
    }

    #[test]
    fn an_unknown_refusal_is_no_success_and_an_unknown_failure_may_pass() {
        let json = |code| format!(r#"{{"error":{{"code":{code},"err_code":99999,"description":"d"}}}}"#);
        assert!(matches!(reply(&json(400), 1), Reply::Refused(_)));
        assert!(matches!(reply(&json(503), 1), Reply::Passing(_)));
        assert!(matches!(reply(r#"{"stream":"S","seq":9,"batch":"b","count":2}"#, 3), Reply::Refused(_)));
    }
}
