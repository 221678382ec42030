//! The projector of a service: everything that follows the log in this process.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::EventStore;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::heads::EntityHeads;
use crate::log::Log;
use crate::marks::Marks;
use crate::projection::DynProjection;
use crate::reaction::DynReaction;
use crate::{Database, Erasure, Error, KeyRing, NoKeys, Operations, Projection, Reaction, Settings, Waiter};

/// Puts a projector together.
pub struct ProjectorBuilder {
    pub(crate) database: Database,
    pub(crate) settings: Settings,
    pub(crate) keys: Arc<dyn KeyRing>,
    pub(crate) logs: Vec<Log>,
    pub(crate) projections: Vec<DynProjection>,
    pub(crate) reactions: Vec<DynReaction>,
    pub(crate) erasure: Option<Arc<dyn Erasure>>,
}

impl ProjectorBuilder {
    /// Where sealed fields are opened; without it they all read as gone.
    #[must_use]
    pub fn keys(mut self, keys: Arc<dyn KeyRing>) -> Self {
        self.keys = keys;
        self
    }

    /// The service's own stream: its chains of hashes are checked here.
    #[must_use]
    pub fn own_stream(mut self, store: impl EventStore) -> Self {
        let log: Log = Arc::new(store);
        self.projections.push(DynProjection(Arc::new(EntityHeads::new(log.clone()))));
        self.logs.push(log);
        self
    }

    /// Another context's stream.
    #[must_use]
    pub fn stream(mut self, store: impl EventStore) -> Self {
        self.logs.push(Arc::new(store));
        self
    }

    /// A read model.
    #[must_use]
    pub fn projection(mut self, projection: impl Projection) -> Self {
        self.projections.push(DynProjection::new(projection));
        self
    }

    /// A reaction.
    #[must_use]
    pub fn reaction(mut self, reaction: impl Reaction) -> Self {
        self.reactions.push(DynReaction::new(reaction));
        self
    }

    /// What to do when a person is erased.
    #[must_use]
    pub fn erasure(mut self, erasure: impl Erasure) -> Self {
        self.erasure = Some(Arc::new(erasure));
        self
    }

    /// Starts everything; it runs until `stop` is cancelled.
    ///
    /// # Errors
    ///
    /// [`Error::Wiring`] if two consumers share a name or a stream is missing,
    /// [`Error::Database`] if Postgres does not answer, [`Error::Damaged`] if a stream no
    /// longer holds what a checkpoint rests on.
    pub async fn start(self, stop: CancellationToken) -> Result<Projector, Error> {
        crate::supervisor::start(self, stop).await
    }
}

/// A running projector.
#[derive(Clone)]
pub struct Projector {
    pub(crate) database: Database,
    pub(crate) marks: Marks,
    pub(crate) operations: Operations,
    pub(crate) health: watch::Receiver<Health>,
    pub(crate) tasks: TaskTracker,
}

/// How the projector is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The views of every hosted projection exist.
    pub ready: bool,
    /// Why everything has stopped: the log is damaged.
    pub damaged: Option<String>,
}

impl Projector {
    /// Starts to put one together.
    #[must_use]
    pub fn builder(database: Database, settings: Settings) -> ProjectorBuilder {
        ProjectorBuilder {
            database,
            settings,
            keys: Arc::new(NoKeys),
            logs: Vec::new(),
            projections: Vec::new(),
            reactions: Vec::new(),
            erasure: None,
        }
    }

    /// Waits for positions; knows at once of what this process itself applied.
    #[must_use]
    pub fn waiter(&self) -> Waiter {
        Waiter::with(self.database.clone(), self.marks.clone())
    }

    /// What an operator can do.
    #[must_use]
    pub const fn operations(&self) -> &Operations {
        &self.operations
    }

    /// How it is, and news of it.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Waits until the views of every hosted projection exist.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] after `longest`; [`Error::Refused`] if the log is damaged.
    pub async fn ready(&self, longest: Duration) -> Result<(), Error> {
        let mut health = self.health.clone();
        let decided = health.wait_for(|health| health.ready || health.damaged.is_some());
        let waited = tokio::time::timeout(longest, decided).await.map_err(|_| Error::TooLong("building the views"))?;
        let health = waited.map_err(|_| Error::Refused("the projector has stopped".to_owned()))?;
        match &health.damaged {
            None => Ok(()),
            Some(damage) => Err(Error::Refused(damage.clone())),
        }
    }

    /// Waits until everything has stopped, after its token was cancelled.
    pub async fn stopped(&self) {
        self.tasks.wait().await;
    }
}
