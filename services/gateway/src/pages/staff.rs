//! Staff of an organization: registering people, finding them.

use askama::Template;
use axum::response::{IntoResponse, Response};
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit, redirect};
use crate::failure::Answer;
use crate::operations::members::{self, Newcomer};
use crate::wire::TenantRole;

#[derive(Template)]
#[template(path = "staff.html")]
struct StaffPage {
    frame: Frame,
    handle: String,
    unknown: bool,
    new_handle: String,
    email: String,
    error: Option<String>,
}

fn staff(visit: &Visit) -> Result<&crate::session::Signed, ApiError> {
    let signed = visit.signed()?;
    if signed.session.has(TenantRole::Administrator) {
        return Ok(signed);
    }
    Err(ApiError::denied("ADMINISTRATORS_ONLY", "only those who run this organization’s pages may see this"))
}

/// `GET /staff`; `?handle=` looks somebody up.
pub async fn show(visit: Visit) -> Answer<Response> {
    let signed = staff(&visit)?;
    let handle = visit.query().line("handle");
    if !handle.is_empty() {
        match members::by_handle(&signed.call, &handle).await {
            Ok(member_id) => return Ok(redirect(&format!("/members/{member_id}"))),
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    let unknown = !handle.is_empty();
    let (new_handle, email) = (String::new(), String::new());
    Ok(html(&StaffPage { frame: visit.frame("staff").await, handle, unknown, new_handle, email, error: None }))
}

/// `POST /staff/members`: registers somebody.
pub async fn register(sent: Sent) -> Answer<Response> {
    let signed = staff(&sent.visit)?;
    let (handle, email) = (sent.line("handle"), sent.line("email"));
    let newcomer = Newcomer {
        email: email.clone(),
        handle: handle.clone(),
        name: sent.line("name"),
        tenant: String::new(),
        roles: sent.fields.all("role").filter_map(|role| role.parse::<TenantRole>().ok()).collect(),
    };
    match members::register(&signed.call, sent.command.clone(), newcomer).await {
        Ok(accepted) => {
            let path = format!("/members/{}", accepted.id.as_deref().unwrap_or_default());
            sent.done(&accepted, &path, "registered")
        }
        Err(error) if about_input(error.code()) => {
            let frame = sent.visit.frame("staff").await;
            let (text, blank) = (Some(sentence(error.message())), String::new());
            let page = StaffPage { frame, handle: blank, unknown: false, new_handle: handle, email, error: text };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
