//! The gateway's settings, and what handlers need of them.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use kindred_service_kit::config::{self, Bounded, ConfigError, Identity, Millis, Peer, Secs, Telemetry};
use serde::Deserialize;

/// The defaults, with a comment for every key.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// Settings of the gateway.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The HTTP server.
    pub http: Http,
    /// How much one address or session may do.
    pub limits: Limits,
    /// Who the gateway is.
    pub identity: Identity,
    /// Logs, traces, metrics.
    pub telemetry: Telemetry,
    /// The membership service.
    pub membership: Peer,
    /// The posting service.
    pub posting: Peer,
    /// The matching service.
    pub matching: Peer,
    /// The notification service.
    pub notification: Peer,
}

/// `[http]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address for browsers and programs.
    pub listen: SocketAddr,
    /// Address for gRPC health probes, in plaintext; none without it.
    pub health_listen: Option<SocketAddr>,
    /// How the outside reaches it.
    pub public_url: String,
    /// Where `<tenant>.<suffix>` names a tenant's pages; empty if only the path does.
    pub tenant_host_suffix: String,
    /// How many proxies in front add to `x-forwarded-for`.
    pub trusted_proxies: Bounded<0, 8>,
    /// Longest time for one request; live streams aside.
    pub request_timeout_millis: Millis<100, 600_000>,
    /// Longest time for what the gateway asks of the services within a request.
    pub call_timeout_millis: Millis<100, 600_000>,
    /// Largest body taken.
    pub max_body_bytes: Bounded<1_024, 16_777_216>,
    /// Requests at once; one more is turned away.
    pub max_concurrent_requests: Bounded<1, 1_000_000>,
    /// Connections at once; one more waits.
    pub max_connections: Bounded<1, 1_000_000>,
    /// Open live streams of one session at once.
    pub max_streams_per_session: Bounded<1, 1_000>,
    /// Open live streams at once.
    pub max_streams: Bounded<1, 1_000_000>,
    /// How long a live stream stays open.
    pub stream_lifetime_secs: Secs<1, 86_400>,
    /// How long a stopping process may drain.
    pub shutdown_grace_secs: Secs<1, 600>,
}

/// `[limits]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of one address; reading costs one, writing five.
    pub requests_per_second_per_address: NonZeroU32,
    /// Of one session; reading costs one, writing five.
    pub requests_per_second_per_session: NonZeroU32,
    /// Sign-in links asked for or redeemed, and registrations.
    pub sign_ins_per_minute_per_address: NonZeroU32,
    /// Sign-in mails to one mailbox.
    pub mails_per_hour_per_mailbox: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        const fn count(number: u32) -> NonZeroU32 {
            NonZeroU32::new(number).expect("a limit is not zero")
        }
        Self {
            requests_per_second_per_address: count(200),
            requests_per_second_per_session: count(50),
            sign_ins_per_minute_per_address: count(30),
            mails_per_hour_per_mailbox: count(12),
        }
    }
}

/// Reads the settings: defaults, `file`, environment.
///
/// # Errors
///
/// [`ConfigError`] naming the first key that does not hold.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    config::load(DEFAULTS, file)
}

/// What handlers need of the settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme and authority of the public address.
    pub origin: String,
    /// Whether it is https.
    pub secure: bool,
    /// Where `<tenant>.<suffix>` names a tenant's pages.
    pub tenant_host_suffix: Option<String>,
    /// How many proxies in front add to `x-forwarded-for`.
    pub trusted_proxies: usize,
    /// Longest time for one request.
    pub request_timeout: Duration,
    /// Longest time for what is asked of the services within a request.
    pub call_timeout: Duration,
    /// Largest body taken.
    pub max_body_bytes: usize,
    /// Requests at once.
    pub max_concurrent_requests: usize,
    /// Connections at once.
    pub max_connections: usize,
    /// Open live streams of one session at once.
    pub max_streams_per_session: usize,
    /// Open live streams at once.
    pub max_streams: usize,
    /// How long a live stream stays open.
    pub stream_lifetime: Duration,
    /// How much one address or session may do.
    pub limits: Limits,
}

impl Settings {
    /// What handlers need.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the public address is none.
    pub fn try_new(http: &Http, limits: Limits) -> Result<Self, ConfigError> {
        let origin = origin(&http.public_url)?;
        Ok(Self {
            secure: origin.starts_with("https://"),
            origin,
            tenant_host_suffix: Some(http.tenant_host_suffix.to_lowercase()).filter(|suffix| !suffix.is_empty()),
            trusted_proxies: http.trusted_proxies.as_usize(),
            request_timeout: http.request_timeout_millis.duration(),
            call_timeout: http.call_timeout_millis.duration(),
            max_body_bytes: http.max_body_bytes.as_usize(),
            max_connections: http.max_connections.as_usize(),
            max_concurrent_requests: http.max_concurrent_requests.as_usize(),
            max_streams_per_session: http.max_streams_per_session.as_usize(),
            max_streams: http.max_streams.as_usize(),
            stream_lifetime: http.stream_lifetime_secs.duration(),
            limits,
        })
    }

    /// The defaults at another public address.
    #[cfg(test)]
    pub(crate) fn for_tests(public_url: &str) -> Self {
        let http = config::load_from::<Config>(DEFAULTS, None, []).expect("the defaults hold").http;
        Self::try_new(&Http { public_url: public_url.to_owned(), ..http }, Limits::default()).expect("an address")
    }
}

/// Scheme and authority, without a trailing slash; an address with a path is refused, as
/// cookies and links are made for the root.
fn origin(public_url: &str) -> Result<String, ConfigError> {
    let bad = |what: &str| Err(ConfigError::value("http.public_url", what));
    let text = public_url.strip_suffix('/').unwrap_or(public_url);
    let Some(authority) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return bad("must begin with https:// or http://");
    };
    if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
        return bad("must be scheme, host and port alone");
    }
    Ok(text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold_and_equal_those_in_code() {
        let config: Config = config::load_from(DEFAULTS, None, []).expect("the defaults hold");
        assert_eq!(format!("{:?}", config.limits), format!("{:?}", Limits::default()));
    }

    #[test]
    fn an_unknown_or_wrong_setting_is_named() {
        for (name, value, key) in [
            ("KINDRED__HTTP__LISTNE", "1", "listne"),
            ("KINDRED__HTTP__MAX_BODY_BYTES", "1", "max_body_bytes"),
            ("KINDRED__LIMITS__MAILS_PER_HOUR_PER_MAILBOX", "0", "mails_per_hour_per_mailbox"),
            ("KINDRED__HTTP__LISTEN", "\"here\"", "listen"),
        ] {
            let error = config::load_from::<Config>(DEFAULTS, None, [(name.into(), value.into())]).expect_err(name);
            assert!(error.to_string().contains(key), "{error}");
        }
    }

    #[test]
    fn a_public_address_is_scheme_host_and_port() {
        assert_eq!(origin("https://Kindred.example/").expect("an address"), "https://kindred.example");
        for bad in ["kindred.example", "https://", "https://a.example/path", "ftp://a.example", "https://u@a.example"] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
