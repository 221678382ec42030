//! The settings that only this service has: section `service`.

use std::path::PathBuf;
use std::time::Duration;

use kindred_service_host::ServiceConfig;
use kindred_service_kit::config::{Bounded, ConfigError, Millis, Secret, Secs};
use serde::Deserialize;

use crate::application::{SendPolicy, WorkerSettings};
use crate::domain::delivery::RetrySchedule;
use crate::mail::{Composer, Links, SmtpSettings, SmtpTls, UnsubscribeKeys};

/// The defaults, with a comment for every key.
pub const DEFAULTS: &str =
    concat!(include_str!("../../../crates/service-host/host.default.toml"), include_str!("../config.default.toml"));

/// Settings of the notification service.
pub type Config = ServiceConfig<Own>;

/// `[service]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// What mails say about where they come from.
    pub mail: Mail,
    /// Where links lead.
    pub web: Web,
    /// The mail server.
    pub smtp: Smtp,
    /// When mails are sent, and again.
    pub delivery: DeliverySection,
    /// Live inboxes.
    pub inbox: InboxSection,
}

/// `[service.mail]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Sender of every mail.
    pub from: String,
    /// File with the key that signs unsubscribe links.
    pub unsubscribe_key_file: PathBuf,
    /// Keys that signed them before.
    pub former_unsubscribe_key_files: Vec<PathBuf>,
    /// How long a sign-in mail is tried.
    pub sign_in_patience_millis: Millis<100, 60_000>,
}

/// `[service.web]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// How the outside reaches the gateway.
    pub base_url: String,
    /// Path of the inbox.
    pub inbox_path: String,
    /// Path of a sign-in link.
    pub sign_in_path: String,
    /// Path of an unsubscribe link.
    pub unsubscribe_path: String,
}

/// `[service.smtp]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Name of the server, as in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// Who signs the server's certificate, PEM.
    pub ca_file: Option<PathBuf>,
    /// User name.
    pub user: Option<String>,
    /// File with the user's password.
    pub password_file: Option<PathBuf>,
    /// How this client names itself.
    pub hello_name: String,
    /// Longest time for one mail.
    pub timeout_millis: Millis<100, 600_000>,
    /// Connections at once.
    pub max_connections: Bounded<1, 256>,
}

/// `[service.delivery]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverySection {
    /// Mails in flight at once.
    pub concurrency: Bounded<1, 256>,
    /// How often the ledger is asked for what is due.
    pub poll_millis: Millis<10, 60_000>,
    /// How long one process may send without asking again.
    pub lease_secs: Secs<1, 600>,
    /// How often a mail is tried at all.
    pub attempts: Bounded<1, 100>,
    /// Delay after a first failure.
    pub first_retry_secs: Bounded<1, 86_400>,
    /// Longest delay between two attempts.
    pub longest_retry_secs: Bounded<1, 604_800>,
    /// A mail about something older than this is not sent.
    pub expire_after_hours: Bounded<1, 8_760>,
    /// How long nothing is sent after the mail server was not to be had.
    pub pause_millis: Millis<10, 600_000>,
}

/// `[service.inbox]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxSection {
    /// Live inboxes at once.
    pub max_streams: Bounded<1, 1_000_000>,
}

/// How long a delivery that was seen to is left alone: the ledger hears of it long before.
const SETTLE: Duration = Duration::from_secs(60);
/// How long one that could not be seen to is left alone.
const AGAIN: Duration = Duration::from_secs(2);

impl Own {
    /// Puts mails together by these settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] naming the setting that does not hold.
    pub fn composer(&self) -> Result<Composer, ConfigError> {
        let from = self.mail.from.parse();
        let from = from.map_err(|error| ConfigError::value("service.mail.from", format!("is no sender: {error}")))?;
        let Web { base_url, inbox_path, sign_in_path, unsubscribe_path } = &self.web;
        let links = Links::try_new(base_url, inbox_path, sign_in_path, unsubscribe_path)
            .map_err(|error| ConfigError::value("service.web", error.to_string()))?;
        Ok(Composer::new(from, links, self.mail.keys()?))
    }

    /// When mails are sent, and again.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the first delay is longer than the longest.
    pub fn policy(&self) -> Result<SendPolicy, ConfigError> {
        let section = &self.delivery;
        let schedule = RetrySchedule {
            attempts: section.attempts.as_u32(),
            first_seconds: section.first_retry_secs.as_u32(),
            longest_seconds: section.longest_retry_secs.as_u32(),
        };
        if schedule.first_seconds > schedule.longest_seconds {
            let key = "service.delivery.first_retry_secs";
            return Err(ConfigError::value(key, "is longer than `service.delivery.longest_retry_secs`"));
        }
        Ok(SendPolicy { schedule, expire_after: Duration::from_secs(section.expire_after_hours.get() * 3_600) })
    }

    /// How the worker runs.
    #[must_use]
    pub const fn worker(&self) -> WorkerSettings {
        WorkerSettings {
            concurrency: self.delivery.concurrency.as_usize(),
            poll: self.delivery.poll_millis.duration(),
            settle: SETTLE,
            again: AGAIN,
            pause: self.delivery.pause_millis.duration(),
        }
    }
}

impl Mail {
    fn keys(&self) -> Result<UnsubscribeKeys, ConfigError> {
        let newest = [("service.mail.unsubscribe_key_file", &self.unsubscribe_key_file)];
        let former = self.former_unsubscribe_key_files.iter();
        let all = newest.into_iter().chain(former.map(|path| ("service.mail.former_unsubscribe_key_files", path)));
        let texts = all.map(|(key, path)| Secret::read(key, path)).collect::<Result<Vec<_>, _>>()?;
        UnsubscribeKeys::from_base64(texts.iter().map(Secret::expose))
            .map_err(|error| ConfigError::value("service.mail.unsubscribe_key_file", error.to_string()))
    }
}

impl Smtp {
    /// What a connection needs.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] naming the file that cannot be read, or a user without a password.
    pub fn settings(&self) -> Result<SmtpSettings, ConfigError> {
        let password = self.password_file.as_deref().map(|path| Secret::read("service.smtp.password_file", path));
        let credentials = match (&self.user, password.transpose()?) {
            (Some(user), Some(password)) => Some((user.clone(), password.expose().to_owned())),
            (None, None) => None,
            (Some(_), None) => return Err(ConfigError::value("service.smtp.password_file", "is required by a user")),
            (None, Some(_)) => return Err(ConfigError::value("service.smtp.user", "is required by a password")),
        };
        if credentials.is_some() && self.tls == SmtpTls::None {
            return Err(ConfigError::value("service.smtp.tls", "must not be `none` where a password is sent"));
        }
        let authority = self.ca_file.as_deref().map(|path| Secret::read("service.smtp.ca_file", path)).transpose()?;
        Ok(SmtpSettings {
            host: self.host.clone(),
            port: self.port,
            tls: self.tls,
            authority: authority.map(|pem| pem.expose().as_bytes().to_vec()),
            credentials,
            hello_name: self.hello_name.clone(),
            timeout: self.timeout_millis.duration(),
            max_connections: self.max_connections.as_u32(),
        })
    }
}
