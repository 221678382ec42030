//! Which stream the rows were made from: sequences of another one mean something else.

use sqlx::{Executor, PgConnection};

use super::Database;
use crate::error::Attempt;
use crate::{Error, transaction};

impl Database {
    /// The identity of the stream that this database's rows of a context come from.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if Postgres does not answer.
    pub async fn stream_identity(&self, context: &str) -> Result<Option<String>, Error> {
        let row = sqlx::query_file!("src/database/identity/find.sql", context)
            .fetch_optional(self.projector())
            .await
            .attempt("find the identity of a stream")?;
        Ok(row.map(|row| row.identity))
    }

    /// Keeps a stream's identity if none is kept yet.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if another one is kept, [`Error::Database`] if Postgres does not answer.
    pub async fn remember_stream(&self, context: &str, identity: &str) -> Result<(), Error> {
        sqlx::query_file!("src/database/identity/remember.sql", context, identity)
            .execute(self.projector())
            .await
            .attempt("keep the identity of a stream")?;
        match self.stream_identity(context).await? {
            Some(kept) if kept != identity => Err(Error::Refused(format!(
                "the stream of `{context}` has identity {identity}, the rows here come from {kept}; \
                 `kindred streams adopt` accepts it after a deliberate restore"
            ))),
            _ => Ok(()),
        }
    }

    /// Accepts another stream of a context after a deliberate restore: every checkpoint in
    /// the old one is dropped, what is parked of it forgotten, and every read model of it
    /// built anew.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] while the service runs, [`Error::Database`] if Postgres does not answer.
    pub async fn adopt_stream(&self, context: &str, identity: &str) -> Result<(), Error> {
        let attempt = "adopt a stream";
        let mut transaction = transaction::recording(self.projector(), super::GLOBAL).await.attempt(attempt)?;
        refuse_at_work(&mut transaction).await?;
        sqlx::query_file!("src/database/identity/adopt.sql", context, identity)
            .execute(&mut *transaction)
            .await
            .attempt(attempt)?;
        sqlx::query_file!("src/database/identity/retire.sql", context)
            .execute(&mut *transaction)
            .await
            .attempt(attempt)?;
        sqlx::query_file!("src/database/identity/forget.sql", context)
            .execute(&mut *transaction)
            .await
            .attempt(attempt)?;
        transaction.execute("SET LOCAL synchronous_commit = on").await.attempt(attempt)?;
        transaction.commit().await.attempt(attempt)
    }
}

/// A process that runs would go on writing rows of the stream that it knows.
async fn refuse_at_work(connection: &mut PgConnection) -> Result<(), Error> {
    let row = sqlx::query_file!("src/database/identity/at_work.sql")
        .fetch_one(connection)
        .await
        .attempt("look whether the service runs")?;
    match row.processes {
        0 => Ok(()),
        processes => Err(Error::Refused(format!(
            "the service runs (processes on this database: {processes}); stop it first; one that was killed counts \
             for a few seconds more"
        ))),
    }
}
