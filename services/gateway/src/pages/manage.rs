//! Looking after a community: who waits, who is in, what it is like.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::communities::{CommunityForm, about_input, form_again, shape};
use super::errors::html;
use super::frame::Frame;
use super::request::{Sent, Visit};
use crate::failure::Answer;
use crate::model::{Community, Page, RosterEntry};
use crate::operations::communities::{self, Place};
use crate::operations::{Part, members};
use crate::wire::CommunityRole;

#[derive(Template)]
#[template(path = "manage.html")]
struct ManagePage {
    frame: Frame,
    community: Community,
    pending: Page<RosterEntry>,
    members: Page<RosterEntry>,
}

impl ManagePage {
    fn roles(&self, entry: &RosterEntry) -> Vec<(&'static str, bool)> {
        CommunityRole::ALL.iter().map(|role| (role.as_str(), *role == entry.role)).collect()
    }

    fn manager(&self) -> bool {
        self.community.your_role == CommunityRole::Manager
    }
}

/// `GET /communities/{id}/manage`.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let call = visit.call()?;
    let (part, waiting) = (visit.part(40), Part::first(50));
    let (community, pending, members, frame) = tokio::join!(
        communities::get(call, &id),
        communities::members(call, &id, &waiting, true),
        communities::members(call, &id, &part, false),
        visit.frame("communities")
    );
    Ok(html(&ManagePage { community: community?, pending: pending?, members: members?, frame }))
}

fn place(id: &str, sent: &Sent) -> Place {
    Place { community_id: id.to_owned(), member_id: sent.line("member") }
}

/// `POST /communities/{id}/decision`.
pub async fn decide(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let admit = sent.line("decision") == "admit";
    let accepted = communities::decide(sent.visit.call()?, sent.command.clone(), place(&id, &sent), admit).await?;
    sent.done(&accepted, &format!("/communities/{id}/manage"), "decided")
}

/// `POST /communities/{id}/role`.
pub async fn role(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let role = sent.line("role").parse().unwrap_or(CommunityRole::Unknown);
    let accepted = communities::set_role(sent.visit.call()?, sent.command.clone(), place(&id, &sent), role).await?;
    sent.done(&accepted, &format!("/communities/{id}/manage"), "role")
}

/// `POST /communities/{id}/suspension`: with a reason suspends, without lets back.
pub async fn suspend(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let reason = sent.fields.get("reason").map(|_| sent.line("reason"));
    let done = if reason.is_some() { "suspended" } else { "reinstated" };
    let accepted = communities::suspend(sent.visit.call()?, sent.command.clone(), place(&id, &sent), reason).await?;
    sent.done(&accepted, &format!("/communities/{id}/manage"), done)
}

/// `POST /communities/{id}/invitation`: by pseudonym.
pub async fn invite(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let call = sent.visit.call()?;
    let member_id = members::by_handle(call, &sent.line("handle")).await?;
    let accepted =
        communities::invite(call, sent.command.clone(), Place { community_id: id.clone(), member_id }).await?;
    sent.done(&accepted, &format!("/communities/{id}/manage"), "invited")
}

/// `GET /communities/{id}/change`.
pub async fn change_form(visit: Visit, Path(id): Path<String>) -> Answer<Response> {
    let (community, frame) = tokio::join!(communities::get(visit.call()?, &id), visit.frame("communities"));
    let community = community?;
    Ok(html(&CommunityForm {
        frame,
        title: "Change this community",
        action: format!("/communities/{id}/change"),
        button: "Save the change",
        name: community.name,
        purpose: community.purpose,
        guidelines: community.guidelines,
        policy: community.join_policy,
        error: None,
    }))
}

/// `POST /communities/{id}/change`.
pub async fn change(Path(id): Path<String>, sent: Sent) -> Answer<Response> {
    let shape = shape(&sent);
    match communities::change(sent.visit.call()?, sent.command.clone(), &id, shape.clone()).await {
        Ok(accepted) => sent.done(&accepted, &format!("/communities/{id}"), "changed"),
        Err(error) if about_input(error.code()) => {
            let like = ("Change this community", format!("/communities/{id}/change"), "Save the change");
            Ok(form_again(&sent, shape, &error, like).await)
        }
        Err(error) => Err(error.into()),
    }
}
