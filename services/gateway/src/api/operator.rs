//! For people who run the platform.

use axum::Json;
use axum::extract::Path;

use super::Created;
use super::command::{Command, bodies};
use super::communities::Suspension;
use super::query::{Paging, Query};
use crate::failure::Answer;
use crate::model::{Accepted, Page, ServiceProjections, Tenant};
use crate::operations::operator::{self, NewTenant};
use crate::session::Signed;

bodies! {
    /// A new organization.
    TenantShape {
        /// The programme that it belongs to.
        programme: String,
        /// Its slug, for ever, never used again.
        tenant: String,
        /// Its name.
        name: String,
        /// Hue of its accent color, 0 to 359.
        #[schema(minimum = 0, maximum = 359)]
        hue: Option<u32>,
        /// Whether anybody may register.
        open_registration: Option<bool>,
    }
}

/// Organizations of your programme.
#[utoipa::path(get, path = "/operator/tenants", tag = "operator", params(Paging),
    responses((status = 200, body = Page<Tenant>)))]
pub async fn tenants(signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Page<Tenant>>> {
    signed.operator()?;
    Ok(Json(operator::tenants(&signed.call, &paging.part()?).await?))
}

/// Make an organization.
#[utoipa::path(post, path = "/operator/tenants", tag = "operator", request_body = TenantShape,
    responses((status = 201, body = Accepted)))]
pub async fn create_tenant(signed: Signed, command: Command<TenantShape>) -> Answer<Created> {
    signed.operator()?;
    let TenantShape { programme, tenant, name, hue, open_registration, .. } = command.body;
    let new = NewTenant {
        programme,
        tenant,
        name,
        hue: hue.unwrap_or(168),
        open_registration: open_registration.unwrap_or(false),
    };
    Ok(Created(operator::create_tenant(&signed.call, command.id, new).await?))
}

/// Suspend an organization, or let it go on.
#[utoipa::path(post, path = "/operator/tenants/{tenant}/suspension", tag = "operator",
    params(("tenant" = String, Path)), request_body = Suspension, responses((status = 200, body = Accepted)))]
pub async fn suspend_tenant(
    Path(tenant): Path<String>,
    signed: Signed,
    command: Command<Suspension>,
) -> Answer<Accepted> {
    signed.operator()?;
    Ok(operator::suspend_tenant(&signed.call, command.id, tenant, command.body.into_reason()).await?)
}

/// The read models of every service, and how far behind each is.
#[utoipa::path(get, path = "/operator/projections", tag = "operator",
    responses((status = 200, body = [ServiceProjections])))]
pub async fn projections(signed: Signed) -> Answer<Json<Vec<ServiceProjections>>> {
    signed.operator()?;
    Ok(Json(operator::projections(&signed.call).await))
}
