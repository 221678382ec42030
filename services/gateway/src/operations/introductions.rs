//! Asking to meet, and answering.

use kindred_proto::matching as wire;
use kindred_service_kit::error::ApiError;

use super::{Part, members};
use crate::backends::{Call, ask};
use crate::model::{Accepted, Introduction, Page};

/// Those that the caller asked for or was asked for, newest first.
pub async fn list(call: &Call, part: &Part) -> Result<Page<Introduction>, ApiError> {
    let answer = ask!(call, matching.list_introductions(wire::ListIntroductionsRequest { page: part.wire() }))?;
    let both = |one: &wire::Introduction| [one.from_member_id.clone(), one.to_member_id.clone()];
    let ids: Vec<String> = answer.introductions.iter().flat_map(both).collect();
    let authors = members::authors(call, ids.iter().map(String::as_str)).await?;
    let items = answer.introductions.into_iter().map(|one| Introduction::of_wire(one, &authors)).collect();
    Ok(Page::of_wire(items, answer.next_cursor, answer.stale))
}

/// Asks to meet somebody.
pub async fn request(call: &Call, command_id: String, member_id: String, note: String) -> Result<Accepted, ApiError> {
    let request = wire::RequestIntroductionRequest { command_id, member_id, note };
    let answer = ask!(call, matching.request_introduction(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.introduction_id))
}

/// Answers; a refusal is never shown to the one who asked.
pub async fn answer(
    call: &Call,
    command_id: String,
    introduction_id: String,
    accept: bool,
) -> Result<Accepted, ApiError> {
    let request = wire::AnswerIntroductionRequest { command_id, introduction_id, accept };
    Ok(Accepted::of_wire(ask!(call, matching.answer_introduction(request))?.receipt))
}

/// Takes the question back.
pub async fn withdraw(call: &Call, command_id: String, introduction_id: String) -> Result<Accepted, ApiError> {
    let request = wire::WithdrawIntroductionRequest { command_id, introduction_id };
    Ok(Accepted::of_wire(ask!(call, matching.withdraw_introduction(request))?.receipt))
}
