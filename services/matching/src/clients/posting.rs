//! Posting over gRPC, in the caller's name.

use futures::future::BoxFuture;
use kindred_ids::MemberId;
use kindred_proto::posting as wire;
use kindred_proto::posting::threads_client::ThreadsClient;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::ServiceChannel;

use crate::application::Writing;
use crate::index::{Alike, Writers};

/// Asks posting how alike what people wrote is.
#[derive(Clone)]
pub struct PostingClient(ThreadsClient<ServiceChannel>);

impl PostingClient {
    /// Asks through `channel`.
    #[must_use]
    pub fn new(channel: ServiceChannel) -> Self {
        Self(ThreadsClient::new(channel))
    }
}

impl Writing for PostingClient {
    fn alike<'a>(&'a self, caller: &'a Caller, asked: Writers) -> BoxFuture<'a, Result<Alike, ApiError>> {
        Box::pin(async move {
            let answer = self.0.clone().compare_writing(caller.request(question(asked))).await?.into_inner();
            Ok(answer.likenesses.iter().filter_map(likeness).collect())
        })
    }
}

fn question(asked: Writers) -> wire::CompareWritingRequest {
    let writer =
        |(member, communities): (MemberId, Vec<u32>)| wire::Writer { member_id: member.to_string(), communities };
    wire::CompareWritingRequest {
        community_ids: asked.communities.iter().map(ToString::to_string).collect(),
        writers: asked.writers.into_iter().map(writer).collect(),
    }
}

/// What cannot be read is as if it had not been said.
fn likeness(told: &wire::Likeness) -> Option<(MemberId, u32)> {
    Some((told.member_id.parse().ok()?, told.thousandths))
}
