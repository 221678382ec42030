//! The privacy desk: erasing a member on request, its progress and its certificate.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use kindred_service_kit::error::{ApiError, ErrorCode};

use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit, redirect};
use crate::failure::Answer;
use crate::model::{Erasure, Member, Moment};
use crate::operations::members;
use crate::wire::TenantRole;

/// Who has to confirm that every trace is gone.
const CONTEXTS: [(&str, &str); 4] = [
    ("membership", "Who they are: name, address, profile"),
    ("posting", "What they wrote, in every conversation"),
    ("matching", "What they were compared by, and their notes"),
    ("notification", "What they were told"),
];

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    frame: Frame,
    handle: String,
    error: Option<String>,
}

fn desk(visit: &Visit) -> Result<&crate::session::Signed, ApiError> {
    let signed = visit.signed()?;
    if signed.session.has(TenantRole::PrivacyOfficer) {
        return Ok(signed);
    }
    Err(ApiError::denied("PRIVACY_OFFICERS_ONLY", "only the privacy officer may see this"))
}

/// `GET /privacy`; `?handle=` looks somebody up.
pub async fn show(visit: Visit) -> Answer<Response> {
    let signed = desk(&visit)?;
    let handle = visit.query().line("handle");
    let error = if handle.is_empty() {
        None
    } else {
        match members::by_handle(&signed.call, &handle).await {
            Ok(member_id) => return Ok(redirect(&format!("/privacy/{member_id}"))),
            Err(error) if error.code() == ErrorCode::NotFound => Some("Nobody here goes by that name.".to_owned()),
            Err(error) => return Err(error.into()),
        }
    };
    Ok(html(&PrivacyPage { frame: visit.frame("privacy").await, handle, error }))
}

#[derive(Template)]
#[template(path = "erasure.html")]
struct ErasurePage {
    frame: Frame,
    member: Member,
    erasure: Erasure,
}

impl ErasurePage {
    fn steps(&self) -> Vec<(&'static str, Option<Moment>, bool)> {
        CONTEXTS
            .iter()
            .map(|(context, words)| {
                let confirmed = self.erasure.confirmations.iter().find(|one| one.context == *context);
                (*words, confirmed.and_then(|one| one.at), confirmed.is_some())
            })
            .collect()
    }

    fn done(&self) -> usize {
        self.steps().iter().filter(|(_, _, done)| *done).count()
    }

    fn all(&self) -> usize {
        CONTEXTS.len()
    }
}

/// `GET /privacy/{member}`.
pub async fn erasure(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let call = &desk(&visit)?.call;
    let (member, erasure, frame) =
        tokio::join!(members::get(call, &id), members::erasure(call, &id), visit.frame("privacy"));
    let erasure = match erasure {
        Err(error) if error.code() == ErrorCode::NotFound => Erasure {
            member_id: id,
            requested_at: None,
            certified_at: None,
            confirmations: Vec::new(),
            certificate: None,
        },
        other => other?,
    };
    Ok(html(&ErasurePage { frame, member: member?, erasure }))
}

/// `POST /privacy/{member}`: begins the erasure.
pub async fn erase(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let call = &desk(&sent.visit)?.call;
    let member = members::get(call, &id).await?;
    if !sent.line("handle").eq_ignore_ascii_case(&member.handle) {
        return Err(ApiError::invalid("handle", "HANDLE_DIFFERS", "that is not the name of this member").into());
    }
    let accepted = members::erase(call, sent.command.clone(), id.clone()).await?;
    sent.done(&accepted, &format!("/privacy/{id}"), "erasure")
}
