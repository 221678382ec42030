//! Every call ends in time: `grpc-timeout` where it is shorter than the server's own limit.

use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use tonic::Status;

use crate::error::{ApiError, ErrorCode};

/// Answers this much before the caller stops waiting, so that it is heard.
const MARGIN: Duration = Duration::from_millis(2);

/// When the call must be answered; in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline(pub Instant);

pub(super) async fn enforce<F: Future<Output = Response>>(
    longest: Duration,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let limit = match requested(request.headers()) {
        Ok(None) => longest,
        Ok(Some(asked)) => asked.saturating_sub(MARGIN).min(longest),
        Err(error) => return Status::from(error).into_http(),
    };
    if limit.is_zero() {
        return Status::from(exceeded()).into_http();
    }
    request.extensions_mut().insert(Deadline(Instant::now() + limit));
    match tokio::time::timeout(limit, next(request)).await {
        Ok(response) => response,
        Err(_elapsed) => Status::from(exceeded()).into_http(),
    }
}

fn exceeded() -> ApiError {
    ApiError::new(ErrorCode::DeadlineExceeded, "DEADLINE_EXCEEDED", "the call was not done in time")
}

/// What `grpc-timeout` asks for: at most eight digits and a unit, as the protocol says.
fn requested(headers: &HeaderMap) -> Result<Option<Duration>, ApiError> {
    let malformed = || ApiError::invalid("grpc-timeout", "TIMEOUT_MALFORMED", "`grpc-timeout` is malformed");
    let mut values = headers.get_all("grpc-timeout").iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed());
    }
    let text = value.to_str().map_err(|_| malformed())?;
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(malformed)?;
    let plain = (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = plain.then(|| digits.parse().ok()).flatten().ok_or_else(malformed)?;
    let duration = match unit {
        "H" => Duration::from_secs(number * 3_600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return Err(malformed()),
    };
    Ok(Some(duration))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Result<Option<Duration>, String> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", value.parse().expect("a header value"));
        requested(&headers).map_err(|error| error.reason().to_owned())
    }

    #[test]
    fn a_timeout_is_read_as_the_protocol_says() {
        assert_eq!(of("0m"), Ok(Some(Duration::ZERO)));
        assert_eq!(of("1500m"), Ok(Some(Duration::from_millis(1_500))));
        assert_eq!(of("99999999H"), Ok(Some(Duration::from_secs(99_999_999 * 3_600))));
        assert_eq!(requested(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn anything_else_is_malformed_rather_than_ignored() {
        for bad in
            ["", "m", "5", "-1m", "+1m", "1.5S", "123456789m", "1x", "1 m", "\u{e9}m", "0x1S", "99999999999999999999n"]
        {
            assert_eq!(of(bad), Err("TIMEOUT_MALFORMED".to_owned()), "{bad:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(10_000))]

        #[test]
        fn no_text_makes_the_parser_panic(bytes in proptest::collection::vec(0x20_u8..=0xff, 0..24)) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = http::HeaderValue::from_bytes(&bytes) {
                headers.insert("grpc-timeout", value);
            }
            let _read = requested(&headers).map(|_| ());
        }
    }
}
