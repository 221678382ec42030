//! What people who run the platform look at.

use futures::future::join_all;
use kindred_proto::admin::{ListParkedRequest, ListProjectionsRequest};
use kindred_proto::membership as wire;
use kindred_service_kit::error::ApiError;

use super::Part;
use crate::backends::{Call, ask};
use crate::model::{Accepted, Page, Parked, Projection, ServiceProjections, Tenant};

/// The read models of every service; one that does not answer says so and hides no other.
pub async fn projections(call: &Call) -> Vec<ServiceProjections> {
    join_all(call.backends.admins.iter().map(|(service, client)| async move {
        let listing = call.unary(ListProjectionsRequest {}, |request| {
            let mut client = client.clone();
            async move { client.list_projections(request).await }
        });
        let parking = call.unary(ListParkedRequest {}, |request| {
            let mut client = client.clone();
            async move { client.list_parked(request).await }
        });
        let service = (*service).to_owned();
        match tokio::try_join!(listing, parking) {
            Ok((listed, parked)) => ServiceProjections {
                service,
                projections: listed.projections.into_iter().map(Projection::of_wire).collect(),
                parked: parked.parked.into_iter().map(Parked::of_wire).collect(),
                error: None,
            },
            Err(error) => ServiceProjections {
                service,
                projections: Vec::new(),
                parked: Vec::new(),
                error: Some(error.message().to_owned()),
            },
        }
    }))
    .await
}

/// Organizations of the caller's programme.
pub async fn tenants(call: &Call, part: &Part) -> Result<Page<Tenant>, ApiError> {
    let answer = ask!(call, programmes.list_tenants(wire::ListTenantsRequest { page: part.wire() }))?;
    let items = answer.tenants.into_iter().map(Tenant::of_wire).collect();
    Ok(Page::of_wire(items, answer.next_cursor, false))
}

/// What a new organization is like.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// The programme that it belongs to.
    pub programme: String,
    /// Its slug, for ever.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// Hue of its accent color.
    pub hue: u32,
    /// Whether anybody may register.
    pub open_registration: bool,
}

/// Makes an organization.
pub async fn create_tenant(call: &Call, command_id: String, new: NewTenant) -> Result<Accepted, ApiError> {
    let NewTenant { programme, tenant, name, hue, open_registration } = new;
    let id = tenant.clone();
    let request = wire::CreateTenantRequest { command_id, programme, tenant, name, hue, open_registration };
    Ok(Accepted::of_wire(ask!(call, programmes.create_tenant(request))?.receipt).with_id(id))
}

/// Suspends an organization, or lets it go on with no reason given.
pub async fn suspend_tenant(
    call: &Call,
    command_id: String,
    tenant: String,
    reason: Option<String>,
) -> Result<Accepted, ApiError> {
    let receipt = match reason {
        Some(reason) => {
            ask!(call, programmes.suspend_tenant(wire::SuspendTenantRequest { command_id, tenant, reason }))?.receipt
        }
        None => ask!(call, programmes.resume_tenant(wire::ResumeTenantRequest { command_id, tenant }))?.receipt,
    };
    Ok(Accepted::of_wire(receipt))
}
