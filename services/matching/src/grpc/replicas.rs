//! What other replicas ask.

use kindred_eventsourcing::EventStore;
use kindred_projections::ReactError;
use kindred_proto::matching as wire;
use kindred_proto::matching::replicas_server::Replicas;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use tonic::{Request, Response, Status};

use crate::index::Index;
use crate::replicas::Here;

/// Answers other replicas.
pub struct ReplicasService<S> {
    /// The log that reactions read.
    pub store: S,
    /// What is held here.
    pub index: Index,
    /// Reacts.
    pub here: Here,
}

#[tonic::async_trait]
impl<S: EventStore> Replicas for ReplicasService<S> {
    async fn react(&self, request: Request<wire::ReactRequest>) -> Result<Response<wire::ReactResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let wire::ReactRequest { tenant, reaction, sequence } = request.into_inner();
        let tenant = caller.tenant_for(&tenant)?;
        let reaction = self.here.named(&reaction).ok_or_else(|| {
            ApiError::invalid("reaction", "REACTION_UNKNOWN", "`reaction` is none that asks other replicas")
        })?;
        if !self.index.share().holds(&tenant) {
            let message = "this replica does not hold the tenant; ask again";
            return Err(ApiError::unavailable("NOT_HELD_HERE", message).into());
        }
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
}

/// Why it did not get through this time, where that is for others to know.
fn status(error: Box<dyn std::error::Error + Send + Sync>) -> Status {
    match error.downcast::<ApiError>() {
        Ok(error) => (*error).into(),
        Err(error) => ApiError::internal(error.as_ref()).into(),
    }
}
