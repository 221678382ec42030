//! Asking to meet, and answering.

use axum::Json;
use axum::extract::Path;

use super::Created;
use super::command::{Command, Empty, bodies};
use super::query::{Paging, Query};
use crate::failure::Answer;
use crate::model::{Accepted, Introduction, Page};
use crate::operations::introductions;
use crate::session::Signed;

bodies! {
    /// A wish to meet somebody.
    NewIntroduction {
        /// Whom.
        member_id: String,
        /// For them only.
        #[schema(max_length = 500)]
        note: Option<String>,
    }
    /// An answer to a wish to meet.
    IntroductionAnswer {
        /// A no is never shown to the one who asked.
        accept: bool,
    }
}

/// Those that you asked for or were asked for, newest first.
#[utoipa::path(get, path = "/introductions", tag = "people", params(Paging),
    responses((status = 200, body = Page<Introduction>)))]
pub async fn list(signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Page<Introduction>>> {
    Ok(Json(introductions::list(&signed.call, &paging.part()?).await?))
}

/// Ask to meet somebody.
#[utoipa::path(post, path = "/introductions", tag = "people", request_body = NewIntroduction,
    responses((status = 201, body = Accepted)))]
pub async fn request(signed: Signed, command: Command<NewIntroduction>) -> Answer<Created> {
    let NewIntroduction { member_id, note, .. } = command.body;
    Ok(Created(introductions::request(&signed.call, command.id, member_id, note.unwrap_or_default()).await?))
}

/// Say yes or no.
#[utoipa::path(post, path = "/introductions/{id}/answer", tag = "people", params(("id" = String, Path)),
    request_body = IntroductionAnswer, responses((status = 200, body = Accepted)))]
pub async fn answer(Path(id): Path<String>, signed: Signed, command: Command<IntroductionAnswer>) -> Answer<Accepted> {
    Ok(introductions::answer(&signed.call, command.id, id, command.body.accept).await?)
}

/// Take the question back.
#[utoipa::path(post, path = "/introductions/{id}/withdraw", tag = "people", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn withdraw(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(introductions::withdraw(&signed.call, command.id, id).await?)
}
