//! Starting, stopping, and saying honestly how it ended.
//!
//! # Promises
//!
//! * Tokens and trackers are owned and passed down; nothing here is global.
//! * Stopping has two stages: first what serves calls stops taking new ones and finishes
//!   those it has, then what stands below it (appending, projecting, leases) ends.
//! * A task that fails or panics stops the rest, and the process reports [`Outcome::Crashed`].
//! * A second signal, or the end of the grace time, cuts the drain short.

mod outcome;
mod tasks;

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

pub use outcome::Outcome;
pub use tasks::{Stage, Tasks};

/// Runs until a signal comes or a task fails, then drains within `grace`.
///
/// `on_stop` runs first, before anything stops: it takes readiness away.
///
/// # Errors
///
/// If signals cannot be listened to.
pub async fn run(tasks: Tasks, grace: Duration, on_stop: impl FnOnce()) -> io::Result<Outcome> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stopping = tasks.stopping();
    tokio::select! {
        _ = terminate.recv() => tracing::info!("terminate signal came, draining"),
        _ = interrupt.recv() => tracing::info!("interrupt signal came, draining"),
        () = stopping.cancelled() => tracing::info!("stop was asked for, draining"),
    }
    let again = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(drain(tasks, grace, on_stop, again).await)
}

/// The draining half of [`run`], for whoever listens to signals elsewhere.
pub async fn drain(
    tasks: Tasks,
    grace: Duration,
    on_stop: impl FnOnce(),
    cut_short: impl Future<Output = ()>,
) -> Outcome {
    on_stop();
    let finished = tokio::select! {
        () = tasks.finish() => true,
        () = tokio::time::sleep(grace) => { tracing::warn!("grace time is over, cutting the drain short"); false }
        () = cut_short => { tracing::warn!("second signal came, cutting the drain short"); false }
    };
    tasks.abort();
    match (tasks.failed(), finished) {
        (Some(task), _) => {
            tracing::error!(task, "ended because task `{task}` failed");
            Outcome::Crashed
        }
        (None, true) => Outcome::Drained,
        (None, false) => Outcome::CutShort,
    }
}

#[cfg(test)]
mod tests;
