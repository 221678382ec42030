//! Projections behind one object-safe face, so that a service hosts a list of them.

use std::borrow::Cow;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::{KeyId, RecordedCommit, StoreError};
use kindred_ids::TenantSlug;
use sqlx::PgConnection;

use super::{ApplyError, Batch, BulkRows, Projection};
use crate::Person;

/// What a projection is called and made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// See [`Projection::NAME`].
    pub name: &'static str,
    /// See [`Projection::VERSION`].
    pub version: u32,
    /// See [`Projection::CONTEXT`].
    pub context: Cow<'static, str>,
    /// See [`Projection::TABLES`].
    pub tables: &'static str,
    /// See [`Projection::INDEXES`].
    pub indexes: &'static str,
}

/// A [`Projection`] of any type.
#[derive(Clone)]
pub struct DynProjection(pub(crate) Arc<dyn Erased>);

impl DynProjection {
    /// Hides the type.
    pub fn new(projection: impl Projection) -> Self {
        Self(Arc::new(projection))
    }

    /// What it is called and made of.
    #[must_use]
    pub fn declaration(&self) -> Declaration {
        self.0.declaration()
    }
}

/// The object-safe twin of [`Projection`].
pub(crate) trait Erased: Send + Sync {
    fn declaration(&self) -> Declaration;
    fn wants(&self, commit: &RecordedCommit) -> bool;
    /// Learns, outside any transaction, what `apply` must know of the log besides its commits.
    fn prepare(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)>;
    /// See [`Projection::AWAITED`].
    fn awaited(&self) -> bool {
        true
    }
    /// See [`Projection::AHEAD`].
    fn works_ahead(&self) -> bool {
        false
    }
    fn ahead<'a>(&'a self, batch: &'a Batch<'a>) -> BoxFuture<'a, ()> {
        let _nothing_takes_long = batch;
        Box::pin(async {})
    }
    fn apply<'a>(&'a self, tx: &'a mut PgConnection, batch: &'a Batch<'a>) -> BoxFuture<'a, Result<(), ApplyError>>;
    fn bulk<'a>(&'a self, tx: &'a mut PgConnection, batch: &'a Batch<'a>) -> BoxFuture<'a, Result<(), ApplyError>>;
    /// See [`Projection::FOLDS`].
    fn folds(&self) -> bool {
        false
    }
    fn fold(&self, batch: &Batch<'_>) -> Result<Option<Box<dyn BulkRows>>, ApplyError> {
        let _bulk_does_all = batch;
        Ok(None)
    }
    fn redact<'a>(&'a self, tx: &'a mut PgConnection, person: &'a Person) -> BoxFuture<'a, Result<(), sqlx::Error>>;
}

impl<P: Projection> Erased for P {
    fn declaration(&self) -> Declaration {
        Declaration {
            name: P::NAME,
            version: P::VERSION,
            context: Cow::Borrowed(P::CONTEXT),
            tables: P::TABLES,
            indexes: P::INDEXES,
        }
    }

    /// What names a removed commit is the core's own, no event of anybody.
    fn wants(&self, commit: &RecordedCommit) -> bool {
        !commit.is_redaction() && Projection::wants(self, commit)
    }

    fn keys(&self, commits: &[&RecordedCommit]) -> Vec<(TenantSlug, KeyId)> {
        Projection::keys(self, commits)
    }

    fn awaited(&self) -> bool {
        P::AWAITED
    }

    fn works_ahead(&self) -> bool {
        P::AHEAD
    }

    fn ahead<'a>(&'a self, batch: &'a Batch<'a>) -> BoxFuture<'a, ()> {
        Box::pin(Projection::ahead(self, batch))
    }

    fn apply<'a>(&'a self, tx: &'a mut PgConnection, batch: &'a Batch<'a>) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(Projection::apply(self, tx, batch))
    }

    fn bulk<'a>(&'a self, tx: &'a mut PgConnection, batch: &'a Batch<'a>) -> BoxFuture<'a, Result<(), ApplyError>> {
        Box::pin(Projection::bulk(self, tx, batch))
    }

    fn folds(&self) -> bool {
        P::FOLDS
    }

    fn fold(&self, batch: &Batch<'_>) -> Result<Option<Box<dyn BulkRows>>, ApplyError> {
        Projection::fold(self, batch)
    }

    fn redact<'a>(&'a self, tx: &'a mut PgConnection, person: &'a Person) -> BoxFuture<'a, Result<(), sqlx::Error>> {
        Box::pin(Projection::redact(self, tx, person))
    }
}
