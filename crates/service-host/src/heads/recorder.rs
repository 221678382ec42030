//! Signs the heads again and again, as long as the process runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kindred_projections::{Error, Operations};
use kindred_service_kit::caller::Issuer;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::chain;
use kindred_service_kit::telemetry::{attribute, metric};
use opentelemetry::KeyValue;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::SignedHeads;

/// See the module.
pub(crate) struct Recorder {
    pub operations: Operations,
    pub issuer: Arc<Issuer>,
    pub clock: SharedClock,
    pub context: String,
    pub identity: String,
    pub every: Duration,
}

impl Recorder {
    /// Writes a line at once and then one each time, until `stop` is cancelled.
    pub(crate) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let newest = self.measured();
        let mut beat = tokio::time::interval(self.every);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.record(&mut beat, &newest) => {}
            }
        }
    }

    async fn record(&self, beat: &mut Interval, newest: &AtomicI64) {
        beat.tick().await;
        match self.operations.heads().await {
            Ok(heads) => {
                let at = self.clock.now();
                SignedHeads::sign(&self.issuer, &self.context, &self.identity, at, heads).write();
                newest.store(at.millis(), Ordering::Relaxed);
            }
            Err(Error::UnknownProjection(_)) => tracing::debug!("the heads of the stream are still being built"),
            Err(error) => tracing::warn!(error = chain(&error), "the heads of the stream cannot be signed"),
        }
    }

    /// When the newest line was written, shown as its age; before the first one, that of the process.
    fn measured(&self) -> Arc<AtomicI64> {
        let newest = Arc::new(AtomicI64::new(self.clock.now().millis()));
        let (shown, clock) = (newest.clone(), self.clock.clone());
        let label = [KeyValue::new(attribute::CONTEXT, self.context.clone())];
        metric::meter()
            .f64_observable_gauge(metric::AUDIT_HEAD_AGE)
            .with_callback(move |age| {
                let millis = clock.now().millis() - shown.load(Ordering::Relaxed);
                age.observe(millis.max(0) as f64 / 1_000.0, &label);
            })
            .build();
        newest
    }
}
