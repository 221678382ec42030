//! Named tasks in two stages, one failing of which stops all.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// When a task is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// At once: it takes calls or starts work.
    Serving,
    /// Once every serving task has ended: calls in flight still need it.
    Supporting,
}

/// The tasks of a process; clone it to pass it down.
#[derive(Debug, Clone)]
pub struct Tasks(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    serving: TaskTracker,
    supporting: TaskTracker,
    stop: CancellationToken,
    stop_supporting: CancellationToken,
    abort: CancellationToken,
    failed: OnceLock<&'static str>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}

impl Tasks {
    /// No tasks yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            serving: TaskTracker::new(),
            supporting: TaskTracker::new(),
            stop: CancellationToken::new(),
            stop_supporting: CancellationToken::new(),
            abort: CancellationToken::new(),
            failed: OnceLock::new(),
        }))
    }

    /// The token that tells tasks of `stage` to stop.
    #[must_use]
    pub fn token(&self, stage: Stage) -> CancellationToken {
        match stage {
            Stage::Serving => self.0.stop.clone(),
            Stage::Supporting => self.0.stop_supporting.clone(),
        }
    }

    /// Cancelled as soon as the process begins to stop.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.0.stop.clone()
    }

    /// Begins to stop, as a signal would.
    pub fn stop(&self) {
        self.0.stop.cancel();
    }

    /// Starts a task. It must end by itself once the token of its stage is cancelled; an
    /// error or panic stops everything.
    pub fn spawn<E>(&self, name: &'static str, stage: Stage, task: impl Future<Output = Result<(), E>> + Send + 'static)
    where
        E: Into<anyhow::Error> + Send + 'static,
    {
        let tasks = self.clone();
        let watched = async move {
            let outcome = tokio::select! {
                outcome = AssertUnwindSafe(task).catch_unwind() => outcome,
                () = tasks.0.abort.cancelled() => return,
            };
            match outcome {
                Ok(Ok(())) => tracing::debug!(task = name, "task `{name}` ended"),
                Ok(Err(error)) => tasks.fail(name, &format!("{:#}", error.into())),
                Err(_panic) => tasks.fail(name, "panicked"),
            }
        };
        match stage {
            Stage::Serving => self.0.serving.spawn(watched),
            Stage::Supporting => self.0.supporting.spawn(watched),
        };
    }

    fn fail(&self, name: &'static str, chain: &str) {
        tracing::error!(task = name, chain, "task `{name}` failed, stopping");
        // Only the first failure is the cause; later ones follow from it.
        let _first = self.0.failed.set(name);
        self.0.stop.cancel();
    }

    /// The task that failed first.
    #[must_use]
    pub fn failed(&self) -> Option<&'static str> {
        self.0.failed.get().copied()
    }

    /// Stops both stages in order and waits for every task.
    pub(super) async fn finish(&self) {
        self.0.stop.cancel();
        self.0.serving.close();
        self.0.serving.wait().await;
        self.0.stop_supporting.cancel();
        self.0.supporting.close();
        self.0.supporting.wait().await;
    }

    /// Drops what still runs.
    pub(super) fn abort(&self) {
        self.0.stop.cancel();
        self.0.stop_supporting.cancel();
        self.0.abort.cancel();
    }
}
