//! Settings: embedded commented defaults, then a file, then the environment.
//!
//! # Promises
//!
//! * Later layers win; a key that no struct knows is refused wherever it stands.
//! * Every error is one line that names the key and its source, and ends a process with
//!   exit code [`EXIT_CODE`].
//! * Secrets are read from files that settings name; they have no `Debug`.

mod error;
mod layer;
mod peer;
mod secret;
mod sections;
mod value;

use std::ffi::OsString;
use std::path::Path;

use figment::Figment;
use figment::providers::{Format as _, Toml};
use serde::de::DeserializeOwned;

pub use error::{ConfigError, EXIT_CODE};
pub use peer::{ClientTls, Peer, Replicas};
pub use secret::Secret;
pub use sections::{Database, Identity, LogFormat, Nats, OneOrMany, PositionTokens, Server, Telemetry, Tls};
pub use value::{Bounded, Millis, Secs};

/// What our environment variables start with; `__` also parts the sections.
pub const ENV_PREFIX: &str = "KINDRED__";

/// Reads the settings of a process.
///
/// # Errors
///
/// [`ConfigError`] naming the first key that does not hold.
pub fn load<T: DeserializeOwned>(defaults_toml: &str, file: Option<&Path>) -> Result<T, ConfigError> {
    load_from(defaults_toml, file, std::env::vars_os())
}

/// As [`load`], with the environment given: for tests, and for roles that share a process.
///
/// # Errors
///
/// [`ConfigError`] naming the first key that does not hold.
pub fn load_from<T: DeserializeOwned>(
    defaults_toml: &str,
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<T, ConfigError> {
    let mut layers = Figment::from(layer::Defaults(defaults_toml));
    if let Some(path) = file {
        if !path.is_file() {
            return Err(ConfigError::file(path, "is not a readable file"));
        }
        layers = layers.merge(Toml::file_exact(path));
    }
    for variable in layer::variables(variables)? {
        layers = layers.merge(variable);
    }
    layers.extract().map_err(ConfigError::from_figment)
}

#[cfg(test)]
mod tests;
