//! People.

use kindred_eventsourcing::EventStore;
use kindred_ids::MemberId;
use kindred_proto::membership as proto;
use kindred_proto::membership::members_server::Members;
use kindred_service_kit::caller::{Caller, Subject, TenantRole as StaffRole};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input::{command_id, id};
use tonic::{Request, Response, Status};

use super::{Api, tenant_role, views};
use crate::application::{Email, Handle, NewMember, ProfileEntry};
use crate::domain::consent::Purpose;

/// How many members or handles one question may name.
const MOST_MEMBERS: usize = 200;
const MOST_HANDLES: usize = 50;

#[tonic::async_trait]
impl<S: EventStore> Members for Api<S> {
    async fn register(
        &self,
        request: Request<proto::RegisterRequest>,
    ) -> Result<Response<proto::RegisterResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (id, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let new = NewMember {
            email: Email::parse(&asked.email)?,
            handle: Handle::parse(&asked.handle)?,
            name: asked.name,
            roles: asked.roles.iter().map(|role| tenant_role(*role)).collect::<Result<_, _>>()?,
        };
        let (member, receipt) = self.application.register(&caller, id, &tenant, new).await?;
        let (receipt, member_id) = (self.queries.receipt(&receipt), member.to_string());
        Ok(Response::new(proto::RegisterResponse { receipt, member_id }))
    }

    async fn get_member(
        &self,
        request: Request<proto::GetMemberRequest>,
    ) -> Result<Response<proto::GetMemberResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let metadata = request.metadata().clone();
        let member = caller.member_for(&request.into_inner().member_id)?;
        Ok(Response::new(self.read_model.member(&metadata, &caller, member).await?))
    }

    async fn get_members(
        &self,
        request: Request<proto::GetMembersRequest>,
    ) -> Result<Response<proto::GetMembersResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let metadata = request.metadata().clone();
        let asked = request.into_inner();
        at_most("member_ids", asked.member_ids.len(), MOST_MEMBERS)?;
        let members = asked.member_ids.iter().map(|text| id::<MemberId>("member_ids", text));
        let members: Vec<MemberId> = members.collect::<Result<_, _>>()?;
        let members = self.read_model.members(&metadata, &caller, &members).await?;
        Ok(Response::new(proto::GetMembersResponse { members }))
    }

    async fn resolve_handles(
        &self,
        request: Request<proto::ResolveHandlesRequest>,
    ) -> Result<Response<proto::ResolveHandlesResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        at_most("handles", asked.handles.len(), MOST_HANDLES)?;
        let tenant = caller.tenant_for(&asked.tenant)?;
        let found = self.application.resolve_handles(&tenant, asked.handles).await?;
        let handles =
            found.into_iter().map(|(handle, member)| proto::ResolvedHandle { handle, member_id: member.to_string() });
        Ok(Response::new(proto::ResolveHandlesResponse { handles: handles.collect() }))
    }

    async fn set_profile(
        &self,
        request: Request<proto::SetProfileRequest>,
    ) -> Result<Response<proto::SetProfileResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (id, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let member = only_operators_for_others(&caller, &asked.member_id)?;
        at_most("fields", asked.fields.len(), MOST_MEMBERS)?;
        let entries = asked
            .fields
            .iter()
            .map(|field| ProfileEntry::parse(field.kind, &field.value, &field.label, field.visibility));
        let entries = entries.collect::<Result<_, _>>()?;
        let receipt = self.application.set_profile(&caller, id, &tenant, member, entries).await?;
        Ok(Response::new(proto::SetProfileResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn set_consent(
        &self,
        request: Request<proto::SetConsentRequest>,
    ) -> Result<Response<proto::SetConsentResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (id, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let member = only_operators_for_others(&caller, &asked.member_id)?;
        let purpose = purpose(asked.purpose)?;
        let receipt = self.application.set_consent(&caller, id, &tenant, member, purpose, asked.agrees).await?;
        Ok(Response::new(proto::SetConsentResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_consent(
        &self,
        request: Request<proto::GetConsentRequest>,
    ) -> Result<Response<proto::GetConsentResponse>, Status> {
        let claims = Caller::of(&request)?.member()?.clone();
        let agreed = self.application.consents(&claims.tenant, claims.member).await?;
        Ok(Response::new(proto::GetConsentResponse {
            matching: agreed.covers(Purpose::Matching),
            inference: agreed.covers(Purpose::Inference),
            text: agreed.covers(Purpose::Text),
            outcomes: agreed.covers(Purpose::Outcomes),
        }))
    }

    async fn suspend(
        &self,
        request: Request<proto::SuspendRequest>,
    ) -> Result<Response<proto::SuspendResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, member) = (command_id(&asked.command_id)?, id("member_id", &asked.member_id)?);
        let receipt = self.application.suspend(&caller, command, member, &asked.reason).await?;
        Ok(Response::new(proto::SuspendResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn reinstate(
        &self,
        request: Request<proto::ReinstateRequest>,
    ) -> Result<Response<proto::ReinstateResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, member) = (command_id(&asked.command_id)?, id("member_id", &asked.member_id)?);
        let receipt = self.application.reinstate(&caller, command, member).await?;
        Ok(Response::new(proto::ReinstateResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn grant_tenant_role(
        &self,
        request: Request<proto::GrantTenantRoleRequest>,
    ) -> Result<Response<proto::GrantTenantRoleResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let (member, change) = (id("member_id", &asked.member_id)?, (tenant_role(asked.role)?, true));
        let receipt = self.application.set_tenant_role(&caller, command, &tenant, member, change).await?;
        Ok(Response::new(proto::GrantTenantRoleResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn revoke_tenant_role(
        &self,
        request: Request<proto::RevokeTenantRoleRequest>,
    ) -> Result<Response<proto::RevokeTenantRoleResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, tenant) = (command_id(&asked.command_id)?, caller.tenant()?);
        let (member, change) = (id("member_id", &asked.member_id)?, (tenant_role(asked.role)?, false));
        let receipt = self.application.set_tenant_role(&caller, command, &tenant, member, change).await?;
        Ok(Response::new(proto::RevokeTenantRoleResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn erase(&self, request: Request<proto::EraseRequest>) -> Result<Response<proto::EraseResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command, member) = (command_id(&asked.command_id)?, caller.member_for(&asked.member_id)?);
        let receipt = self.application.erase(&caller, command, member).await?;
        Ok(Response::new(proto::EraseResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_erasure(
        &self,
        request: Request<proto::GetErasureRequest>,
    ) -> Result<Response<proto::GetErasureResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        if !caller.has_role(StaffRole::PrivacyOfficer) {
            return Err(ApiError::denied("PRIVACY_OFFICER_ONLY", "only the privacy officer follows erasures").into());
        }
        let member = caller.member_for(&request.into_inner().member_id)?;
        let erasure = self.application.erasure(&caller.tenant()?, member).await?;
        Ok(Response::new(views::erasure(member, &erasure)))
    }

    async fn confirm_erasure(
        &self,
        request: Request<proto::ConfirmErasureRequest>,
    ) -> Result<Response<proto::ConfirmErasureResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let Subject::Service(role) = caller.subject() else {
            return Err(ApiError::denied("SERVICES_ONLY", "only a service confirms an erasure").into());
        };
        if role.as_str() != asked.context {
            return Err(ApiError::denied("CONTEXT_NOT_OWN", "a service confirms for its own context only").into());
        }
        let (command, tenant) = (command_id(&asked.command_id)?, caller.tenant_for(&asked.tenant)?);
        let member = id("member_id", &asked.member_id)?;
        let confirm = self.application.confirm_erasure(caller.actor(), command, &tenant, member, &asked.context);
        let receipt = confirm.await?;
        Ok(Response::new(proto::ConfirmErasureResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_address(
        &self,
        request: Request<proto::GetAddressRequest>,
    ) -> Result<Response<proto::GetAddressResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (tenant, member) = (caller.tenant_for(&asked.tenant)?, id("member_id", &asked.member_id)?);
        let address = self.application.address(&tenant, member).await?;
        Ok(Response::new(proto::GetAddressResponse {
            email: address.email,
            handle: address.handle,
            language: address.language,
            tenant_name: address.tenant_name,
        }))
    }
}

/// Only an operator who imports may say something for somebody else.
fn only_operators_for_others(caller: &Caller, requested: &str) -> Result<MemberId, ApiError> {
    let member = caller.member_for(requested)?;
    match caller.subject() {
        Subject::Operator { .. } => Ok(member),
        Subject::Member(claims) if claims.member == member => Ok(member),
        _ => Err(ApiError::denied("ONLY_ONESELF", "a member says this only of themselves").with_field("member_id")),
    }
}

fn purpose(number: i32) -> Result<Purpose, ApiError> {
    match proto::ConsentPurpose::try_from(number) {
        Ok(proto::ConsentPurpose::Matching) => Ok(Purpose::Matching),
        Ok(proto::ConsentPurpose::Inference) => Ok(Purpose::Inference),
        Ok(proto::ConsentPurpose::Text) => Ok(Purpose::Text),
        Ok(proto::ConsentPurpose::Outcomes) => Ok(Purpose::Outcomes),
        Ok(proto::ConsentPurpose::Unspecified) | Err(_) => {
            let message = "`purpose` is none of: matching, inference, text, outcomes";
            Err(ApiError::invalid("purpose", "UNKNOWN_PURPOSE", message))
        }
    }
}

fn at_most(field: &'static str, count: usize, most: usize) -> Result<(), ApiError> {
    let message = || format!("`{field}` holds {count} entries, at most {most} are taken");
    if count > most { Err(ApiError::invalid(field, "TOO_MANY", message())) } else { Ok(()) }
}
