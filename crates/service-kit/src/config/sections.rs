//! The sections that services share; each service's `Config` holds those it needs.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::{Bounded, ConfigError, Millis, Secret, Secs};
use crate::caller::{PublicKey, Role, SigningKey, Trust};
use crate::position::PositionKey;

/// `[server]`: the gRPC server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address for calls.
    pub listen: SocketAddr,
    /// Address for health probes: plaintext, liveness and readiness only.
    pub health_listen: SocketAddr,
    /// Certificates; plaintext without them.
    pub tls: Option<Tls>,
    /// Longest time for one call; a shorter `grpc-timeout` holds.
    #[serde(default = "defaults::request_timeout")]
    pub request_timeout_millis: Millis<1, 600_000>,
    /// Largest message taken.
    #[serde(default = "defaults::max_message_bytes")]
    pub max_message_bytes: Bounded<1_024, 67_108_864>,
    /// Calls at once; one more is turned away.
    #[serde(default = "defaults::max_concurrent_requests")]
    pub max_concurrent_requests: Bounded<1, 1_000_000>,
    /// How long a stopping process may drain.
    #[serde(default = "defaults::shutdown_grace")]
    pub shutdown_grace_secs: Secs<1, 600>,
}

/// `[server.tls]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The server's certificate chain, PEM.
    pub cert_file: PathBuf,
    /// Its private key, PEM.
    pub key_file: PathBuf,
    /// Who signs clients' certificates; with it a client must show one.
    pub client_ca_file: Option<PathBuf>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// `[telemetry]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Where traces, metrics and logs are sent (OTLP over gRPC); nowhere without it.
    pub otlp_endpoint: Option<String>,
    /// How log lines look.
    #[serde(default = "defaults::log_format")]
    pub log_format: LogFormat,
    /// What is logged, as `tracing` filters: `info,kindred_posting=debug`.
    #[serde(default = "defaults::filter")]
    pub filter: String,
    /// Address of `/metrics`; none without it.
    pub metrics_listen: Option<SocketAddr>,
    /// Share of new traces that is recorded, in thousandths.
    #[serde(default = "defaults::trace_permille")]
    pub trace_permille: Bounded<0, 1_000>,
}

/// `[nats]`: the log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nats {
    /// Servers, `nats://` or `tls://`.
    pub urls: Vec<String>,
    /// User name.
    pub user: Option<String>,
    /// File with the user's password.
    pub password_file: Option<PathBuf>,
    /// File with a user's credentials (JWT and nkey seed).
    pub creds_file: Option<PathBuf>,
    /// Who signs the servers' certificates.
    pub ca_file: Option<PathBuf>,
    /// Own certificate chain.
    pub cert_file: Option<PathBuf>,
    /// Its private key.
    pub key_file: Option<PathBuf>,
    /// How long a server may take to answer.
    #[serde(default = "defaults::nats_timeout")]
    pub request_timeout_millis: Millis<100, 60_000>,
}

impl Nats {
    /// The user's password, if one is set.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if its file cannot be read.
    pub fn password(&self) -> Result<Option<Secret>, ConfigError> {
        self.password_file.as_deref().map(|path| Secret::read("nats.password_file", path)).transpose()
    }
}

/// `[database]`: the service's own Postgres database.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// File with the connection URL.
    pub url_file: Option<PathBuf>,
    /// The URL itself, where it holds no password.
    url: Option<String>,
    /// Connections at once.
    #[serde(default = "defaults::max_connections")]
    pub max_connections: Bounded<2, 1_000>,
}

impl Database {
    /// The connection URL.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if neither or both of `url` and `url_file` are set, or the file
    /// cannot be read.
    pub fn url(&self) -> Result<Secret, ConfigError> {
        match (&self.url_file, &self.url) {
            (Some(path), None) => Secret::read("database.url_file", path),
            (None, Some(url)) => Ok(Secret::new(url)),
            (None, None) => Err(ConfigError::value("database.url_file", "is required and set nowhere")),
            (Some(_), Some(_)) => Err(ConfigError::value("database.url", "is set beside `database.url_file`")),
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Database")
            .field("url_file", &self.url_file)
            .field("max_connections", &self.max_connections)
            .finish_non_exhaustive()
    }
}

/// One or several values, for keys while they are rotated.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
        .iter()
        .map(String::as_str)
    }
}

/// `[identity]`: who this process is and whom it believes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Under which name it signs.
    pub role: Role,
    /// File with its Ed25519 private key.
    pub signing_key_file: PathBuf,
    /// Public keys by role, base64; two while a key is rotated.
    #[serde(default)]
    pub trusted: BTreeMap<Role, OneOrMany>,
}

impl Identity {
    /// The process's own key.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the file holds none.
    pub fn signing_key(&self) -> Result<SigningKey, ConfigError> {
        SigningKey::load(&self.signing_key_file).map_err(|error| {
            let origin = format!("file {}", self.signing_key_file.display());
            ConfigError::new("identity.signing_key_file", origin, crate::error::chain(&error))
        })
    }

    /// Whom it believes.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] naming the role whose key is none.
    pub fn trust(&self) -> Result<Trust, ConfigError> {
        let keys = self.trusted.iter().flat_map(|(role, keys)| keys.iter().map(move |key| (*role, key)));
        keys.map(|(role, key)| {
            let key = key.parse::<PublicKey>();
            key.map(|key| (role, key))
                .map_err(|error| ConfigError::value(&format!("identity.trusted.{role}"), error.to_string()))
        })
        .collect()
    }
}

/// `[position]`: what signs position tokens, the same in every process.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PositionTokens {
    /// File with at least 32 bytes in base64.
    pub position_key_file: PathBuf,
}

impl PositionTokens {
    /// The key.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the file holds none.
    pub fn key(&self) -> Result<PositionKey, ConfigError> {
        let secret = Secret::read("position.position_key_file", &self.position_key_file)?;
        PositionKey::from_base64(secret.expose())
            .map_err(|error| ConfigError::value("position.position_key_file", error.to_string()))
    }
}

mod defaults {
    use super::{Bounded, LogFormat, Millis, Secs};

    pub const fn request_timeout() -> Millis<1, 600_000> {
        Millis::new(10_000)
    }
    pub const fn max_message_bytes() -> Bounded<1_024, 67_108_864> {
        Bounded::new(1_048_576)
    }
    pub const fn max_concurrent_requests() -> Bounded<1, 1_000_000> {
        Bounded::new(1_024)
    }
    pub const fn shutdown_grace() -> Secs<1, 600> {
        Secs::new(20)
    }
    pub const fn log_format() -> LogFormat {
        LogFormat::Json
    }
    pub fn filter() -> String {
        "info".to_owned()
    }
    pub const fn trace_permille() -> Bounded<0, 1_000> {
        Bounded::new(1_000)
    }
    pub const fn nats_timeout() -> Millis<100, 60_000> {
        Millis::new(5_000)
    }
    pub const fn max_connections() -> Bounded<2, 1_000> {
        Bounded::new(10)
    }
}
