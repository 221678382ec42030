//! Mentors: finding one, being one, and who is paired with whom.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Created;
use super::command::{Command, Empty, bodies};
use super::people::PeopleQuery;
use super::query::{Paging, Query};
use crate::failure::Answer;
use crate::model::{Accepted, MentorLoads, MentorWait, Mentors, OwnOffer, Page, Pairing};
use crate::operations::mentoring;
use crate::session::Signed;
use crate::wire::{PairingEnd, PairingMood, RoundMode};

bodies! {
    /// An offer to mentor; who makes it agrees to be shown as a mentor.
    NewOffer {
        /// What you can help with.
        #[schema(max_length = 500)]
        about: String,
        /// How many at once.
        #[schema(minimum = 1, maximum = 20)]
        capacity: u32,
    }
    /// How many you take at once; nobody is sent away.
    NewCapacity {
        /// How many at once.
        #[schema(minimum = 1, maximum = 20)]
        capacity: u32,
    }
    /// Whether you take nobody new.
    MentorPause {
        /// False to go on.
        paused: bool,
    }
    /// That a mentor is trained.
    Training {
        /// The community that you manage; without it, you run the organization's pages.
        community_id: Option<String>,
    }
    /// A round that brings those who wait together with mentors who have a place.
    NewMentorRound {
        /// The community that you manage; without it, you run the organization's pages. The
        /// round is one of the organization, whoever starts it.
        community_id: Option<String>,
        /// How it chooses; without it `cheapest`.
        mode: Option<RoundMode>,
    }
    /// A question to a mentor.
    NewPairing {
        /// Whom.
        member_id: String,
        /// For them only.
        #[schema(max_length = 500)]
        note: Option<String>,
    }
    /// A mentor's answer.
    PairingAnswer {
        /// A no is never shown to the one who asked.
        accept: bool,
    }
    /// The end of a pairing.
    PairingEnding {
        /// Not shown to the other.
        reason: PairingEnd,
    }
    /// How a pairing goes.
    NewCheckIn {
        /// How.
        mood: PairingMood,
        /// For the other only.
        #[schema(max_length = 500)]
        note: Option<String>,
    }
}

/// Of which community.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LoadsQuery {
    /// The community that you manage; without it all mentors, for those who run the
    /// organization's pages.
    community_id: Option<String>,
}

/// Mentors who have a place for you, best first.
#[utoipa::path(get, path = "/mentors", tag = "mentoring", params(PeopleQuery),
    responses((status = 200, body = Mentors)))]
pub async fn find(signed: Signed, Query(query): Query<PeopleQuery>) -> Answer<Json<Mentors>> {
    Ok(Json(mentoring::find(&signed.call, query.limit()?).await?))
}

/// Confirm that a mentor is trained; for staff.
#[utoipa::path(post, path = "/mentors/{member_id}/training", tag = "mentoring", params(("member_id" = String, Path)),
    request_body = Training, responses((status = 200, body = Accepted)))]
pub async fn confirm_training(
    Path(member_id): Path<String>,
    signed: Signed,
    command: Command<Training>,
) -> Answer<Accepted> {
    let community_id = command.body.community_id.unwrap_or_default();
    Ok(mentoring::confirm_training(&signed.call, command.id, member_id, community_id).await?)
}

/// How much each mentor looks after; for staff.
#[utoipa::path(get, path = "/mentor-loads", tag = "mentoring", params(LoadsQuery),
    responses((status = 200, body = MentorLoads)))]
pub async fn loads(signed: Signed, Query(query): Query<LoadsQuery>) -> Answer<Json<MentorLoads>> {
    Ok(Json(mentoring::loads(&signed.call, query.community_id.unwrap_or_default()).await?))
}

/// Start a round; what came of it stands in the next report. For staff.
#[utoipa::path(post, path = "/mentor-rounds", tag = "mentoring", request_body = NewMentorRound,
    responses((status = 201, body = Accepted)))]
pub async fn run_round(signed: Signed, command: Command<NewMentorRound>) -> Answer<Created> {
    let NewMentorRound { community_id, mode, .. } = command.body;
    let (community_id, mode) = (community_id.unwrap_or_default(), mode.unwrap_or(RoundMode::Cheapest));
    Ok(Created(mentoring::run_round(&signed.call, command.id, community_id, mode).await?))
}

/// Since when you have been waiting for a mentor.
#[utoipa::path(get, path = "/me/mentor-wait", tag = "mentoring", responses((status = 200, body = MentorWait)))]
pub async fn waiting(signed: Signed) -> Answer<Json<MentorWait>> {
    Ok(Json(mentoring::waiting(&signed.call).await?))
}

/// Wait for a mentor, whoever it may be; if you wait already, you go on.
#[utoipa::path(put, path = "/me/mentor-wait", tag = "mentoring", request_body = Option<Empty>,
    responses((status = 200, body = Accepted)))]
pub async fn wait(signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(mentoring::wait(&signed.call, command.id).await?)
}

/// Wait no longer.
#[utoipa::path(delete, path = "/me/mentor-wait", tag = "mentoring", request_body = Option<Empty>,
    responses((status = 200, body = Accepted)))]
pub async fn stop_waiting(signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(mentoring::stop_waiting(&signed.call, command.id).await?)
}

/// What you offer as a mentor.
#[utoipa::path(get, path = "/me/mentoring", tag = "mentoring", responses((status = 200, body = OwnOffer)))]
pub async fn own(signed: Signed) -> Answer<Json<OwnOffer>> {
    Ok(Json(mentoring::own(&signed.call).await?))
}

/// Offer to mentor, or word your offer anew.
#[utoipa::path(put, path = "/me/mentoring", tag = "mentoring", request_body = NewOffer,
    responses((status = 200, body = Accepted)))]
pub async fn enrol(signed: Signed, command: Command<NewOffer>) -> Answer<Accepted> {
    let NewOffer { about, capacity, .. } = command.body;
    Ok(mentoring::enrol(&signed.call, command.id, about, capacity).await?)
}

/// Be no mentor any more; pairings go on until one of the two ends them.
#[utoipa::path(delete, path = "/me/mentoring", tag = "mentoring", request_body = Option<Empty>,
    responses((status = 200, body = Accepted)))]
pub async fn leave(signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(mentoring::leave(&signed.call, command.id).await?)
}

/// Take more or fewer at once.
#[utoipa::path(put, path = "/me/mentoring/capacity", tag = "mentoring", request_body = NewCapacity,
    responses((status = 200, body = Accepted)))]
pub async fn change_capacity(signed: Signed, command: Command<NewCapacity>) -> Answer<Accepted> {
    Ok(mentoring::change_capacity(&signed.call, command.id, command.body.capacity).await?)
}

/// Take nobody new, or go on.
#[utoipa::path(put, path = "/me/mentoring/pause", tag = "mentoring", request_body = MentorPause,
    responses((status = 200, body = Accepted)))]
pub async fn pause(signed: Signed, command: Command<MentorPause>) -> Answer<Accepted> {
    Ok(mentoring::pause(&signed.call, command.id, command.body.paused).await?)
}

/// Your pairings, as mentee and as mentor, newest first.
#[utoipa::path(get, path = "/pairings", tag = "mentoring", params(Paging),
    responses((status = 200, body = Page<Pairing>)))]
pub async fn list(signed: Signed, Query(paging): Query<Paging>) -> Answer<Json<Page<Pairing>>> {
    Ok(Json(mentoring::list(&signed.call, &paging.part()?).await?))
}

/// Ask a mentor for help.
#[utoipa::path(post, path = "/pairings", tag = "mentoring", request_body = NewPairing,
    responses((status = 201, body = Accepted)))]
pub async fn request(signed: Signed, command: Command<NewPairing>) -> Answer<Created> {
    let NewPairing { member_id, note, .. } = command.body;
    Ok(Created(mentoring::request(&signed.call, command.id, member_id, note.unwrap_or_default()).await?))
}

/// Say yes or no as the mentor.
#[utoipa::path(post, path = "/pairings/{id}/answer", tag = "mentoring", params(("id" = String, Path)),
    request_body = PairingAnswer, responses((status = 200, body = Accepted)))]
pub async fn answer(Path(id): Path<String>, signed: Signed, command: Command<PairingAnswer>) -> Answer<Accepted> {
    Ok(mentoring::answer(&signed.call, command.id, id, command.body.accept).await?)
}

/// Take the question back.
#[utoipa::path(post, path = "/pairings/{id}/withdraw", tag = "mentoring", params(("id" = String, Path)),
    request_body = Option<Empty>, responses((status = 200, body = Accepted)))]
pub async fn withdraw(Path(id): Path<String>, signed: Signed, command: Command<Empty>) -> Answer<Accepted> {
    Ok(mentoring::withdraw(&signed.call, command.id, id).await?)
}

/// End a pairing.
#[utoipa::path(post, path = "/pairings/{id}/end", tag = "mentoring", params(("id" = String, Path)),
    request_body = PairingEnding, responses((status = 200, body = Accepted)))]
pub async fn end(Path(id): Path<String>, signed: Signed, command: Command<PairingEnding>) -> Answer<Accepted> {
    Ok(mentoring::end(&signed.call, command.id, id, command.body.reason).await?)
}

/// Say how it goes.
#[utoipa::path(post, path = "/pairings/{id}/check-ins", tag = "mentoring", params(("id" = String, Path)),
    request_body = NewCheckIn, responses((status = 200, body = Accepted)))]
pub async fn check_in(Path(id): Path<String>, signed: Signed, command: Command<NewCheckIn>) -> Answer<Accepted> {
    let NewCheckIn { mood, note, .. } = command.body;
    Ok(mentoring::check_in(&signed.call, command.id, id, mood, note.unwrap_or_default()).await?)
}
