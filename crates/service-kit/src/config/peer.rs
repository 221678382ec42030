//! Another service, as a client sees it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use kindred_ids::TenantSlug;
use serde::Deserialize;

use super::{Bounded, ConfigError, Millis};
use crate::placement::{Layout, Placement};

/// Another service, as a client sees it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// `http://host:port`, or `https://` with `tls`.
    pub url: String,
    /// Certificates; plaintext without them.
    pub tls: Option<ClientTls>,
    /// Its replicas, where each holds some tenants only.
    pub replicas: Option<Replicas>,
    /// Longest time for one call.
    #[serde(default = "request_timeout")]
    pub request_timeout_millis: Millis<1, 600_000>,
    /// Longest time to connect.
    #[serde(default = "connect_timeout")]
    pub connect_timeout_millis: Millis<1, 60_000>,
}

/// `[<peer>.replicas]`: a service whose replicas share the tenants among them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replicas {
    /// Where each is, with `{replica}` for its number, from 0.
    pub url: String,
    /// How many there are.
    pub count: Bounded<1, 1_000>,
    /// On how many of them each tenant is.
    pub copies: Bounded<1, 1_000>,
    /// The tenants whose people are split among all of them.
    #[serde(default)]
    pub split_tenants: BTreeSet<TenantSlug>,
}

impl Replicas {
    /// Who holds what.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let number = |bounded: u64| u32::try_from(bounded).unwrap_or(u32::MAX);
        let placement = Placement::new(number(self.count.get()), number(self.copies.get()));
        Layout::new(placement, self.split_tenants.iter().cloned())
    }

    /// Where one of them is.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the URL does not say where the number stands.
    pub fn url_of(&self, replica: u32) -> Result<String, ConfigError> {
        if !self.url.contains(NUMBER) {
            return Err(ConfigError::value("replicas.url", "names no place for the number, `{replica}`"));
        }
        Ok(self.url.replace(NUMBER, &replica.to_string()))
    }
}

/// What stands for a replica's number.
const NUMBER: &str = "{replica}";

/// `[<peer>.tls]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTls {
    /// Who signs the server's certificate, PEM.
    pub ca_file: PathBuf,
    /// Own certificate chain, PEM.
    pub cert_file: Option<PathBuf>,
    /// Its private key, PEM.
    pub key_file: Option<PathBuf>,
    /// Name in the server's certificate, where it is not the host of the URL.
    pub server_name: Option<String>,
}

const fn request_timeout() -> Millis<1, 600_000> {
    Millis::new(10_000)
}

const fn connect_timeout() -> Millis<1, 60_000> {
    Millis::new(2_000)
}
