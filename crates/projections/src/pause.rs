//! Growing pauses between attempts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(crate) struct Pause(Duration);

impl Default for Pause {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Pause {
    /// The next pause is the shortest again.
    pub(crate) fn reset(&mut self) {
        self.0 = FIRST;
    }

    /// Rests; each time longer, and not past a stop.
    pub(crate) async fn rest(&mut self, stop: &CancellationToken) {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST);
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
