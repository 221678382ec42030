//! Certificates from files, read again when the files change, so that a rotation needs no
//! restart. Errors name the setting.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::config::{ClientTls, ConfigError, Tls};

/// HTTP/2 is all that gRPC speaks.
const ALPN: &[u8] = b"h2";
/// How often files are looked at, at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);

type Build<T> = Box<dyn Fn() -> Result<T, ConfigError> + Send + Sync>;

/// Something made from files, made anew when they change; what no longer reads keeps the
/// last one that did.
pub(super) struct Reloading<T> {
    files: Vec<PathBuf>,
    build: Build<T>,
    current: Mutex<Current<T>>,
}

struct Current<T> {
    value: Arc<T>,
    stamps: Vec<Option<SystemTime>>,
    looked: Instant,
}

impl<T> Reloading<T> {
    fn new(files: Vec<PathBuf>, build: Build<T>) -> Result<Self, ConfigError> {
        let stamps = stamps(&files);
        let current = Current { value: Arc::new(build()?), stamps, looked: Instant::now() };
        Ok(Self { files, build, current: Mutex::new(current) })
    }

    pub fn get(&self) -> Arc<T> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK_EVERY {
            current.looked = Instant::now();
            let stamps = stamps(&self.files);
            if stamps != current.stamps {
                match (self.build)() {
                    Ok(value) => {
                        tracing::info!("certificate files changed and were read again");
                        (current.value, current.stamps) = (Arc::new(value), stamps);
                    }
                    // Perhaps only one file of two is in place yet: looked at again.
                    Err(error) => tracing::warn!(%error, "certificate files changed but do not hold"),
                }
            }
        }
        current.value.clone()
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    files.iter().map(|path| std::fs::metadata(path).and_then(|data| data.modified()).ok()).collect()
}

/// What a server shows and asks for.
pub(super) fn server(tls: &Tls) -> Result<Reloading<ServerConfig>, ConfigError> {
    let files = [Some(&tls.cert_file), Some(&tls.key_file), tls.client_ca_file.as_ref()];
    let files = files.into_iter().flatten().cloned().collect();
    let tls = tls.clone();
    Reloading::new(files, Box::new(move || server_config(&tls)))
}

fn server_config(tls: &Tls) -> Result<ServerConfig, ConfigError> {
    let builder = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| ConfigError::value("server.tls", error.to_string()))?;
    let builder = match &tls.client_ca_file {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let key = "server.tls.client_ca_file";
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(key, path)?), provider())
                .build()
                .map_err(|error| refused(key, path, &error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let chain = chain("server.tls.cert_file", &tls.cert_file)?;
    let mut config = builder
        .with_single_cert(chain, private_key("server.tls.key_file", &tls.key_file)?)
        .map_err(|error| refused("server.tls.cert_file", &tls.cert_file, &error))?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

/// What a client shows and believes.
pub(super) fn client(tls: &ClientTls) -> Result<Reloading<ClientConfig>, ConfigError> {
    let files = [Some(&tls.ca_file), tls.cert_file.as_ref(), tls.key_file.as_ref()];
    let files = files.into_iter().flatten().cloned().collect();
    let tls = tls.clone();
    Reloading::new(files, Box::new(move || client_config(&tls)))
}

fn client_config(tls: &ClientTls) -> Result<ClientConfig, ConfigError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| ConfigError::value("tls", error.to_string()))?
        .with_root_certificates(roots("tls.ca_file", &tls.ca_file)?);
    let mut config = match (&tls.cert_file, &tls.key_file) {
        (None, None) => builder.with_no_client_auth(),
        (Some(cert), Some(key)) => builder
            .with_client_auth_cert(chain("tls.cert_file", cert)?, private_key("tls.key_file", key)?)
            .map_err(|error| refused("tls.cert_file", cert, &error))?,
        _ => return Err(ConfigError::value("tls.cert_file", "and `tls.key_file` are set only together")),
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn refused(key: &str, path: &Path, error: &dyn std::fmt::Display) -> ConfigError {
    ConfigError::new(key, format!("file {}", path.display()), error.to_string())
}

fn chain(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| refused(key, path, &error))?;
    let chain: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|error| refused(key, path, &error))?;
    if chain.is_empty() { Err(refused(key, path, &"holds no certificate")) } else { Ok(chain) }
}

fn private_key(key: &str, path: &Path) -> Result<PrivateKeyDer<'static>, ConfigError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| refused(key, path, &error))
}

fn roots(key: &str, path: &Path) -> Result<RootCertStore, ConfigError> {
    let mut roots = RootCertStore::empty();
    for certificate in chain(key, path)? {
        roots.add(certificate).map_err(|error| refused(key, path, &error))?;
    }
    Ok(roots)
}
