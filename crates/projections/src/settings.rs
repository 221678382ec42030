//! How the projector runs.

use std::time::Duration;

/// Settings of a projector; the defaults are for production.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Commits in one transaction.
    pub batch: usize,
    /// How long commits gather for the next transaction: once as long after a few, up to
    /// four times under load. Also how long the reader waits for a first commit.
    pub wait: Duration,
    /// Commits in one transaction of a bulk load; fewer where they are large.
    pub bulk_batch: usize,
    /// How long a process may be silent before others take its partitions.
    pub lease: Duration,
    /// How often a process says that it lives and evens out its share.
    pub heartbeat: Duration,
    /// How long the generation before the live one is kept for a rollback.
    pub keep: Duration,
    /// How long a data key may stay in a cache anywhere; at most 60 seconds.
    pub key_cache: Duration,
    /// Parked entities at which a partition stops taking more.
    pub most_parked: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch: 500,
            wait: Duration::from_millis(50),
            bulk_batch: 8_000,
            lease: Duration::from_secs(6),
            heartbeat: Duration::from_secs(1),
            keep: Duration::from_secs(24 * 3600),
            key_cache: Duration::from_secs(60),
            most_parked: 10_000,
        }
    }
}
