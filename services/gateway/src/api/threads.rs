//! Threads and posts.

use axum::Json;
use axum::extract::Path;
use kindred_service_kit::error::ApiError;

use super::Created;
use super::command::{Asked, Command, bodies};
use super::query::{Paging, Query};
use crate::failure::Answer;
use crate::model::{Accepted, Page, PostVersion, Thread, ThreadSummary};
use crate::operations::threads;
use crate::session::Signed;
use crate::wire::Reaction;

bodies! {
    /// A new thread.
    NewThread {
        /// In one line.
        #[schema(min_length = 3, max_length = 160)]
        title: String,
        /// The words; `@handle` mentions a member.
        #[schema(min_length = 1, max_length = 20000)]
        text: String,
    }
    /// A new reply.
    NewReply {
        /// The words; `@handle` mentions a member.
        #[schema(min_length = 1, max_length = 20000)]
        text: String,
        /// The reply that this one answers.
        parent_id: Option<String>,
    }
    /// Other words for an own post.
    PostChange {
        /// The new words.
        #[schema(min_length = 1, max_length = 20000)]
        text: String,
        /// A new title; of a thread's first post only.
        title: Option<String>,
    }
    /// Why a post is taken out.
    PostRemoval {
        /// Required if it is not one's own.
        reason: Option<String>,
    }
    /// What you say about a post with one press.
    NewReaction {
        /// Which; none takes it back.
        reaction: Option<Reaction>,
    }
}

/// Threads of a community, the liveliest first.
#[utoipa::path(get, path = "/communities/{id}/threads", tag = "threads", params(("id" = String, Path), Paging),
    responses((status = 200, body = Page<ThreadSummary>)))]
pub async fn list(
    Path(id): Path<String>,
    signed: Signed,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ThreadSummary>>> {
    Ok(Json(threads::list(&signed.call, &id, &paging.part()?).await?))
}

/// Begin a thread.
#[utoipa::path(post, path = "/communities/{id}/threads", tag = "threads", params(("id" = String, Path)),
    request_body = NewThread, responses((status = 201, body = Accepted)))]
pub async fn start(Path(id): Path<String>, signed: Signed, command: Command<NewThread>) -> Answer<Created> {
    let NewThread { title, text, .. } = command.body;
    Ok(Created(threads::start(&signed.call, command.id, &id, title, text).await?))
}

/// What you are about to ask, as far as it is written; one of the two holds something.
#[derive(Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HalfWritten {
    /// In one line.
    #[schema(max_length = 160)]
    title: String,
    /// The words.
    #[schema(max_length = 20000)]
    text: String,
    /// 1 to 10; 5 if not said.
    #[schema(minimum = 1, maximum = 10)]
    limit: Option<u32>,
}

/// Threads that may answer what you are about to ask, the nearest first. Changes nothing.
#[utoipa::path(post, path = "/communities/{id}/threads/similar", tag = "threads", params(("id" = String, Path)),
    request_body = HalfWritten, responses((status = 200, body = Page<ThreadSummary>)))]
pub async fn similar(
    Path(id): Path<String>,
    signed: Signed,
    asked: Asked<HalfWritten>,
) -> Answer<Json<Page<ThreadSummary>>> {
    let Asked(HalfWritten { title, text, limit }) = asked;
    if limit == Some(0) {
        return Err(ApiError::invalid("limit", "PAGE_SIZE", "`limit` must be 1 to 10").into());
    }
    Ok(Json(threads::similar(&signed.call, &id, title, text, limit.unwrap_or_default()).await?))
}

/// A thread with a part of its replies.
#[utoipa::path(get, path = "/threads/{id}", tag = "threads", params(("id" = String, Path), Paging),
    responses((status = 200, body = Thread)))]
pub async fn get(Path(id): Path<String>, signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Thread>> {
    Ok(Json(threads::get(&signed.call, &id, &paging.part()?).await?))
}

/// Answer a thread, or a reply in it.
#[utoipa::path(post, path = "/threads/{id}/replies", tag = "threads", params(("id" = String, Path)),
    request_body = NewReply, responses((status = 201, body = Accepted)))]
pub async fn reply(Path(id): Path<String>, signed: Signed, command: Command<NewReply>) -> Answer<Created> {
    let NewReply { text, parent_id, .. } = command.body;
    Ok(Created(threads::reply(&signed.call, command.id, &id, parent_id.unwrap_or_default(), text).await?))
}

/// Change an own post; what it said before stays readable.
#[utoipa::path(patch, path = "/posts/{id}", tag = "threads", params(("id" = String, Path)),
    request_body = PostChange, responses((status = 200, body = Accepted)))]
pub async fn edit(Path(id): Path<String>, signed: Signed, command: Command<PostChange>) -> Answer<Accepted> {
    let PostChange { text, title, .. } = command.body;
    Ok(threads::edit(&signed.call, command.id, &id, title.unwrap_or_default(), text).await?)
}

/// Take a post out: an own one, or as a moderator with a reason.
#[utoipa::path(delete, path = "/posts/{id}", tag = "threads", params(("id" = String, Path)),
    request_body = Option<PostRemoval>, responses((status = 200, body = Accepted)))]
pub async fn delete(Path(id): Path<String>, signed: Signed, command: Command<PostRemoval>) -> Answer<Accepted> {
    Ok(threads::delete(&signed.call, command.id, &id, command.body.reason.unwrap_or_default()).await?)
}

/// Say something about a post with one press, or take it back.
#[utoipa::path(put, path = "/posts/{id}/reaction", tag = "threads", params(("id" = String, Path)),
    request_body = NewReaction, responses((status = 200, body = Accepted)))]
pub async fn react(Path(id): Path<String>, signed: Signed, command: Command<NewReaction>) -> Answer<Accepted> {
    Ok(threads::react(&signed.call, command.id, &id, command.body.reaction).await?)
}

/// What a post said before, oldest first.
#[utoipa::path(get, path = "/posts/{id}/history", tag = "threads", params(("id" = String, Path)),
    responses((status = 200, body = [PostVersion])))]
pub async fn history(Path(id): Path<String>, signed: Signed) -> Answer<Json<Vec<PostVersion>>> {
    Ok(Json(threads::history(&signed.call, &id).await?))
}
