//! What other replicas ask.

use std::time::Duration;

use kindred_eventsourcing::EventStore;
use kindred_ids::TenantSlug;
use kindred_projections::ReactError;
use kindred_proto::matching as wire;
use kindred_proto::matching::replicas_server::Replicas;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::placement::not_held;
use tonic::{Request, Response, Status};

use crate::crowd::wire::{read_request, response};
use crate::index::ask::Question;
use crate::index::{Index, LogName};
use crate::replicas::Here;

/// Answers other replicas.
pub struct ReplicasService<S> {
    /// The log that reactions read.
    pub store: S,
    /// What is held here.
    pub index: Index,
    /// Reacts.
    pub here: Here,
    /// How long an answer waits for the logs.
    pub patience: Duration,
}

impl<S> ReplicasService<S> {
    /// The tenant that a replica asks about, if it is held here.
    fn held(&self, caller: &Caller, tenant: &str) -> Result<TenantSlug, ApiError> {
        let tenant = caller.tenant_for(tenant)?;
        if self.index.holding().holds(&tenant) { Ok(tenant) } else { Err(not_held()) }
    }
}

#[tonic::async_trait]
impl<S: EventStore> Replicas for ReplicasService<S> {
    async fn react(&self, request: Request<wire::ReactRequest>) -> Result<Response<wire::ReactResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let wire::ReactRequest { tenant, reaction, sequence } = request.into_inner();
        let reaction = self.here.named(&reaction).ok_or_else(|| {
            ApiError::invalid("reaction", "REACTION_UNKNOWN", "`reaction` is none that asks other replicas")
        })?;
        let tenant = self.held(&caller, &tenant)?;
        let commit = self.store.at(sequence).await.map_err(ApiError::from)?;
        let commit = commit
            .filter(|commit| commit.key.scope().tenant() == Some(&tenant))
            .ok_or_else(|| ApiError::not_found("COMMIT_UNKNOWN", "the log holds no such commit of this tenant"))?;
        let poisoned = match reaction.react(&commit).await {
            Ok(()) => None,
            Err(ReactError::Poison { event, reason }) => Some(wire::Poisoned { event: event as u32, reason }),
            Err(ReactError::Transient(error)) => return Err(status(error)),
        };
        Ok(Response::new(wire::ReactResponse { poisoned }))
    }

    async fn ask(&self, request: Request<wire::AskRequest>) -> Result<Response<wire::AskResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let request = request.into_inner();
        let tenant = self.held(&caller, &request.tenant)?;
        let Question { parts, positions, ask } = read_request(request)?;
        if !self.index.holding().is_split(&tenant) || !self.index.holding().holds_parts(&tenant, &parts) {
            return Err(not_held().into());
        }
        for (log, position) in LogName::ALL.into_iter().zip(positions) {
            if !self.index.reached_in(log, position, self.patience).await {
                return Err(ApiError::unavailable("INDEX_BEHIND", "this replica is behind; ask again").into());
            }
        }
        Ok(Response::new(response(self.index.answer(&tenant, &parts, &ask))))
    }
}

/// Why it did not get through this time, where that is for others to know.
fn status(error: Box<dyn std::error::Error + Send + Sync>) -> Status {
    match error.downcast::<ApiError>() {
        Ok(error) => (*error).into(),
        Err(error) => ApiError::internal(error.as_ref()).into(),
    }
}
