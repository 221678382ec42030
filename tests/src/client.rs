//! One persona's side of the JSON API: reads its own writes by passing positions on.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Value, json};

/// Somebody of the demo.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Persona {
    pub name: String,
    pub role: String,
    pub tenant: String,
    pub member_id: String,
    pub email: String,
    pub sign_in_url: String,
    pub bearer_token: String,
}

/// Calls the API as one persona.
pub struct Client {
    base: String,
    http: reqwest::Client,
    /// Whose calls these are.
    pub persona: Persona,
    position: Mutex<Option<String>>,
}

impl Client {
    /// A client of the pages at `base`.
    pub fn new(base: &str, persona: Persona) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build()?;
        Ok(Self { base: base.to_owned(), http, persona, position: Mutex::new(None) })
    }

    /// A read; an answer that is not a success is an error with its text.
    ///
    /// # Errors
    ///
    /// If the call fails or is refused.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send("GET", path, None).await
    }

    /// A command with a fresh id; its position goes along with later reads.
    ///
    /// # Errors
    ///
    /// If the call fails or is refused.
    pub async fn command(&self, method: &str, path: &str, mut body: Value) -> anyhow::Result<Value> {
        body["command_id"] = json!(fresh_id()?);
        self.send(method, path, Some(body)).await
    }

    /// A page as a browser would get it, signed in by the bearer token.
    ///
    /// # Errors
    ///
    /// If the call fails or is refused.
    pub async fn page(&self, path: &str) -> anyhow::Result<String> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.persona.bearer_token);
        let response = request.send().await?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("GET {path} answered {status}");
        }
        Ok(text)
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.http.request(method.parse()?, url).bearer_auth(&self.persona.bearer_token);
        let position = self.position.lock().map_err(|_| anyhow::anyhow!("a reader panicked"))?.clone();
        if let Some(position) = position {
            request = request.header("kindred-position", position);
        }
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{method} {path}"))?;
        let status = response.status();
        if let Some(position) = response.headers().get("kindred-position").and_then(|value| value.to_str().ok()) {
            *self.position.lock().map_err(|_| anyhow::anyhow!("a reader panicked"))? = Some(position.to_owned());
        }
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{method} {path} as {} answered {status}: {text}", self.persona.role);
        }
        if text.is_empty() {
            Ok(Value::Null)
        } else {
            serde_json::from_str(&text).with_context(|| format!("{method} {path} is no JSON"))
        }
    }

    /// Reads until `holds` says yes, at most `longest`.
    ///
    /// # Errors
    ///
    /// If it never does; the last answer is in the message.
    pub async fn until(&self, path: &str, longest: Duration, holds: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let deadline = Instant::now() + longest;
        loop {
            let outcome = self.get(path).await;
            match outcome {
                Ok(value) if holds(&value) => return Ok(value),
                Ok(value) if Instant::now() > deadline => {
                    bail!("GET {path} as {} never held: {value}", self.persona.role)
                }
                Err(error) if Instant::now() > deadline => return Err(error),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// A random command id.
///
/// # Errors
///
/// If the system gives no random bytes.
pub fn fresh_id() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    let drawn = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    drawn.ok().context("draw random bytes")?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}
