//! Matching over gRPC, in the caller's name.

use futures::future::BoxFuture;
use kindred_ids::MemberId;
use kindred_proto::matching as wire;
use kindred_proto::matching::matching_client::MatchingClient as Client;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::ServiceChannel;

use crate::application::Acquaintances;

/// Asks matching.
#[derive(Clone)]
pub struct MatchingClient(Client<ServiceChannel>);

impl MatchingClient {
    /// Asks through `channel`.
    #[must_use]
    pub fn new(channel: ServiceChannel) -> Self {
        Self(Client::new(channel))
    }
}

impl Acquaintances for MatchingClient {
    fn are_acquainted<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            let request = caller.request(wire::CheckAcquaintanceRequest {
                tenant: caller.member()?.tenant.to_string(),
                member_id: one.to_string(),
                other_member_id: other.to_string(),
            });
            Ok(self.0.clone().check_acquaintance(request).await?.into_inner().acquainted)
        })
    }
}
