//! Keeps the process's revocations as true as membership's log.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{EventStore, LogReader, RecordedCommit, StoreError};
use kindred_ids::{MemberId, SessionId};
use kindred_jetstream::JetStreamStore;
use kindred_service_kit::caller::Revocations;
use kindred_service_kit::grpc::Condition;
use tokio_util::sync::CancellationToken;

/// Reads membership's log from its start and then its tail, until told to stop. Ready
/// once it has come to where the log ended when it started.
pub(crate) async fn follow(
    store: JetStreamStore,
    revocations: Arc<Revocations>,
    ready: Condition,
    stop: CancellationToken,
) -> Result<(), StoreError> {
    let head = store.head().await?;
    let mut reader = store.reader(0, None).await?;
    let mut position = 0;
    ready.set(position >= head);
    loop {
        let batch = tokio::select! {
            batch = reader.next(1_000, Duration::from_millis(500)) => batch,
            () = stop.cancelled() => return Ok(()),
        };
        match batch {
            Ok(batch) => {
                batch.commits.iter().for_each(|commit| take(commit, &revocations));
                position = position.max(batch.position);
                ready.set(position >= head);
            }
            Err(StoreError::Unavailable { .. }) => {
                tracing::warn!("membership's log does not answer, revocations may be late");
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(200)) => {}
                    () = stop.cancelled() => return Ok(()),
                }
                reader = match store.reader(position, None).await {
                    Ok(reader) => reader,
                    Err(StoreError::Unavailable { .. }) => continue,
                    Err(error) => return Err(error),
                };
            }
            Err(error) => return Err(error),
        }
    }
}

fn take(commit: &RecordedCommit, revocations: &Revocations) {
    let Some(tenant) = commit.key.scope().tenant() else { return };
    let id = commit.key.id();
    for record in &commit.records {
        match (record.event_type.as_str(), id) {
            ("SessionClosed", Some(id)) => revocations.end_session(tenant, SessionId(id), commit.meta.at),
            ("MemberSuspended" | "MemberErased", Some(id)) => revocations.bar_member(tenant, MemberId(id)),
            ("MemberReinstated", Some(id)) => revocations.readmit_member(tenant, MemberId(id)),
            ("TenantSuspended", None) => revocations.bar_tenant(tenant),
            ("TenantResumed", None) => revocations.readmit_tenant(tenant),
            _ => {}
        }
    }
}
