//! Secrets, read from the files that settings name.

use std::fmt;
use std::path::Path;

use super::ConfigError;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Reads the file that the setting `key` names; a line break at its end is not part.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] naming the key if the file cannot be read, is empty or not UTF-8.
    pub fn read(key: &str, path: &Path) -> Result<Self, ConfigError> {
        let origin = || format!("file {}", path.display());
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(key, origin(), format!("cannot be read: {error}")))?;
        let text = text.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            return Err(ConfigError::new(key, origin(), "is empty"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}
