//! Becoming a member, where the organization lets anybody register.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit};
use super::sign_in::{slug, tenant_frame};
use crate::edge::forwarded::ClientAddress;
use crate::failure::Answer;
use crate::gateway::new_command_id;
use crate::operations::members::{self, Newcomer};
use crate::operations::sign_in;

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    frame: Frame,
    tenant: String,
    email: String,
    handle: String,
    error: Option<(String, String)>,
}

impl RegisterPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.error.as_ref().filter(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }
}

#[derive(Template)]
#[template(path = "registered.html")]
struct RegisteredPage {
    frame: Frame,
    email: String,
    handle: String,
}

/// `GET /t/{tenant}/register`.
pub async fn ask(visit: Visit, Path(tenant): Path<String>) -> Answer<Response> {
    let tenant = slug(&tenant)?;
    let frame = open_frame(&visit, &tenant).await?;
    let (email, handle) = (String::new(), String::new());
    Ok(html(&RegisterPage { frame, tenant: tenant.to_string(), email, handle, error: None }))
}

async fn open_frame(visit: &Visit, tenant: &kindred_ids::TenantSlug) -> Result<Frame, ApiError> {
    match tenant_frame(visit, tenant).await? {
        (frame, true) => Ok(frame),
        (frame, false) => Err(ApiError::denied(
            "REGISTRATION_CLOSED",
            format!("{} registers people itself; ask there, and you get a mail", frame.brand),
        )),
    }
}

/// `POST /t/{tenant}/register`: makes the member and sends the first link.
pub async fn register(
    Extension(address): Extension<ClientAddress>,
    Path(tenant): Path<String>,
    sent: Sent,
) -> Answer<Response> {
    let tenant = slug(&tenant)?;
    let frame = open_frame(&sent.visit, &tenant).await?;
    let gateway = &sent.visit.gateway;
    gateway.limits.sign_in(address)?;
    let (email, handle) = (sent.line("email"), sent.line("handle"));
    gateway.limits.mailbox(tenant.as_str(), &email)?;
    let call = gateway.stranger(Some(&tenant));
    let newcomer = Newcomer {
        email: email.clone(),
        handle: handle.clone(),
        name: sent.line("name"),
        tenant: tenant.to_string(),
        roles: Vec::new(),
    };
    match members::register(&call, sent.command.clone(), newcomer).await {
        Ok(_) => {
            let link = sign_in::request(&call, new_command_id().to_string(), tenant.to_string(), email.clone());
            link.await?;
            Ok(html(&RegisteredPage { frame, email, handle }))
        }
        Err(error)
            if matches!(error.code(), ErrorCode::InvalidArgument | ErrorCode::AlreadyExists | ErrorCode::Refused) =>
        {
            let field = error.field().unwrap_or("handle").to_owned();
            let status = error.code().http();
            let error = Some((field, sentence(error.message())));
            let page = RegisterPage { frame, tenant: tenant.to_string(), email, handle, error };
            Ok((status, html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
