//! Parking: references to events that could not be applied.

use kindred_eventsourcing::RecordedCommit;
use kindred_ids::EntityKey;
use sqlx::PgConnection;

use crate::checkpoint::ConsumerId;
use crate::telemetry::{consumer_label, instruments};

/// One event to be parked.
pub(crate) struct ParkRow {
    entity: EntityKey,
    sequence: u64,
    event: usize,
    error: String,
}

impl ParkRow {
    /// The event at fault.
    pub(crate) fn fault(commit: &RecordedCommit, event: usize, error: String) -> Self {
        let error = if error.is_empty() { "no reason given".to_owned() } else { error };
        Self { entity: commit.key.clone(), sequence: commit.sequence, event, error }
    }

    /// Whether it only waits behind another event of its entity.
    pub(crate) fn waits(&self) -> bool {
        self.error.is_empty()
    }

    /// Subject of its entity.
    pub(crate) fn subject(&self, consumer: &ConsumerId) -> String {
        self.entity.subject(&consumer.context)
    }

    /// A commit behind one that is parked.
    pub(crate) fn behind(commit: &RecordedCommit) -> Self {
        Self { entity: commit.key.clone(), sequence: commit.sequence, event: 0, error: String::new() }
    }
}

/// Writes the rows.
pub(crate) async fn park(
    connection: &mut PgConnection,
    consumer: &ConsumerId,
    rows: Vec<ParkRow>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    instruments().parked.add(rows.len() as u64, &consumer_label(&consumer.name));
    let subjects: Vec<String> = rows.iter().map(|row| row.subject(consumer)).collect();
    let sequences: Vec<i64> = rows.iter().map(|row| row.sequence as i64).collect();
    let events: Vec<i32> = rows.iter().map(|row| row.event as i32).collect();
    let errors: Vec<String> = rows.into_iter().map(|row| row.error).collect();
    sqlx::query_file!(
        "src/apply/park.sql",
        consumer.name,
        consumer.generation,
        &subjects,
        &sequences,
        &events,
        &errors
    )
    .execute(connection)
    .await?;
    Ok(())
}
