//! Following a log from a position to its tail, and on.

use std::future::Future;
use std::time::Duration;

use kindred_eventsourcing::{Batch, EventStore, LogReader as _, StoreError};
use kindred_service_kit::error::chain;
use tokio_util::sync::CancellationToken;

/// How many commits are taken in at once.
const BATCH: usize = 2_000;
/// How long the reader waits for a first commit.
const WAIT: Duration = Duration::from_millis(500);
/// How long it waits before it asks again for what was not to be had.
const AGAIN: Duration = Duration::from_millis(200);

/// What takes the commits of a log in.
pub(super) trait Take: Sync {
    /// Everything up to here is in.
    fn position(&self) -> u64;

    /// Takes a batch in; false if told to stop before that.
    fn take(&self, batch: Batch, stop: &CancellationToken) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Follows until told to stop. `ready` is told once all is in up to where the log ended at
/// the start.
///
/// # Errors
///
/// [`StoreError`] if the log is damaged or an event that matters cannot be read.
pub(super) async fn follow<S: EventStore>(
    store: &S,
    into: &impl Take,
    ready: impl Fn(bool),
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let Some(head) = persist(stop, || store.head()).await? else { return Ok(()) };
    let open = || persist(stop, || store.reader(into.position(), None));
    let Some(mut reader) = open().await? else { return Ok(()) };
    ready(into.position() >= head);
    loop {
        let batch = tokio::select! {
            batch = reader.next(BATCH, WAIT) => batch,
            () = stop.cancelled() => return Ok(()),
        };
        match batch {
            Ok(batch) => {
                if !into.take(batch, stop).await? {
                    return Ok(());
                }
                ready(into.position() >= head);
            }
            Err(error @ StoreError::Unavailable { .. }) => {
                tracing::warn!(chain = %chain(&error), "a log does not answer, matches may be late");
                rest(stop).await;
                let Some(again) = open().await? else { return Ok(()) };
                reader = again;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Asks the log until it answers; none if told to stop.
async fn persist<T, F: Future<Output = Result<T, StoreError>>>(
    stop: &CancellationToken,
    ask: impl Fn() -> F,
) -> Result<Option<T>, StoreError> {
    loop {
        match ask().await {
            Ok(answer) => return Ok(Some(answer)),
            Err(StoreError::Unavailable { .. }) if !stop.is_cancelled() => rest(stop).await,
            Err(StoreError::Unavailable { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// Waits a little, less if told to stop.
pub(super) async fn rest(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(AGAIN) => {}
        () = stop.cancelled() => {}
    }
}
