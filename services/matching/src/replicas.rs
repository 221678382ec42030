//! A reaction that looks people up in the index runs where the index holds its tenant.
//!
//! Which replica reads a partition of the log depends on nobody's tenant. One that reads of a
//! tenant that it does not hold asks one that does; the checkpoint stays with the reader, so
//! that nothing is lost by either's end.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_eventsourcing::RecordedCommit;
use kindred_ids::TenantSlug;
use kindred_projections::{ReactError, Reaction};

use crate::index::Index;

/// Reacts to commits of matching's log on another replica.
pub trait Elsewhere: Send + Sync + 'static {
    /// Has `reaction` react to the commit at `sequence` where the tenant is held.
    fn react<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        reaction: &'static str,
        sequence: u64,
    ) -> BoxFuture<'a, Result<(), ReactError>>;
}

/// See the module.
pub struct WhereHeld<R> {
    reaction: Arc<R>,
    index: Index,
    elsewhere: Arc<dyn Elsewhere>,
}

impl<R: Reaction> WhereHeld<R> {
    /// Reacts here for the tenants of `index`, else through `elsewhere`.
    pub fn new(reaction: &Arc<R>, index: &Index, elsewhere: &Arc<dyn Elsewhere>) -> Self {
        Self { reaction: reaction.clone(), index: index.clone(), elsewhere: elsewhere.clone() }
    }
}

impl<R: Reaction> Reaction for WhereHeld<R> {
    const NAME: &'static str = R::NAME;
    const CONTEXT: &'static str = R::CONTEXT;

    fn wants(&self, commit: &RecordedCommit) -> bool {
        self.reaction.wants(commit)
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        match commit.key.scope().tenant() {
            Some(tenant) if !self.index.holding().holds(tenant) => {
                self.elsewhere.react(tenant, Self::NAME, commit.sequence).await
            }
            Some(_) | None => self.reaction.react(commit).await,
        }
    }
}

/// The reactions that run here, for those who ask for one by its name.
#[derive(Clone, Default)]
pub struct Here(HashMap<&'static str, Arc<dyn React>>);

impl Here {
    /// And this one.
    #[must_use]
    pub fn with<R: Reaction>(mut self, reaction: &Arc<R>) -> Self {
        self.0.insert(R::NAME, reaction.clone());
        self
    }

    /// The reaction of a name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&dyn React> {
        self.0.get(name).map(AsRef::as_ref)
    }
}

/// A [`Reaction`] of any type.
pub trait React: Send + Sync {
    /// As [`Reaction::react`].
    fn react<'a>(&'a self, commit: &'a RecordedCommit) -> BoxFuture<'a, Result<(), ReactError>>;
}

impl<R: Reaction> React for R {
    fn react<'a>(&'a self, commit: &'a RecordedCommit) -> BoxFuture<'a, Result<(), ReactError>> {
        Box::pin(Reaction::react(self, commit))
    }
}
