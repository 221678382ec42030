//! Where settings come from, each with a name for error lines.

use std::ffi::OsString;

use figment::providers::{Format as _, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::{ConfigError, ENV_PREFIX};

/// The file of defaults in the binary.
pub(super) struct Defaults<'a>(pub &'a str);

impl Provider for Defaults<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::named("built-in defaults")
    }
    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Toml::string(self.0).data()
    }
}

/// One environment variable, so that an error can name it.
pub(super) struct Variable {
    name: String,
    key: String,
    value: Value,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(format!("environment variable {}", self.name))
    }
    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nested = figment::util::nest(&self.key, self.value.clone());
        let dict = nested.into_dict().expect("a key with at least one part nests into a dictionary");
        Ok(Profile::Default.collect(dict))
    }
}

/// Our variables among all, in the order of their names.
pub(super) fn variables(all: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Vec<Variable>, ConfigError> {
    let mut ours = Vec::new();
    for (name, value) in all {
        let Some(name) = name.to_str().filter(|name| name.starts_with(ENV_PREFIX)) else { continue };
        let source = format!("environment variable {name}");
        let key = name[ENV_PREFIX.len()..].to_lowercase().replace("__", ".");
        if key.split('.').any(str::is_empty) {
            return Err(ConfigError::new(&key, source, "is not a key: a part of it is empty"));
        }
        let Some(text) = value.to_str() else {
            return Err(ConfigError::new(&key, source, "is not UTF-8"));
        };
        let value = text.parse().unwrap_or_else(|never| match never {});
        ours.push(Variable { name: name.to_owned(), key, value });
    }
    ours.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(ours)
}
