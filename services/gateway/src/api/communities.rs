//! Communities and who belongs to them.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Created;
use super::command::{Command, Empty, bodies};
use super::query::{Paging, Query, part};
use crate::failure::Answer;
use crate::model::{Accepted, Community, Page, RosterEntry};
use crate::operations::communities::{self, Place, Shape};
use crate::session::Signed;
use crate::wire::{CommunityRole, JoinPolicy};

bodies! {
    /// What a community is like.
    CommunityShape {
        /// Its name.
        name: String,
        /// What it is for.
        purpose: String,
        /// How people get in.
        join_policy: JoinPolicy,
        /// What members promise each other.
        guidelines: Option<String>,
    }
    /// A wish to join.
    Joining {
        /// For those who approve.
        note: Option<String>,
    }
    /// An answer to a wish to join.
    Decision {
        /// Whether they are let in.
        admit: bool,
    }
    /// A role in a community.
    RoleChange {
        /// Which.
        role: CommunityRole,
    }
    /// A suspension, or its end.
    Suspension {
        /// Whether they are suspended from now on.
        suspended: bool,
        /// Why; required to suspend.
        reason: Option<String>,
    }
}

impl Suspension {
    /// The reason of a suspension, none to end one.
    pub(super) fn into_reason(self) -> Option<String> {
        self.suspended.then(|| self.reason.unwrap_or_default())
    }
}

impl From<CommunityShape> for Shape {
    fn from(body: CommunityShape) -> Self {
        let CommunityShape { name, purpose, join_policy, guidelines, .. } = body;
        Self { name, purpose, guidelines: guidelines.unwrap_or_default(), join_policy }
    }
}

/// Communities of your organization.
#[utoipa::path(get, path = "/communities", tag = "communities", params(Paging),
    responses((status = 200, body = Page<Community>)))]
pub async fn list(signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Page<Community>>> {
    Ok(Json(communities::list(&signed.call, &paging.part()?).await?))
}

/// Make a community; for administrators.
#[utoipa::path(post, path = "/communities", tag = "communities", request_body = CommunityShape,
    responses((status = 201, body = Accepted)))]
pub async fn create(signed: Signed, command: Command<CommunityShape>) -> Answer<Created> {
    Ok(Created(communities::create(&signed.call, command.id, command.body.into()).await?))
}

/// One community.
#[utoipa::path(get, path = "/communities/{id}", tag = "communities", params(("id" = String, Path)),
    responses((status = 200, body = Community)))]
pub async fn get(Path(id): Path<String>, signed: Signed) -> Answer<Json<Community>> {
    Ok(Json(communities::get(&signed.call, &id).await?))
}

/// Change what a community is like; for its managers.
#[utoipa::path(patch, path = "/communities/{id}", tag = "communities", params(("id" = String, Path)),
    request_body = CommunityShape, responses((status = 200, body = Accepted)))]
pub async fn change(Path(id): Path<String>, signed: Signed, command: Command<CommunityShape>) -> Answer<Accepted> {
    Ok(communities::change(&signed.call, command.id, &id, command.body.into()).await?)
}

/// Join, or ask to.
#[utoipa::path(post, path = "/communities/{id}/join", tag = "communities", params(("id" = String, Path)),
    request_body = Joining, responses((status = 200, body = Accepted)))]
pub async fn join(Path(id): Path<String>, signed: Signed, command: Command<Joining>) -> Answer<Accepted> {
    let note = command.body.note.unwrap_or_default();
    Ok(communities::join(&signed.call, command.id, &id, note).await?)
}

/// Leave; what you wrote stays.
#[utoipa::path(post, path = "/communities/{id}/leave", tag = "communities", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn leave(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(communities::leave(&signed.call, command.id, &id).await?)
}

/// Which members.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RosterQuery {
    /// Where to go on: `next_cursor` of the part before.
    cursor: Option<String>,
    /// How many, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<u32>,
    /// Those who wait instead of those inside; for those who look after the community.
    #[serde(default)]
    pending: bool,
}

/// Members of a community that you belong to.
#[utoipa::path(get, path = "/communities/{id}/members", tag = "communities",
    params(("id" = String, Path), RosterQuery), responses((status = 200, body = Page<RosterEntry>)))]
pub async fn members(
    Path(id): Path<String>,
    signed: Signed,
    Query(query): Query<RosterQuery>,
) -> Answer<Json<Page<RosterEntry>>> {
    let part = part(query.cursor, query.size)?;
    Ok(Json(communities::members(&signed.call, &id, &part, query.pending).await?))
}

fn place((community_id, member_id): (String, String)) -> Place {
    Place { community_id, member_id }
}

/// Let somebody in who waits, or turn them down.
#[utoipa::path(post, path = "/communities/{id}/members/{member_id}/decision", tag = "communities",
    params(("id" = String, Path), ("member_id" = String, Path)), request_body = Decision,
    responses((status = 200, body = Accepted)))]
pub async fn decide(Path(ids): Path<(String, String)>, signed: Signed, command: Command<Decision>) -> Answer<Accepted> {
    Ok(communities::decide(&signed.call, command.id, place(ids), command.body.admit).await?)
}

/// Give somebody another role in a community.
#[utoipa::path(post, path = "/communities/{id}/members/{member_id}/role", tag = "communities",
    params(("id" = String, Path), ("member_id" = String, Path)), request_body = RoleChange,
    responses((status = 200, body = Accepted)))]
pub async fn set_role(
    Path(ids): Path<(String, String)>,
    signed: Signed,
    command: Command<RoleChange>,
) -> Answer<Accepted> {
    Ok(communities::set_role(&signed.call, command.id, place(ids), command.body.role).await?)
}

/// Suspend somebody from a community, or let them back.
#[utoipa::path(post, path = "/communities/{id}/members/{member_id}/suspension", tag = "communities",
    params(("id" = String, Path), ("member_id" = String, Path)), request_body = Suspension,
    responses((status = 200, body = Accepted)))]
pub async fn suspend(
    Path(ids): Path<(String, String)>,
    signed: Signed,
    command: Command<Suspension>,
) -> Answer<Accepted> {
    Ok(communities::suspend(&signed.call, command.id, place(ids), command.body.into_reason()).await?)
}

/// Invite somebody into a community.
#[utoipa::path(post, path = "/communities/{id}/members/{member_id}/invitation", tag = "communities",
    params(("id" = String, Path), ("member_id" = String, Path)), request_body = Option<Empty>,
    responses((status = 200, body = Accepted)))]
pub async fn invite(Path(ids): Path<(String, String)>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(communities::invite(&signed.call, command.id, place(ids)).await?)
}
