//! How far a build is, for whoever asks Postgres.

use std::time::{Duration, Instant};

use super::{Builder, Stopped};
use crate::error::Attempt;

const EVERY: Duration = Duration::from_millis(500);

/// Events since the last report.
pub(super) struct Progress {
    events: u64,
    since: Instant,
}

impl Default for Progress {
    fn default() -> Self {
        Self { events: 0, since: Instant::now() }
    }
}

impl Progress {
    pub(super) fn add(&mut self, events: u64) {
        self.events += events;
    }

    pub(super) fn due(&self) -> bool {
        self.since.elapsed() >= EVERY
    }

    fn take(&mut self) -> (u64, f64) {
        let seconds = self.since.elapsed().as_secs_f64().max(0.001);
        let events = std::mem::take(&mut self.events);
        self.since = Instant::now();
        (events, events as f64 / seconds)
    }
}

impl Builder {
    /// Writes progress down; the build is left if it was given up meanwhile.
    pub(super) async fn report(&mut self) -> Result<(), Stopped> {
        let (events, rate) = self.progress.take();
        let row = &self.site.row;
        let done = sqlx::query_file!(
            "src/build/progress.sql",
            row.projection,
            row.generation,
            self.position() as i64,
            events as i64,
            rate
        )
        .execute(self.database().projector())
        .await
        .attempt("report the progress of a build")?;
        if done.rows_affected() == 0 { Err(Stopped::Left) } else { Ok(()) }
    }

    /// What the load is to reach.
    pub(super) async fn aim(&self, target: u64) -> Result<(), Stopped> {
        let row = &self.site.row;
        sqlx::query_file!("src/build/aim.sql", row.projection, row.generation, target as i64)
            .execute(self.database().projector())
            .await
            .attempt("report the aim of a build")?;
        Ok(())
    }
}
