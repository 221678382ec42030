//! Why the projector or one of its operations did not get through.

use kindred_eventsourcing::{LogDamaged, StoreError};

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Postgres does not answer or refused.
    #[error("{attempt}")]
    Database {
        /// What was attempted.
        attempt: &'static str,
        /// What the driver saw.
        #[source]
        source: sqlx::Error,
    },
    /// The migrations of the global tables failed.
    #[error("migrate the database")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The log does not answer.
    #[error("read the log")]
    Log(#[source] StoreError),
    /// The log is not what it was.
    #[error(transparent)]
    Damaged(#[from] LogDamaged),
    /// A batch did not go in; it will be tried again.
    #[error("process a batch")]
    Passing(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No projection of this name runs here.
    #[error("projection `{0}` is not known here")]
    UnknownProjection(String),
    /// Two consumers of one name, or one whose stream was not given.
    #[error("wire the projector: {0}")]
    Wiring(String),
    /// The tables of a projection break a rule.
    #[error("tables of projection `{projection}`: {problem}")]
    Tables {
        /// Which.
        projection: String,
        /// What is wrong.
        problem: String,
    },
    /// The operation does not fit the state that the projection is in.
    #[error("{0}")]
    Refused(String),
    /// It took longer than it may.
    #[error("{0} took too long")]
    TooLong(&'static str),
}

/// Names the attempt beside a database error.
pub(crate) trait Attempt<T> {
    fn attempt(self, attempt: &'static str) -> Result<T, Error>;
}

impl<T> Attempt<T> for Result<T, sqlx::Error> {
    fn attempt(self, attempt: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Database { attempt, source })
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(damaged) => Self::Damaged(damaged),
            other => Self::Log(other),
        }
    }
}
