//! Why a process does not start: one line, the key, the source.

use std::fmt;
use std::path::Path;

use figment::error::Kind;

/// Exit code of a process with settings that do not hold (`EX_CONFIG`).
pub const EXIT_CODE: u8 = 78;

/// A setting that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    key: Option<String>,
    origin: String,
    what: String,
}

impl ConfigError {
    /// `key` as given by `origin` is wrong: `what`.
    #[must_use]
    pub fn new(key: &str, origin: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), origin: origin.into(), what: one_line(&what.into()) }
    }

    /// `key` does not fit the rest of the settings.
    #[must_use]
    pub fn value(key: &str, what: impl Into<String>) -> Self {
        Self::new(key, "settings", what)
    }

    /// A settings file as a whole cannot be used.
    #[must_use]
    pub fn file(path: &Path, what: &str) -> Self {
        Self { key: None, origin: format!("settings file {}", path.display()), what: one_line(what) }
    }

    /// The key that is meant; none if a whole file cannot be read.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    pub(super) fn from_figment(error: figment::Error) -> Self {
        let error = error.into_iter().next().unwrap_or_else(|| figment::Error::from("unknown".to_owned()));
        let mut path = error.path.clone();
        let what = match &error.kind {
            Kind::UnknownField(name, _) => {
                push_unless_last(&mut path, name);
                "is not a setting".to_owned()
            }
            Kind::MissingField(name) => {
                push_unless_last(&mut path, name);
                "is required and set nowhere".to_owned()
            }
            kind => kind.to_string(),
        };
        let missing = matches!(error.kind, Kind::MissingField(_));
        let origin = match &error.metadata {
            _ if missing => "defaults, file and environment".to_owned(),
            Some(metadata) => match &metadata.source {
                Some(figment::Source::File(path)) => format!("settings file {}", path.display()),
                _ => metadata.name.to_string(),
            },
            None => "settings".to_owned(),
        };
        let key = (!path.is_empty()).then(|| path.join("."));
        Self { key, origin, what: one_line(&what) }
    }
}

fn push_unless_last(path: &mut Vec<String>, name: &str) {
    if path.last().is_none_or(|last| last != name) {
        path.push(name.to_owned());
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(formatter, "setting `{key}` ({}): {}", self.origin, self.what),
            None => write!(formatter, "{}: {}", self.origin, self.what),
        }
    }
}

impl std::error::Error for ConfigError {}
