//! Membership over gRPC, in the caller's name.

use futures::future::BoxFuture;
use kindred_ids::MemberId;
use kindred_proto::membership as wire;
use kindred_proto::membership::blocks_client::BlocksClient;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::ServiceChannel;

use crate::application::Blocks;

/// Asks membership for blocks.
#[derive(Clone)]
pub struct MembershipBlocks(BlocksClient<ServiceChannel>);

impl MembershipBlocks {
    /// Asks through `channel`.
    #[must_use]
    pub fn new(channel: ServiceChannel) -> Self {
        Self(BlocksClient::new(channel))
    }
}

impl Blocks for MembershipBlocks {
    fn are_apart<'a>(
        &'a self,
        caller: &'a Caller,
        one: MemberId,
        other: MemberId,
    ) -> BoxFuture<'a, Result<bool, ApiError>> {
        Box::pin(async move {
            let request = caller.request(wire::CheckBlockRequest {
                tenant: caller.member()?.tenant.to_string(),
                member_id: one.to_string(),
                other_member_id: other.to_string(),
            });
            Ok(self.0.clone().check_block(request).await?.into_inner().blocked)
        })
    }
}
