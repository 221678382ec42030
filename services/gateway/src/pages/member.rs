//! Another member: what they released, their words, meeting or blocking them.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::communities::about_input;
use super::errors::{html, sentence};
use super::frame::Frame;
use super::request::{Sent, Visit, redirect};
use crate::failure::Answer;
use crate::model::{Member, Post};
use crate::operations::{introductions, members, threads};
use crate::wire::{FieldKind, MemberState, TenantRole};

#[derive(Template)]
#[template(path = "member.html")]
struct MemberPage {
    frame: Frame,
    member: Member,
    posts: Vec<Post>,
    staff: bool,
    privacy: bool,
}

impl MemberPage {
    fn facts(&self) -> Vec<(&'static str, Vec<&str>)> {
        FieldKind::ALL
            .iter()
            .map(|kind| (kind_words(*kind), self.member.of_kind(*kind).map(|field| field.words()).collect::<Vec<_>>()))
            .filter(|(_, values)| !values.is_empty())
            .collect()
    }

    fn suspended(&self) -> bool {
        self.member.state == MemberState::Suspended
    }
}

/// What a field is about, in words.
pub(super) const fn kind_words(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Condition => "Lives with",
        FieldKind::Interest => "Likes to talk about",
        FieldKind::Role => "Is here as",
        FieldKind::Area => "Area",
        FieldKind::Language => "Speaks",
        FieldKind::YearOfDiagnosis => "Diagnosed in",
        FieldKind::Stage => "Is",
        FieldKind::Treatment => "Is treated with",
        FieldKind::AgeBand => "Age",
        FieldKind::Sex => "Sex",
        FieldKind::Offer => "Can help with",
        FieldKind::Want => "Looks for",
        FieldKind::Unknown => "",
    }
}

/// `GET /members/{id}`.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let signed = visit.signed()?;
    let (member, frame) = tokio::join!(members::get(&signed.call, &id), visit.frame("people"));
    let member = member?;
    // Their words are a bonus: without them the page still tells who it is.
    let posts = threads::by_member(&signed.call, &member.author(), 10).await.unwrap_or_default();
    let posts = posts.into_iter().filter(Post::readable).collect();
    let staff = signed.session.has(TenantRole::Administrator) && !member.is_you;
    let privacy = signed.session.has(TenantRole::PrivacyOfficer) && !member.is_you;
    Ok(html(&MemberPage { frame, member, posts, staff, privacy }))
}

#[derive(Template)]
#[template(path = "introduce.html")]
struct IntroducePage {
    frame: Frame,
    member: Member,
    note: String,
    error: Option<String>,
}

/// `GET /members/{id}/introduce`.
pub async fn introduce_form(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let (member, frame) = tokio::join!(members::get(visit.call()?, &id), visit.frame("people"));
    let member = member?;
    if member.is_you {
        return Ok(redirect("/me"));
    }
    Ok(html(&IntroducePage { frame, member, note: String::new(), error: None }))
}

/// `POST /members/{id}/introduce`.
pub async fn introduce(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let note = sent.text("note").trim().to_owned();
    let call = sent.visit.call()?;
    match introductions::request(call, sent.command.clone(), id.clone(), note.clone()).await {
        Ok(accepted) => sent.done(&accepted, "/introductions", "asked"),
        Err(error) if about_input(error.code()) => {
            let (member, frame) = tokio::join!(members::get(call, &id), sent.visit.frame("people"));
            let page = IntroducePage { frame, member: member?, note, error: Some(sentence(error.message())) };
            Ok((error.code().http(), html(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /members/{id}/block`.
pub async fn block(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = members::block(sent.visit.call()?, sent.command.clone(), id).await?;
    sent.done(&accepted, "/me/blocks", "blocked")
}

/// `POST /members/{id}/unblock`.
pub async fn unblock(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let accepted = members::unblock(sent.visit.call()?, sent.command.clone(), id).await?;
    sent.done(&accepted, "/me/blocks", "unblocked")
}

/// `POST /members/{id}/suspension`: with a reason suspends in the whole tenant, without
/// lets back.
pub async fn suspend(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let reason = sent.fields.get("reason").map(|_| sent.line("reason"));
    let done = if reason.is_some() { "suspended" } else { "reinstated" };
    let accepted = members::suspend(sent.visit.call()?, sent.command.clone(), id.clone(), reason).await?;
    sent.done(&accepted, &format!("/members/{id}"), done)
}
