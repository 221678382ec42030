//! Communities.

use kindred_eventsourcing::EventStore;
use kindred_ids::CommunityId;
use kindred_proto::membership as proto;
use kindred_proto::membership::communities_server::Communities;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{command_id, id};
use tonic::{Request, Response, Status};

use super::Api;
use crate::domain::community::Profile;
use crate::domain::value::{CommunityRole, JoinPolicy};

#[tonic::async_trait]
impl<S: EventStore> Communities for Api<S> {
    async fn create_community(
        &self,
        request: Request<proto::CreateCommunityRequest>,
    ) -> Result<Response<proto::CreateCommunityResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (id, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let profile = profile(asked.name, asked.purpose, asked.join_policy, asked.guidelines)?;
        let (community, receipt) = self.application.create_community(&caller, id, &tenant, profile).await?;
        let (receipt, community_id) = (self.queries.receipt(&receipt), community.to_string());
        Ok(Response::new(proto::CreateCommunityResponse { receipt, community_id }))
    }

    async fn change_community(
        &self,
        request: Request<proto::ChangeCommunityRequest>,
    ) -> Result<Response<proto::ChangeCommunityResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, community) = (command_id(&asked.command_id)?, id("community_id", &asked.community_id)?);
        let profile = profile(asked.name, asked.purpose, asked.join_policy, asked.guidelines)?;
        let receipt = self.application.change_community(&caller, command, community, profile).await?;
        Ok(Response::new(proto::ChangeCommunityResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_community(
        &self,
        request: Request<proto::GetCommunityRequest>,
    ) -> Result<Response<proto::GetCommunityResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let metadata = request.metadata().clone();
        let community: CommunityId = id("community_id", &request.into_inner().community_id)?;
        let community = self.read_model.community(&metadata, &caller, community).await?;
        Ok(Response::new(proto::GetCommunityResponse { community: Some(community) }))
    }

    async fn list_communities(
        &self,
        request: Request<proto::ListCommunitiesRequest>,
    ) -> Result<Response<proto::ListCommunitiesResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let metadata = request.metadata().clone();
        let page = request.into_inner().page.unwrap_or_default();
        Ok(Response::new(self.read_model.communities(&metadata, &caller, &page).await?))
    }

    async fn list_members(
        &self,
        request: Request<proto::ListMembersRequest>,
    ) -> Result<Response<proto::ListMembersResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let metadata = request.metadata().clone();
        let asked = request.into_inner();
        let community: CommunityId = id("community_id", &asked.community_id)?;
        let least = if asked.pending { CommunityRole::Moderator } else { CommunityRole::Member };
        self.application.must_be_staff(&caller, &caller.tenant()?, community, least).await?;
        let page = asked.page.unwrap_or_default();
        Ok(Response::new(self.read_model.roster(&metadata, &caller, community, asked.pending, &page).await?))
    }
}

fn profile(name: String, purpose: String, join_policy: i32, guidelines: String) -> Result<Profile, ApiError> {
    let join_policy = JoinPolicy::from_number(join_policy).ok_or_else(|| {
        ApiError::invalid("join_policy", "JOIN_POLICY_UNKNOWN", "`join_policy` is open, approval or invitation")
    })?;
    Ok(Profile { name, purpose, join_policy, guidelines })
}
