//! Certificates from files, errors naming the setting.

use std::path::Path;

use tonic::transport::{Certificate, ClientTlsConfig, Identity, ServerTlsConfig};

use crate::config::{ClientTls, ConfigError, Tls};

fn read(key: &str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    std::fs::read(path)
        .map_err(|error| ConfigError::new(key, format!("file {}", path.display()), format!("cannot be read: {error}")))
}

pub(super) fn server(tls: &Tls) -> Result<ServerTlsConfig, ConfigError> {
    let identity =
        Identity::from_pem(read("server.tls.cert_file", &tls.cert_file)?, read("server.tls.key_file", &tls.key_file)?);
    let config = ServerTlsConfig::new().identity(identity).timeout(std::time::Duration::from_secs(10));
    match &tls.client_ca_file {
        None => Ok(config),
        Some(path) => Ok(config.client_ca_root(Certificate::from_pem(read("server.tls.client_ca_file", path)?))),
    }
}

pub(super) fn client(tls: &ClientTls) -> Result<ClientTlsConfig, ConfigError> {
    let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read("tls.ca_file", &tls.ca_file)?));
    match (&tls.cert_file, &tls.key_file) {
        (Some(cert), Some(key)) => {
            config = config.identity(Identity::from_pem(read("tls.cert_file", cert)?, read("tls.key_file", key)?));
        }
        (None, None) => {}
        _ => {
            return Err(ConfigError::value("tls.cert_file", "needs `tls.key_file` beside it, and the other way round"));
        }
    }
    if let Some(name) = &tls.server_name {
        config = config.domain_name(name);
    }
    Ok(config)
}
