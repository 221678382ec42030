//! The way out: one pool of connections to the mail server that relays for this platform.

use std::time::Duration;

use futures::future::BoxFuture;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error, PoolConfig};
use lettre::{AsyncTransport, Tokio1Executor};

use super::Mail;
use crate::application::Post;
use crate::domain::delivery::{Failure, FailureCode};

/// Replies that speak of the recipient alone: another attempt cannot help. Everything else,
/// a refused login or relay among it, is the operator's to mend, and the mail waits.
const NEVER: [u16; 4] = [550, 551, 553, 556];

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// Not at all: for a server on this machine.
    None,
    /// By STARTTLS, or not at all: a server that does not offer it gets nothing.
    Starttls,
    /// From the first byte.
    Tls,
}

/// What a connection needs.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Name or address of the server, as in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: SmtpTls,
    /// Who signs the server's certificate, PEM, where no public authority does.
    pub authority: Option<Vec<u8>>,
    /// User and password.
    pub credentials: Option<(String, String)>,
    /// How this client names itself.
    pub hello_name: String,
    /// Longest time for one mail.
    pub timeout: Duration,
    /// Connections at once.
    pub max_connections: u32,
}

/// Why the way out cannot be opened; the server itself is not asked yet.
#[derive(Debug, thiserror::Error)]
#[error("prepare TLS to the mail server")]
pub struct SmtpError(#[from] Error);

/// See the module.
#[derive(Debug, Clone)]
pub struct SmtpPost {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

impl SmtpPost {
    /// Prepares connections; the first mail opens one.
    ///
    /// # Errors
    ///
    /// [`SmtpError`] if the authority's certificate is none.
    pub fn try_new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        let tls = tls(&settings)?;
        let pool = PoolConfig::new().max_size(settings.max_connections);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout))
            .hello_name(ClientId::Domain(settings.hello_name))
            .pool_config(pool);
        if let Some((user, password)) = settings.credentials {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), timeout: settings.timeout })
    }
}

impl Post for SmtpPost {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let bytes = mail.formatted();
            let sent = self.transport.send_raw(mail.0.envelope(), &bytes);
            match tokio::time::timeout(self.timeout, sent).await {
                Ok(Ok(_taken)) => Ok(()),
                Ok(Err(error)) => Err(failure(&error)),
                Err(_elapsed) => Err(transient(FailureCode::word("timeout"))),
            }
        })
    }
}

fn tls(settings: &SmtpSettings) -> Result<Tls, SmtpError> {
    let parameters = || -> Result<TlsParameters, Error> {
        let builder: TlsParametersBuilder = TlsParameters::builder(settings.host.clone());
        match &settings.authority {
            None => builder.build_rustls(),
            Some(pem) => builder.add_root_certificate(Certificate::from_pem(pem)?).build_rustls(),
        }
    };
    Ok(match settings.tls {
        SmtpTls::None => Tls::None,
        SmtpTls::Starttls => Tls::Required(parameters()?),
        SmtpTls::Tls => Tls::Wrapper(parameters()?),
    })
}

/// What a failed attempt is called: the server's code, never its words, which may hold the
/// address.
fn failure(error: &Error) -> Failure {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        return Failure { code: FailureCode::smtp(code), permanent: NEVER.contains(&code) };
    }
    let word = match error {
        error if error.is_timeout() => "timeout",
        error if error.is_tls() => "tls",
        error if error.is_client() => "client",
        error if error.is_response() => "protocol",
        _ => "connection",
    };
    transient(FailureCode::word(word))
}

const fn transient(code: FailureCode) -> Failure {
    Failure { code, permanent: false }
}
