//! What a service tells the redactor about erasures.

use std::error::Error;

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use sqlx::PgConnection;

use crate::Person;

/// Why a step of an erasure did not get through; tried again.
pub type StepError = Box<dyn Error + Send + Sync>;

/// A service's side of erasing people; the rows of projections are the redactor's own work.
pub trait Erasure: Send + Sync + 'static {
    /// The context whose stream tells of erasures.
    fn context(&self) -> &'static str {
        "membership"
    }

    /// The person whom a commit erases, if it erases one.
    fn erased(&self, commit: &RecordedCommit) -> Option<Person>;

    /// Takes the person out of what stands in this database and is no projection, in the
    /// transaction that records their erasure; called at least once.
    fn redact<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        person: &'a Person,
    ) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        let _nothing_else = (connection, person);
        Box::pin(async { Ok(()) })
    }

    /// Drops the person's words from what is not a projection: keys in memory, indexes, snapshots.
    fn forget<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<(), StepError>> {
        let _nothing_else = person;
        Box::pin(async { Ok(()) })
    }

    /// Confirms that nothing of the person is left in this context. Called at least once,
    /// after every generation is redacted and the key cache time has passed.
    fn confirm<'a>(&'a self, person: &'a Person) -> BoxFuture<'a, Result<(), StepError>>;
}
