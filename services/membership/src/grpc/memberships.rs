//! Who belongs to what.

use kindred_eventsourcing::EventStore;
use kindred_proto::membership as proto;
use kindred_proto::membership::memberships_server::Memberships;
use kindred_service_kit::caller::{Caller, Subject};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{command_id, id, optional_id};
use tonic::{Request, Response, Status};

use super::{Api, community_role, pair, views};

#[tonic::async_trait]
impl<S: EventStore> Memberships for Api<S> {
    async fn join(&self, request: Request<proto::JoinRequest>) -> Result<Response<proto::JoinResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let member = caller.member_for(&asked.member_id)?;
        if matches!(caller.subject(), Subject::Member(claims) if claims.member != member) {
            return Err(ApiError::denied("ONLY_ONESELF", "a member joins only for themselves").into());
        }
        let pair = pair(&asked.community_id, &member.to_string())?;
        let (standing, receipt) = self.application.join(&caller, command, &tenant, pair, &asked.note).await?;
        let (receipt, state) = (self.queries.receipt(&receipt), views::membership_state(standing));
        Ok(Response::new(proto::JoinResponse { receipt, state: state.into() }))
    }

    async fn leave(&self, request: Request<proto::LeaveRequest>) -> Result<Response<proto::LeaveResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, community) = (command_id(&asked.command_id)?, id("community_id", &asked.community_id)?);
        let receipt = self.application.leave(&caller, command, community).await?;
        Ok(Response::new(proto::LeaveResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn decide_join(
        &self,
        request: Request<proto::DecideJoinRequest>,
    ) -> Result<Response<proto::DecideJoinResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, pair) = (command_id(&asked.command_id)?, pair(&asked.community_id, &asked.member_id)?);
        let tenant = caller.tenant_for(&asked.tenant)?;
        let receipt = self.application.decide_join(&caller, command, &tenant, (pair, asked.admit)).await?;
        Ok(Response::new(proto::DecideJoinResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn invite(&self, request: Request<proto::InviteRequest>) -> Result<Response<proto::InviteResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, pair) = (command_id(&asked.command_id)?, pair(&asked.community_id, &asked.member_id)?);
        let receipt = self.application.invite(&caller, command, pair).await?;
        Ok(Response::new(proto::InviteResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn suspend_membership(
        &self,
        request: Request<proto::SuspendMembershipRequest>,
    ) -> Result<Response<proto::SuspendMembershipResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, pair) = (command_id(&asked.command_id)?, pair(&asked.community_id, &asked.member_id)?);
        let receipt = self.application.suspend_membership(&caller, command, pair, &asked.reason).await?;
        Ok(Response::new(proto::SuspendMembershipResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn reinstate_membership(
        &self,
        request: Request<proto::ReinstateMembershipRequest>,
    ) -> Result<Response<proto::ReinstateMembershipResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, pair) = (command_id(&asked.command_id)?, pair(&asked.community_id, &asked.member_id)?);
        let receipt = self.application.reinstate_membership(&caller, command, pair).await?;
        Ok(Response::new(proto::ReinstateMembershipResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn set_community_role(
        &self,
        request: Request<proto::SetCommunityRoleRequest>,
    ) -> Result<Response<proto::SetCommunityRoleResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, pair) = (command_id(&asked.command_id)?, pair(&asked.community_id, &asked.member_id)?);
        let (tenant, role) = (caller.tenant_for(&asked.tenant)?, community_role(asked.role)?);
        let receipt = self.application.set_community_role(&caller, command, &tenant, pair, role).await?;
        Ok(Response::new(proto::SetCommunityRoleResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_standing(
        &self,
        request: Request<proto::GetStandingRequest>,
    ) -> Result<Response<proto::GetStandingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (tenant, member) = (caller.tenant_for(&asked.tenant)?, id("member_id", &asked.member_id)?);
        let community = optional_id("community_id", &asked.community_id)?;
        let standing = self.application.standing(&tenant, member, community).await?;
        Ok(Response::new(views::standing(&standing)))
    }
}
