//! Sends commands, and says of each how it ended: accepted, refused, or in doubt.

mod grpc;

use std::time::Duration;

use anyhow::{Context as _, bail};
use kindred_ids::CommandId;
use kindred_service_kit::error::{ApiError, ErrorCode};
use serde_json::Value;

use super::action::Action;
use super::platform::Platform;
use super::world::Person;
use grpc::Services;

/// What a caller waits for an answer.
pub const DEADLINE: Duration = Duration::from_secs(8);
/// A call that is still open so long behind its deadline hangs.
const GRACE: Duration = Duration::from_secs(5);

/// Over what a command goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the gateway, as JSON.
    Http,
    /// To the service itself, as the gateway would.
    Grpc,
}

/// The answer to an accepted command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Version of the entity after it.
    pub version: u64,
    /// Whether it had been accepted before.
    pub replayed: bool,
    /// Whether it changed anything.
    pub changed: bool,
    /// What it made.
    pub id: Option<String>,
}

/// How one try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Accepted(Receipt),
    /// It was turned down and changes nothing.
    Refused(String),
    /// Nobody can tell.
    Doubt(String),
}

/// Sends for everybody.
#[derive(Clone)]
pub struct Sender {
    url: String,
    http: reqwest::Client,
    services: Services,
}

impl Sender {
    /// To the roles of a platform.
    pub fn new(platform: &Platform) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(DEADLINE).no_proxy().build()?;
        Ok(Self { url: platform.url().to_owned(), http, services: Services::new(platform)? })
    }

    /// Sends a command once.
    ///
    /// # Errors
    ///
    /// If the call outlives its deadline: it hangs.
    pub async fn send(&self, person: &Person, way: Way, id: CommandId, action: &Action) -> anyhow::Result<Answer> {
        let sending = async {
            match (way, action.http()) {
                (Way::Http, Some(call)) => self.over_http(person, id, call).await,
                _ => self.services.send(person, id, action).await,
            }
        };
        let answered = tokio::time::timeout(DEADLINE + GRACE, sending).await;
        let outlived = || format!("{action:?} over {way:?} hangs: no answer {} s behind its deadline", GRACE.as_secs());
        answered.with_context(outlived)
    }

    /// Asks the API as a person.
    ///
    /// # Errors
    ///
    /// If there is no answer, or none that is a success.
    pub async fn get(&self, person: &Person, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(format!("{}/api/v1{path}", self.url)).bearer_auth(&person.token);
        let response = request.send().await.with_context(|| format!("GET {path}"))?;
        let status = response.status();
        let text = response.text().await.with_context(|| format!("GET {path}"))?;
        if !status.is_success() {
            bail!("GET {path} answered {status}: {text}");
        }
        serde_json::from_str(&text).with_context(|| format!("GET {path} is no JSON"))
    }

    async fn over_http(&self, person: &Person, id: CommandId, call: (&'static str, String, Value)) -> Answer {
        let (method, path, body) = call;
        let method = method.parse().unwrap_or(reqwest::Method::POST);
        let request = self.http.request(method, format!("{}/api/v1{path}", self.url));
        let request = request.bearer_auth(&person.token).header("idempotency-key", id.to_string()).json(&body);
        let answered = async {
            let response = request.send().await?;
            let status = response.status();
            anyhow::Ok((status, response.text().await?))
        };
        match answered.await {
            Ok((status, text)) => read(status.is_success(), &text),
            Err(error) => Answer::Doubt(format!("{error:#}")),
        }
    }
}

/// An answer over HTTP.
fn read(success: bool, text: &str) -> Answer {
    let body: Value = serde_json::from_str(text).unwrap_or_default();
    if !success {
        let code = body["code"].as_str().and_then(|code| code.parse().ok()).unwrap_or(ErrorCode::Internal);
        return ended(code, body["reason"].as_str().unwrap_or(text));
    }
    match (body["version"].as_u64(), body["replayed"].as_bool(), body["changed"].as_bool()) {
        (Some(version), Some(replayed), Some(changed)) => {
            Answer::Accepted(Receipt { version, replayed, changed, id: body["id"].as_str().map(str::to_owned) })
        }
        _ => Answer::Doubt(format!("an answer without a receipt: {text}")),
    }
}

/// An answer that is no receipt.
fn ended(code: ErrorCode, reason: &str) -> Answer {
    let text = format!("{code}: {reason}");
    match code {
        ErrorCode::InvalidArgument
        | ErrorCode::Unauthenticated
        | ErrorCode::PermissionDenied
        | ErrorCode::NotFound
        | ErrorCode::AlreadyExists
        | ErrorCode::Refused
        | ErrorCode::ResourceExhausted => Answer::Refused(text),
        ErrorCode::Conflict
        | ErrorCode::Unavailable
        | ErrorCode::DeadlineExceeded
        | ErrorCode::Internal
        | ErrorCode::Stale => Answer::Doubt(text),
    }
}

/// An answer over gRPC.
fn of_status(status: &tonic::Status) -> Answer {
    let error = ApiError::from(status);
    ended(error.code(), &format!("{} {}", error.reason(), error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_platform_says_for_sure_is_sure() {
        let receipt = r#"{"id": "a", "version": 3, "position": "", "replayed": false, "changed": true}"#;
        let accepted = Receipt { version: 3, replayed: false, changed: true, id: Some("a".to_owned()) };
        assert_eq!(read(true, receipt), Answer::Accepted(accepted));
        assert!(matches!(read(true, "{}"), Answer::Doubt(_)));
        assert!(matches!(read(false, r#"{"code": "NOT_FOUND", "reason": "X"}"#), Answer::Refused(_)));
        assert!(matches!(read(false, r#"{"code": "ABORTED", "reason": "X"}"#), Answer::Doubt(_)));
        assert!(matches!(read(false, "<html>"), Answer::Doubt(_)));
    }
}
