//! What an operator asks of a service: its projections, parked events and log.

use std::pin::Pin;
use std::time::Duration;

use futures::Stream;
use kindred_eventsourcing::{EventStore, LogReader};
use kindred_jetstream::JetStreamStore;
use kindred_projections::{Error, GenerationStatus, Operations};
use kindred_proto::admin as proto;
use kindred_proto::admin::admin_server::Admin;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::clock::SharedClock;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{bounded_text, page_size};
use tokio::sync::mpsc;
use tonic::{Request, Response, Status};

/// How often progress is reported.
const EVERY: Duration = Duration::from_millis(200);
/// How many log entries one answer holds at most.
const MOST_ENTRIES: u32 = 500;

pub(crate) struct AdminService {
    pub operations: Operations,
    pub store: JetStreamStore,
    pub clock: SharedClock,
}

type Progress<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl Admin for AdminService {
    async fn list_projections(
        &self,
        _request: Request<proto::ListProjectionsRequest>,
    ) -> Result<Response<proto::ListProjectionsResponse>, Status> {
        let statuses = self.operations.list().await.map_err(status)?;
        let mut projections = Vec::with_capacity(statuses.len());
        for status in statuses {
            projections.push(self.projection(status).await);
        }
        Ok(Response::new(proto::ListProjectionsResponse { projections }))
    }

    type RebuildProjectionStream = Progress<proto::RebuildProjectionResponse>;

    async fn rebuild_projection(
        &self,
        request: Request<proto::RebuildProjectionRequest>,
    ) -> Result<Response<Self::RebuildProjectionStream>, Status> {
        let name = request.into_inner().name;
        let generation = self.operations.rebuild(&name).await.map_err(status)?;
        let progress =
            self.progress(name, generation, |progress| proto::RebuildProjectionResponse { progress: Some(progress) });
        Ok(Response::new(progress))
    }

    type VerifyProjectionStream = Progress<proto::VerifyProjectionResponse>;

    async fn verify_projection(
        &self,
        request: Request<proto::VerifyProjectionRequest>,
    ) -> Result<Response<Self::VerifyProjectionStream>, Status> {
        let name = request.into_inner().name;
        let generation = self.operations.verify(&name).await.map_err(status)?;
        let progress =
            self.progress(name, generation, |progress| proto::VerifyProjectionResponse { progress: Some(progress) });
        Ok(Response::new(progress))
    }

    async fn rollback_projection(
        &self,
        request: Request<proto::RollbackProjectionRequest>,
    ) -> Result<Response<proto::RollbackProjectionResponse>, Status> {
        let generation = self.operations.rollback(&request.into_inner().name).await.map_err(status)?;
        Ok(Response::new(proto::RollbackProjectionResponse { generation: generation as u32 }))
    }

    async fn list_parked(
        &self,
        _request: Request<proto::ListParkedRequest>,
    ) -> Result<Response<proto::ListParkedResponse>, Status> {
        let events = self.operations.parked(None).await.map_err(status)?;
        let mut parked: Vec<proto::Parked> = Vec::new();
        for event in events {
            let known =
                parked.iter_mut().find(|known| known.projection == event.consumer && known.subject == event.subject);
            match known {
                Some(known) => known.later_events += 1,
                None => parked.push(proto::Parked {
                    projection: event.consumer,
                    subject: event.subject,
                    sequence: event.sequence,
                    error: event.error,
                    later_events: 0,
                }),
            }
        }
        Ok(Response::new(proto::ListParkedResponse { parked }))
    }

    async fn replay_parked(
        &self,
        request: Request<proto::ReplayParkedRequest>,
    ) -> Result<Response<proto::ReplayParkedResponse>, Status> {
        let actor = Caller::of(&request)?.actor().0;
        let asked = request.into_inner();
        let replayed = self.operations.replay(&asked.projection, &asked.subject, &actor, "replayed by command").await;
        Ok(Response::new(proto::ReplayParkedResponse { replayed: replayed.map_err(status)? as u32 }))
    }

    async fn discard_parked(
        &self,
        request: Request<proto::DiscardParkedRequest>,
    ) -> Result<Response<proto::DiscardParkedResponse>, Status> {
        let actor = Caller::of(&request)?.actor().0;
        let proto::DiscardParkedRequest { projection, subject, reason } = request.into_inner();
        bounded_text("reason", &reason, 500)?;
        let parked = self.operations.parked(Some(&projection)).await.map_err(status)?;
        let mut discarded = 0;
        for event in parked.iter().filter(|event| event.subject == subject) {
            let discard = self.operations.discard_parked(&projection, &subject, event.sequence, &actor, &reason);
            discard.await.map_err(status)?;
            discarded += 1;
        }
        if discarded == 0 {
            return Err(ApiError::not_found("NOT_PARKED", "nothing of this entity is parked")
                .with_field("subject")
                .into());
        }
        Ok(Response::new(proto::DiscardParkedResponse { discarded }))
    }

    async fn show_log(
        &self,
        request: Request<proto::ShowLogRequest>,
    ) -> Result<Response<proto::ShowLogResponse>, Status> {
        let asked = request.into_inner();
        let limit = page_size("limit", asked.limit, 50, MOST_ENTRIES)? as usize;
        let head = self.store.head().await.map_err(ApiError::from)?;
        let mut reader = self.store.reader(asked.after, None).await.map_err(ApiError::from)?;
        let (mut entries, mut position) = (Vec::new(), asked.after);
        while position < head && entries.len() < limit {
            let batch = reader.next(1_000, Duration::from_secs(2)).await.map_err(ApiError::from)?;
            if batch.position == position {
                break;
            }
            position = batch.position;
            let shown = batch.commits.iter().map(|commit| (commit.key.subject(self.store.context()), commit));
            let shown = shown.filter(|(subject, _)| subject.starts_with(&asked.subject_prefix));
            entries.extend(shown.take(limit - entries.len()).map(|(subject, commit)| entry(subject, commit)));
        }
        Ok(Response::new(proto::ShowLogResponse { entries, head }))
    }
}

fn entry(subject: String, commit: &kindred_eventsourcing::RecordedCommit) -> proto::LogEntry {
    proto::LogEntry {
        sequence: commit.sequence,
        subject,
        version: commit.meta.version,
        event_types: commit.records.iter().map(|record| record.event_type.clone()).collect(),
        actor: commit.meta.actor.0.clone(),
        command_id: commit.meta.command_id.to_string(),
        at: commit.meta.at.millis(),
        hash: commit.hash.to_string(),
    }
}

impl AdminService {
    async fn projection(&self, status: GenerationStatus) -> proto::Projection {
        let mut behind = status.head.saturating_sub(status.position);
        let next = if behind == 0 { Ok(None) } else { self.store.at(status.position + 1).await };
        // The last message may be one that nobody follows, the probe of the self-test.
        if behind == 1 && matches!(next, Ok(None)) {
            behind = 0;
        }
        let waiting = next.ok().flatten().map_or(0, |commit| self.clock.now().millis() - commit.meta.at.millis());
        let progress = if status.head == 0 { 1.0 } else { status.position as f64 / status.head as f64 };
        proto::Projection {
            name: status.projection,
            version: status.version,
            generation: status.generation as u32,
            state: status.state,
            stream: kindred_jetstream::stream_name(&status.context),
            position: status.position,
            behind_events: behind,
            behind_seconds: waiting.max(0) as f64 / 1_000.0,
            parked: status.parked,
            progress,
            events_per_second: status.rate,
            seconds_left: status.left.map_or(0.0, |left| left.as_secs_f64()),
        }
    }

    /// Reports until the build has ended; a caller who goes away does not stop it.
    fn progress<T: Send + 'static>(
        &self,
        name: String,
        generation: i64,
        wrap: impl Fn(proto::Progress) -> T + Send + 'static,
    ) -> Progress<T> {
        let (operations, (send, receive)) = (self.operations.clone(), mpsc::channel(4));
        tokio::spawn(async move {
            loop {
                let finished = operations.finished(&name, generation, EVERY).await;
                let (message, ended) = match finished {
                    Ok(status) => (Ok(wrap(report(&status, true))), true),
                    Err(Error::TooLong(_)) => match operations.list().await {
                        Ok(all) => {
                            let own = all.iter().find(|one| one.projection == name && one.generation == generation);
                            (Ok(wrap(own.map(|status| report(status, false)).unwrap_or_default())), false)
                        }
                        Err(error) => (Err(status(error)), true),
                    },
                    Err(error) => (Err(status(error)), true),
                };
                if send.send(message).await.is_err() || ended {
                    return;
                }
            }
        });
        Box::pin(futures::stream::unfold(receive, |mut receive| async move {
            receive.recv().await.map(|message| (message, receive))
        }))
    }
}

fn report(status: &GenerationStatus, ended: bool) -> proto::Progress {
    // How the projector words a build that gave what it should.
    let good =
        status.outcome.starts_with("equal") || (status.state == "live" && !status.outcome.starts_with("differs"));
    let phase = match (ended, good) {
        (false, _) => status.phase.clone(),
        (true, true) => "done".to_owned(),
        (true, false) => "differs".to_owned(),
    };
    proto::Progress {
        phase,
        events_done: status.events,
        events_total: status.head,
        events_per_second: status.rate,
        seconds_left: status.left.map_or(0.0, |left| left.as_secs_f64()),
        detail: if status.error.is_empty() { status.outcome.clone() } else { status.error.clone() },
    }
}

fn status(error: Error) -> Status {
    let error = match error {
        Error::UnknownProjection(name) => {
            ApiError::not_found("PROJECTION_UNKNOWN", format!("projection `{name}` is not known here"))
                .with_field("name")
        }
        Error::Refused(why) => ApiError::refused("OPERATION_REFUSED", why),
        Error::TooLong(what) => ApiError::unavailable("OPERATION_SLOW", format!("{what} took too long")),
        Error::Database { .. } => {
            tracing::warn!(chain = %kindred_service_kit::error::chain(&error), "an operation met the database");
            ApiError::unavailable("DATABASE_UNAVAILABLE", "the read model does not answer")
        }
        other => ApiError::internal(&other),
    };
    error.into()
}
