//! Signing in and out.

use kindred_eventsourcing::EventStore;
use kindred_proto::membership as proto;
use kindred_proto::membership::sessions_server::Sessions;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::input::{command_id, id, tenant};
use tonic::{Request, Response, Status};

use super::Api;
use crate::application::{Email, Token};
use crate::domain::value::TenantRole;

#[tonic::async_trait]
impl<S: EventStore> Sessions for Api<S> {
    async fn request_sign_in(
        &self,
        request: Request<proto::RequestSignInRequest>,
    ) -> Result<Response<proto::RequestSignInResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, email) = (command_id(&asked.command_id)?, Email::parse(&asked.email)?);
        let tenant = caller.tenant_for(&asked.tenant)?;
        self.application.request_sign_in(&caller, command, tenant, email).await?;
        Ok(Response::new(proto::RequestSignInResponse {}))
    }

    async fn redeem_sign_in(
        &self,
        request: Request<proto::RedeemSignInRequest>,
    ) -> Result<Response<proto::RedeemSignInResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, token) = (command_id(&asked.command_id)?, Token::parse(&asked.token)?);
        let (session, expires_at) = self.application.redeem_sign_in(&caller, command, &token).await?;
        let (session_token, expires_at) = (session.text(), expires_at.millis());
        Ok(Response::new(proto::RedeemSignInResponse { session_token, expires_at }))
    }

    async fn resolve_session(
        &self,
        request: Request<proto::ResolveSessionRequest>,
    ) -> Result<Response<proto::ResolveSessionResponse>, Status> {
        let token = Token::parse(&request.into_inner().session_token)?;
        let resolved = self.application.resolve_session(&token).await?;
        Ok(Response::new(proto::ResolveSessionResponse {
            tenant: resolved.tenant.to_string(),
            member_id: resolved.member.to_string(),
            session_id: resolved.session.to_string(),
            handle: resolved.handle,
            roles: resolved.roles.iter().map(|role| role.number()).collect(),
            authenticated_at: resolved.authenticated_at.millis(),
            expires_at: resolved.expires_at.millis(),
            programme_operator: resolved.roles.contains(&TenantRole::ProgrammeOperator),
        }))
    }

    async fn sign_out(
        &self,
        request: Request<proto::SignOutRequest>,
    ) -> Result<Response<proto::SignOutResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let command = command_id(&request.into_inner().command_id)?;
        let receipt = self.application.sign_out(&caller, command).await?;
        Ok(Response::new(proto::SignOutResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn open_session(
        &self,
        request: Request<proto::OpenSessionRequest>,
    ) -> Result<Response<proto::OpenSessionResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, tenant) = (command_id(&asked.command_id)?, tenant("tenant", &asked.tenant)?);
        let member = id("member_id", &asked.member_id)?;
        let (token, expires_at) = self.application.open_for(&caller, command, &tenant, member, asked.as_link).await?;
        Ok(Response::new(proto::OpenSessionResponse { token: token.text(), expires_at: expires_at.millis() }))
    }
}
