//! The connection to the bus: who we are, and what happened to requests under way when it broke.
//!
//! A request never waits longer than its timeout, and ends at once when the connection
//! that carried it is lost.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::{Event, HeaderMap, Message, Request, RequestErrorKind, Subscriber};
use bytes::Bytes;
use tokio::sync::watch;

use crate::telemetry::instruments;

/// How a client shows who it is.
#[derive(Clone, Default)]
pub enum Credentials {
    /// Not at all: an embedded server on a private port.
    #[default]
    None,
    /// By name and password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// By a key: the seed, as in `SU…`.
    Nkey(String),
    /// By a user's credentials file: a token and the seed of its key.
    File(PathBuf),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("None"),
            Self::Password { user, .. } => write!(formatter, "Password({user})"),
            Self::Nkey(_) => formatter.write_str("Nkey"),
            Self::File(path) => write!(formatter, "File({})", path.display()),
        }
    }
}

/// Where the bus is and how to enter.
#[derive(Debug, Clone)]
pub struct ConnectSettings {
    /// Addresses, as in `nats://host:4222`.
    pub servers: Vec<String>,
    /// Who we are.
    pub credentials: Credentials,
    /// PEM file with the authority that signed the servers' certificates; TLS is then required.
    pub ca_file: Option<PathBuf>,
    /// PEM files with our certificate and its key.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Where answers to us go; each service has its own, so that none reads another's.
    pub inbox_prefix: String,
    /// Shown in the server's list of connections.
    pub name: String,
}

impl ConnectSettings {
    /// Without credentials, as service `name`.
    #[must_use]
    pub fn new(servers: impl IntoIterator<Item = impl Into<String>>, name: &str) -> Self {
        Self {
            servers: servers.into_iter().map(Into::into).collect(),
            credentials: Credentials::None,
            ca_file: None,
            certificate: None,
            inbox_prefix: format!("_INBOX_{name}"),
            name: format!("kindred-{name}"),
        }
    }
}

/// The bus could not be entered.
#[derive(Debug, thiserror::Error)]
#[error("connect to NATS at `{servers}`")]
pub struct ConnectError {
    servers: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// A connection that is kept; cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    nats: async_nats::Client,
    losses: watch::Receiver<u64>,
}

/// Enters the bus.
///
/// # Errors
///
/// [`ConnectError`] if no server can be reached or none lets us in.
pub async fn connect(settings: &ConnectSettings) -> Result<Client, ConnectError> {
    let servers: Vec<&str> = settings.servers.iter().map(|server| without_credentials(server)).collect();
    let failed = |source| ConnectError { servers: servers.join(","), source };
    let (lost, losses) = watch::channel(0);
    let mut options = async_nats::ConnectOptions::new()
        .name(&settings.name)
        .custom_inbox_prefix(&settings.inbox_prefix)
        .ping_interval(Duration::from_secs(5))
        .reconnect_delay_callback(|attempt| Duration::from_millis(50 * (attempt as u64).min(20)))
        .event_callback(move |event| {
            note(&event, &lost);
            std::future::ready(())
        });
    options = match &settings.credentials {
        Credentials::None => options,
        Credentials::Password { user, password } => options.user_and_password(user.clone(), password.clone()),
        Credentials::Nkey(seed) => options.nkey(seed.clone()),
        Credentials::File(path) => options.credentials_file(path).await.map_err(|error| failed(error.into()))?,
    };
    if let Some(file) = &settings.ca_file {
        options = options.add_root_certificates(file.clone()).require_tls(true);
    }
    if let Some((certificate, key)) = &settings.certificate {
        options = options.add_client_certificate(certificate.clone(), key.clone());
    }
    let nats = options.connect(&settings.servers).await.map_err(|error| failed(error.into()))?;
    Ok(Client { nats, losses })
}

/// An address as it may be shown: without name and password.
fn without_credentials(server: &str) -> &str {
    server.rsplit_once('@').map_or(server, |(_, address)| address)
}

/// Counts losses of the connection and logs what an operator may need.
fn note(event: &Event, lost: &watch::Sender<u64>) {
    match event {
        Event::Disconnected => {
            tracing::warn!("connection to nats lost");
            lost.send_modify(|count| *count += 1);
            instruments().connected.record(0, &[]);
        }
        Event::Connected => {
            tracing::info!("connected to nats");
            instruments().connected.record(1, &[]);
            if *lost.borrow() > 0 {
                instruments().reconnects.add(1, &[]);
            }
        }
        Event::ServerError(error) => tracing::warn!(%error, "nats server reports an error"),
        Event::ClientError(error) => tracing::warn!(%error, "nats client reports an error"),
        Event::SlowConsumer(_) => tracing::warn!("messages dropped by a reader too slow"),
        Event::LameDuckMode | Event::Draining | Event::Closed => tracing::info!(%event, "nats connection changes"),
    }
}

/// Why a request has no answer.
#[derive(Debug)]
pub(crate) enum Silence {
    /// Nobody listens on the subject: the request was not received.
    NoResponders,
    /// Larger than the server takes: the request was not sent.
    TooLarge,
    /// No answer in time, or the connection broke: the request may have been received.
    Lost(Box<dyn std::error::Error + Send + Sync>),
}

impl Silence {
    /// As the cause of an error.
    pub(crate) fn into_source(self) -> Box<dyn std::error::Error + Send + Sync> {
        match self {
            Self::NoResponders => "no responders".into(),
            Self::TooLarge => "larger than the server takes".into(),
            Self::Lost(source) => source,
        }
    }
}

impl Client {
    /// Asks and waits for one answer.
    pub(crate) async fn request(
        &self,
        subject: String,
        headers: Option<HeaderMap>,
        payload: Bytes,
        timeout: Duration,
    ) -> Result<Message, Silence> {
        let mut losses = self.losses.clone();
        losses.mark_unchanged();
        let mut request = Request::new().payload(payload).timeout(Some(timeout));
        if let Some(headers) = headers {
            request = request.headers(headers);
        }
        tokio::select! {
            biased;
            answer = self.nats.send_request(subject, request) => answer.map_err(|error| match error.kind() {
                RequestErrorKind::NoResponders => Silence::NoResponders,
                RequestErrorKind::MaxPayloadExceeded => Silence::TooLarge,
                _ => Silence::Lost(error.into()),
            }),
            Ok(()) = losses.changed() => Err(Silence::Lost("the connection was lost".into())),
        }
    }

    /// Sends without an answer.
    pub(crate) async fn send(&self, subject: String, headers: HeaderMap, payload: Bytes) -> Result<(), Silence> {
        self.nats.publish_with_headers(subject, headers, payload).await.map_err(|error| Silence::Lost(error.into()))
    }

    /// Sends a request whose answers go to `inbox`.
    pub(crate) async fn ask(&self, subject: String, inbox: String, payload: Bytes) -> Result<(), Silence> {
        self.nats.publish_with_reply(subject, inbox, payload).await.map_err(|error| Silence::Lost(error.into()))
    }

    /// Listens on a subject of our inbox.
    pub(crate) async fn listen(&self, subject: String) -> Result<Subscriber, Silence> {
        self.nats.subscribe(subject).await.map_err(|error| Silence::Lost(error.into()))
    }

    /// A new subject for answers.
    pub(crate) fn inbox(&self) -> String {
        self.nats.new_inbox()
    }

    /// How often the connection was lost.
    pub(crate) fn losses(&self) -> u64 {
        *self.losses.borrow()
    }

    /// Tells of each loss of the connection.
    pub(crate) fn watch_losses(&self) -> watch::Receiver<u64> {
        let mut losses = self.losses.clone();
        losses.mark_unchanged();
        losses
    }

    /// The version that the server gives itself.
    pub(crate) fn server_version(&self) -> String {
        self.nats.server_info().version
    }

    /// The largest message that the server takes, headers included.
    pub(crate) fn max_payload(&self) -> usize {
        self.nats.max_payload()
    }

    /// Whether the connection stands now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.nats.connection_state() == async_nats::connection::State::Connected
    }

    /// Sends what is buffered, then closes.
    pub async fn close(&self) {
        if let Err(error) = self.nats.drain().await {
            tracing::debug!(%error, "drain of the nats connection failed");
        }
    }
}
