//! The log is damaged: everything here stops, and says so.

use kindred_eventsourcing::LogDamaged;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::Health;

/// See the module.
#[derive(Clone)]
pub(crate) struct Alarm {
    pub health: watch::Sender<Health>,
    pub stop: CancellationToken,
}

impl Alarm {
    /// Stops everything that follows a log in this process.
    pub(crate) fn damaged(&self, damaged: &LogDamaged) {
        let (context, sequence) = (&damaged.context, damaged.sequence);
        tracing::error!(context, sequence, "log is damaged, projections stop: {damaged}");
        self.health.send_modify(|health| {
            health.ready = false;
            health.damaged.get_or_insert_with(|| damaged.to_string());
        });
        self.stop.cancel();
    }
}
