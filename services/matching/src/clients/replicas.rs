//! Other replicas of matching, in its own name.

use futures::future::BoxFuture;
use kindred_ids::TenantSlug;
use kindred_projections::ReactError;
use kindred_proto::matching as wire;
use kindred_proto::matching::replicas_client::ReplicasClient;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::PlacedChannel;

use crate::crowd::{Neighbors, unreachable};
use crate::replicas::Elsewhere;

/// Asks whoever holds a tenant.
#[derive(Clone)]
pub struct Replicas(Option<PlacedChannel>);

impl Replicas {
    /// Asks through `channel`; without one there is nobody else.
    #[must_use]
    pub const fn new(channel: Option<PlacedChannel>) -> Self {
        Self(channel)
    }
}

impl Elsewhere for Replicas {
    fn react<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        reaction: &'static str,
        sequence: u64,
    ) -> BoxFuture<'a, Result<(), ReactError>> {
        Box::pin(async move {
            let alone = || ReactError::transient("no setting names the other replicas");
            let channel = self.0.as_ref().ok_or_else(alone)?;
            let mut replicas = ReplicasClient::new(channel.about(tenant.clone()));
            let asked = wire::ReactRequest { tenant: tenant.to_string(), reaction: reaction.to_owned(), sequence };
            let answer = replicas.react(asked).await;
            let answer = answer.map_err(|status| ReactError::transient(ApiError::from(&status)))?;
            match answer.into_inner().poisoned {
                Some(wire::Poisoned { event, reason }) => Err(ReactError::poison(event as usize, reason)),
                None => Ok(()),
            }
        })
    }
}

impl Neighbors for Replicas {
    fn ask(&self, replica: u32, request: wire::AskRequest) -> BoxFuture<'_, Result<wire::AskResponse, ApiError>> {
        Box::pin(async move {
            let channel = self.0.as_ref().and_then(|channel| channel.replica(replica));
            let channel = channel.ok_or_else(|| unreachable("no setting names the other replicas"))?;
            let answer = ReplicasClient::new(channel).ask(request).await;
            Ok(answer.map_err(|status| ApiError::from(&status))?.into_inner())
        })
    }
}
