//! Bodies of commands, and of questions too long for an address, strictly read.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::gateway::Gateway;

/// Header that may hold the command id instead of the body.
pub const KEY: &str = "idempotency-key";

/// A body that may hold the command's id.
pub trait Body: DeserializeOwned {
    /// The id in the body.
    fn command_id(&self) -> Option<&str>;
}

/// Declares bodies: unknown fields are refused, `command_id` is everywhere.
macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Made by the client: any UUID. The same again is the same command. May stand
            /// in `idempotency-key` instead.
            #[schema(format = Uuid)]
            pub command_id: Option<String>,
            $($(#[$field_doc])* pub $field: $kind,)*
        }
        impl $crate::api::command::Body for $name {
            fn command_id(&self) -> Option<&str> {
                self.command_id.as_deref()
            }
        }
    )*};
}
pub(crate) use bodies;

bodies! {
    /// A command that needs nothing but its id.
    Empty {}
}

/// A command: its id and its body.
pub struct Command<T> {
    /// The client's id, in its one spelling.
    pub id: String,
    /// The body.
    pub body: T,
}

impl<T: Body> FromRequest<Gateway> for Command<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let (headers, bytes) = taken(request, gateway).await?;
        let body = read::<T>(&headers, &bytes)?;
        let id = command_id(&headers, body.command_id())?;
        Ok(Self { id, body })
    }
}

/// A question that changes nothing and does not belong into an address, where it would be
/// kept: what somebody is typing.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Gateway> for Asked<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Failure> {
        let (headers, bytes) = taken(request, gateway).await?;
        Ok(Self(read(&headers, &bytes)?))
    }
}

async fn taken(request: Request, gateway: &Gateway) -> Result<(HeaderMap, Bytes), ApiError> {
    let headers = request.headers().clone();
    let bytes = Bytes::from_request(request, gateway).await.map_err(|_| {
        let limit = gateway.settings.max_body_bytes;
        ApiError::invalid("body", "BODY_TOO_LARGE", format!("the body broke off or is longer than {limit} bytes"))
    })?;
    Ok((headers, bytes))
}

/// Reads a body; an empty one counts as `{}`.
fn read<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.is_empty() {
        return parse(b"{}");
    }
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::invalid("content-type", "NOT_JSON", "`content-type` must be application/json"));
    }
    parse(bytes)
}

/// Parses strictly and names the place that does not fit.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::invalid("body", "JSON_MALFORMED", "the body must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the body".to_owned() } else { format!("`{path}`") };
        ApiError::invalid("body", "JSON_MALFORMED", format!("{place}: {}", error.inner()))
    })?;
    reader.end().map_err(|error| ApiError::invalid("body", "JSON_MALFORMED", format!("after the body: {error}")))?;
    Ok(value)
}

/// The id in header or body; both only if they are the same.
fn command_id(headers: &HeaderMap, body: Option<&str>) -> Result<String, ApiError> {
    let header = headers.get(KEY).map(|value| value.to_str().unwrap_or("?"));
    match (header.map(input::command_id).transpose()?, body.map(input::command_id).transpose()?) {
        (Some(one), Some(other)) if one != other => Err(ApiError::invalid(
            "command_id",
            "COMMAND_ID_TWICE",
            "`command_id` and `idempotency-key` say different things",
        )),
        (Some(id), _) | (None, Some(id)) => Ok(id.to_string()),
        (None, None) => Err(ApiError::invalid(
            "command_id",
            "COMMAND_ID_MISSING",
            "`command_id` (or the header `idempotency-key`) is required",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    bodies! {
        /// For the tests.
        Sample { title: String, count: Option<u8>, }
    }

    #[test]
    fn the_place_that_does_not_fit_is_named() {
        for (bad, place) in [
            (r#"{"title": 5}"#, "`title`"),
            (r#"{"title": "a", "titel": "b"}"#, "titel"),
            (r#"{"title": "a", "title": "b"}"#, "duplicate field `title`"),
            (r#"{"title": "a", "count": 1e400}"#, "count"),
            (r#"{"title": "a", "count": -1}"#, "`count`"),
            (r#"{"title": "\ud800"}"#, "`title`"),
            (r#"{"title": "a"} x"#, "after the body"),
            ("{}", "missing field `title`"),
            ("[]", "the body"),
            ("{\"title\"", "the body"),
            ("\u{feff}{}", "the body"),
        ] {
            let error = parse::<Sample>(bad.as_bytes()).expect_err(bad);
            assert!(error.message().contains(place), "{bad}: {}", error.message());
            assert_eq!(error.field(), Some("body"));
        }
        let fine: Sample = parse(br#"{"title": "a", "count": 7}"#).expect("it fits");
        assert_eq!((fine.title.as_str(), fine.count), ("a", Some(7)));
        assert!(parse::<Sample>(b"{\"title\": \"\xff\"}").is_err());
        let deep = format!("{{\"a\":{}", "[".repeat(10_000));
        assert!(parse::<serde_json::Value>(deep.as_bytes()).is_err());
    }

    #[test]
    fn one_command_has_one_id() {
        let (one, other) = ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdee");
        let headers =
            |id: &'static str| HeaderMap::from_iter([(KEY.parse().expect("a name"), id.parse().expect("a value"))]);
        assert_eq!(command_id(&headers(one), None).as_deref(), Ok(one));
        assert_eq!(command_id(&headers(one), Some(one)).as_deref(), Ok(one));
        let reason = |headers: &HeaderMap, body| command_id(headers, body).expect_err("refused").reason().to_owned();
        assert_eq!(reason(&headers(one), Some(other)), "COMMAND_ID_TWICE");
        assert_eq!(reason(&HeaderMap::new(), None), "COMMAND_ID_MISSING");
        assert_eq!(reason(&HeaderMap::new(), Some("12")), "COMMAND_ID_MALFORMED");
    }
}
