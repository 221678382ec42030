//! Waiting for a condition, with a bound.

use std::time::{Duration, Instant};

const FIRST_LOOK: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// Waits until `look` finds something, at most `bound`.
///
/// # Panics
///
/// After `bound`, naming `what`.
#[track_caller]
pub fn eventually<T, F: AsyncFnMut() -> Option<T>>(
    what: &str,
    bound: Duration,
    mut look: F,
) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        let (deadline, mut pause) = (Instant::now() + bound, FIRST_LOOK);
        loop {
            if let Some(found) = look().await {
                return found;
            }
            assert!(Instant::now() < deadline, "{caller}: {what} did not come within {bound:?}");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}
