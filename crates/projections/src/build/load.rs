//! The bulk phase: bare tables, big transactions, then everything a reader needs at once.

use super::ahead::Ahead;
use super::{Builder, Stopped};
use crate::error::Attempt;
use crate::{Error, generation, tables, transaction};

impl Builder {
    /// Makes the bare tables, unless an earlier attempt did.
    pub(super) async fn tables(&mut self) -> Result<(), Stopped> {
        if self.site.row.phase != "tables" {
            return Ok(());
        }
        let attempt = "make the tables of a generation";
        let declaration = self.site.projection.declaration();
        let schema = &self.site.row.schema;
        let mut transaction = transaction::changing(self.database().projector(), schema).await.attempt(attempt)?;
        tables::make(&mut transaction, schema, &declaration).await.map_err(|error| hopeless(error, "tables"))?;
        if !generation::enter(&mut transaction, &self.site.row, "load").await.attempt(attempt)? {
            return Err(Stopped::Left);
        }
        transaction.commit().await.attempt(attempt)?;
        "load".clone_into(&mut self.site.row.phase);
        Ok(())
    }

    /// Loads up to the head of the stream, and on while the head runs away.
    pub(super) async fn load(&mut self) -> Result<(), Stopped> {
        let (most, wait) = (self.site.around.settings.bulk_batch, self.site.around.settings.wait);
        loop {
            let head = self.site.log.head().await.map_err(Error::from)?;
            let position = self.position();
            self.aim(head).await?;
            let mut ahead = Ahead::start(self.site.log.clone(), self.consumer.folder(), position, head, most, wait);
            while let Some(load) = ahead.next().await {
                if self.site.stop.is_cancelled() {
                    return Err(Stopped::Left);
                }
                let load = load.map_err(Error::from)?;
                self.apply(&load.commits, None, load.folded).await?;
            }
            self.report().await?;
            if head.saturating_sub(position) <= most as u64 {
                return Ok(());
            }
        }
    }

    /// Indexes, policies and grants, in one transaction before any reader may enter.
    pub(super) async fn open(&mut self) -> Result<(), Stopped> {
        let attempt = "open the tables of a generation";
        let declaration = self.site.projection.declaration();
        let schema = self.site.row.schema.clone();
        let mut transaction = transaction::changing(self.database().projector(), &schema).await.attempt(attempt)?;
        tables::open(&mut transaction, &schema, &declaration).await.map_err(|error| hopeless(error, "indexes"))?;
        if !generation::enter(&mut transaction, &self.site.row, "catch_up").await.attempt(attempt)? {
            return Err(Stopped::Left);
        }
        transaction.commit().await.attempt(attempt)?;
        "catch_up".clone_into(&mut self.site.row.phase);
        self.consumer.bare = false;
        let mut connection = self.database().projector().acquire().await.attempt(attempt)?;
        tables::analyze(&mut connection, &schema).await?;
        Ok(())
    }

    /// Reads on until nothing is left to read at the moment of looking.
    pub(super) async fn catch_up(&mut self) -> Result<(), Stopped> {
        loop {
            let head = self.site.log.head().await.map_err(Error::from)?;
            let position = self.reader.as_ref().map_or(self.position(), |(_, position)| *position);
            if position >= head {
                return self.report().await;
            }
            let small = head - position <= self.site.around.settings.batch as u64;
            self.advance(head, None).await?;
            if small {
                return self.report().await;
            }
        }
    }
}

/// SQL that Postgres does not take will not get better by trying again.
fn hopeless(error: Error, what: &str) -> Stopped {
    match error {
        Error::Database { source: sqlx::Error::Database(source), .. }
            if source.code().is_some_and(|code| code.starts_with("42")) =>
        {
            Stopped::Hopeless(format!("{what} of the projection: {}", source.message()))
        }
        Error::Tables { .. } => Stopped::Hopeless(error.to_string()),
        other => other.into(),
    }
}
