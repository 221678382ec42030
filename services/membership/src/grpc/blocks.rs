//! Blocks.

use kindred_eventsourcing::EventStore;
use kindred_proto::membership as proto;
use kindred_proto::membership::blocks_server::Blocks;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::input::{command_id, id};
use tonic::{Request, Response, Status};

use super::Api;

#[tonic::async_trait]
impl<S: EventStore> Blocks for Api<S> {
    async fn block(&self, request: Request<proto::BlockRequest>) -> Result<Response<proto::BlockResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, member) = (command_id(&asked.command_id)?, id("member_id", &asked.member_id)?);
        let receipt = self.application.block(&caller, command, member).await?;
        Ok(Response::new(proto::BlockResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn unblock(
        &self,
        request: Request<proto::UnblockRequest>,
    ) -> Result<Response<proto::UnblockResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, member) = (command_id(&asked.command_id)?, id("member_id", &asked.member_id)?);
        let receipt = self.application.unblock(&caller, command, member).await?;
        Ok(Response::new(proto::UnblockResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn list_blocks(
        &self,
        request: Request<proto::ListBlocksRequest>,
    ) -> Result<Response<proto::ListBlocksResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let members = self.read_model.blocks(request.metadata(), &caller).await?;
        Ok(Response::new(proto::ListBlocksResponse { members }))
    }

    async fn check_block(
        &self,
        request: Request<proto::CheckBlockRequest>,
    ) -> Result<Response<proto::CheckBlockResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let tenant = caller.tenant_for(&asked.tenant)?;
        let (one, other) = (id("member_id", &asked.member_id)?, id("other_member_id", &asked.other_member_id)?);
        let blocked = self.application.is_blocked(&tenant, one, other).await?;
        Ok(Response::new(proto::CheckBlockResponse { blocked }))
    }
}
