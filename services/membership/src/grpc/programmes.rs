//! Programmes and tenants.

use kindred_eventsourcing::{EventStore, Timestamp};
use kindred_ids::TenantSlug;
use kindred_proto::membership as proto;
use kindred_proto::membership::programmes_server::Programmes;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{command_id, tenant};
use tonic::{Request, Response, Status};

use super::Api;
use crate::domain::tenant as domain;

#[tonic::async_trait]
impl<S: EventStore> Programmes for Api<S> {
    async fn create_programme(
        &self,
        request: Request<proto::CreateProgrammeRequest>,
    ) -> Result<Response<proto::CreateProgrammeResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let programme = programme_slug(&asked.programme)?;
        let id = command_id(&asked.command_id)?;
        let receipt = self.application.create_programme(&caller, id, programme, &asked.name).await?;
        Ok(Response::new(proto::CreateProgrammeResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn create_tenant(
        &self,
        request: Request<proto::CreateTenantRequest>,
    ) -> Result<Response<proto::CreateTenantResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let create = domain::Create {
            tenant: tenant("tenant", &asked.tenant)?,
            programme: programme_slug(&asked.programme)?,
            name: asked.name,
            hue: asked.hue,
            open_registration: asked.open_registration,
            at: Timestamp::default(),
        };
        let receipt = self.application.create_tenant(&caller, command_id(&asked.command_id)?, create).await?;
        Ok(Response::new(proto::CreateTenantResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn suspend_tenant(
        &self,
        request: Request<proto::SuspendTenantRequest>,
    ) -> Result<Response<proto::SuspendTenantResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (id, tenant) = (command_id(&asked.command_id)?, tenant("tenant", &asked.tenant)?);
        let receipt = self.application.suspend_tenant(&caller, id, &tenant, &asked.reason).await?;
        Ok(Response::new(proto::SuspendTenantResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn resume_tenant(
        &self,
        request: Request<proto::ResumeTenantRequest>,
    ) -> Result<Response<proto::ResumeTenantResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (id, tenant) = (command_id(&asked.command_id)?, tenant("tenant", &asked.tenant)?);
        let receipt = self.application.resume_tenant(&caller, id, &tenant).await?;
        Ok(Response::new(proto::ResumeTenantResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn list_tenants(
        &self,
        request: Request<proto::ListTenantsRequest>,
    ) -> Result<Response<proto::ListTenantsResponse>, Status> {
        let metadata = request.metadata().clone();
        let page = request.into_inner().page.unwrap_or_default();
        Ok(Response::new(self.read_model.tenants(&metadata, &page).await?))
    }

    async fn get_tenant(
        &self,
        request: Request<proto::GetTenantRequest>,
    ) -> Result<Response<proto::GetTenantResponse>, Status> {
        let slug: TenantSlug = tenant("tenant", &request.into_inner().tenant)?;
        let domain::State::Known { programme, profile, suspended } = self.application.get_tenant(&slug).await? else {
            return Err(ApiError::from(domain::Refusal::Unknown).into());
        };
        let tenant = proto::Tenant {
            tenant: slug.to_string(),
            name: profile.name,
            programme: programme.to_string(),
            suspended,
            hue: profile.hue,
            open_registration: profile.open_registration,
        };
        Ok(Response::new(proto::GetTenantResponse { tenant: Some(tenant) }))
    }
}

fn programme_slug(text: &str) -> Result<kindred_ids::ProgrammeSlug, ApiError> {
    text.parse().map_err(|error| ApiError::invalid("programme", "PROGRAMME_MALFORMED", format!("`programme`: {error}")))
}
