//! Members of the caller's organization.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Created;
use super::command::{Command, Empty, bodies};
use super::communities::Suspension;
use super::query::Query;
use crate::failure::Answer;
use crate::model::{Accepted, Erasure, Member, Post};
use crate::operations::members::{self, Newcomer};
use crate::operations::threads;
use crate::session::Signed;
use crate::wire::TenantRole;

bodies! {
    /// Somebody who shall become a member.
    NewMember {
        /// They sign in by it.
        #[schema(format = Email)]
        email: String,
        /// 3 to 30 letters, digits and hyphens.
        handle: String,
        /// The real name, kept under lock.
        name: Option<String>,
        /// What they may do in the whole organization.
        roles: Option<Vec<TenantRole>>,
    }
}

/// A member, as you may see them.
#[utoipa::path(get, path = "/members/{id}", tag = "members", params(("id" = String, Path)),
    responses((status = 200, body = Member)))]
pub async fn get(Path(id): Path<String>, signed: Signed) -> Answer<Json<Member>> {
    Ok(Json(members::get(&signed.call, &id).await?))
}

/// How many.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PostsQuery {
    /// 1 to 50.
    #[param(minimum = 1, maximum = 50, default = 10)]
    limit: Option<u32>,
}

/// The newest posts of a member that you may read.
#[utoipa::path(get, path = "/members/{id}/posts", tag = "members", params(("id" = String, Path), PostsQuery),
    responses((status = 200, body = [Post])))]
pub async fn posts(Path(id): Path<String>, signed: Signed, Query(query): Query<PostsQuery>) -> Answer<Json<Vec<Post>>> {
    let limit = query.limit.unwrap_or(10).clamp(1, 50);
    let author = members::get(&signed.call, &id).await?.author();
    Ok(Json(threads::by_member(&signed.call, &author, limit).await?))
}

/// Make somebody a member; for administrators.
#[utoipa::path(post, path = "/members", tag = "members", request_body = NewMember,
    responses((status = 201, body = Accepted)))]
pub async fn register(signed: Signed, command: Command<NewMember>) -> Answer<Created> {
    let NewMember { email, handle, name, roles, .. } = command.body;
    let (name, roles) = (name.unwrap_or_default(), roles.unwrap_or_default());
    let newcomer = Newcomer { email, handle, name, tenant: String::new(), roles };
    Ok(Created(members::register(&signed.call, command.id, newcomer).await?))
}

/// Suspend somebody in the whole organization, or let them back.
#[utoipa::path(post, path = "/members/{id}/suspension", tag = "members", params(("id" = String, Path)),
    request_body = Suspension, responses((status = 200, body = Accepted)))]
pub async fn suspend(Path(id): Path<String>, signed: Signed, command: Command<Suspension>) -> Answer<Accepted> {
    Ok(members::suspend(&signed.call, command.id, id, command.body.into_reason()).await?)
}

/// Destroy everything that somebody wrote and is; for the privacy officer.
#[utoipa::path(post, path = "/members/{id}/erasure", tag = "members", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn erase(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(members::erase(&signed.call, command.id, id).await?)
}

/// How far an erasure has come, and its certificate.
#[utoipa::path(get, path = "/members/{id}/erasure", tag = "members", params(("id" = String, Path)),
    responses((status = 200, body = Erasure)))]
pub async fn erasure(Path(id): Path<String>, signed: Signed) -> Answer<Json<Erasure>> {
    Ok(Json(members::erasure(&signed.call, &id).await?))
}
