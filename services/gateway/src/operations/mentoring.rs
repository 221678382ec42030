//! Mentors, and who is paired with whom.

use std::collections::HashMap;

use kindred_proto::matching as wire;
use kindred_service_kit::error::ApiError;

use super::{Part, communities, members};
use crate::backends::{Call, ask};
use crate::model::{
    Accepted, Match, Member, Mentor, MentorLoad, MentorLoads, MentorOffer, MentorQueue, MentorWait, Mentors, Moment,
    OwnOffer, Page, Pairing,
};
use crate::wire::{PairingEnd, PairingMood, RoundMode};

/// Mentors who have a place for the caller, best first, with names and shared communities.
pub async fn find(call: &Call, limit: u32) -> Result<Mentors, ApiError> {
    let all_communities = Part::first(100);
    let (found, communities) = tokio::try_join!(
        async { ask!(call, mentoring.list_mentors(wire::ListMentorsRequest { limit })) },
        communities::list(call, &all_communities),
    )?;
    let members = members::many(call, found.mentors.iter().map(|one| one.member_id.as_str())).await?;
    let mut members: HashMap<String, Member> = members.into_iter().map(|one| (one.member_id.clone(), one)).collect();
    let mentors = found.mentors.into_iter().filter_map(|one| {
        let shared = communities.items.iter().filter(|place| one.community_ids.contains(&place.community_id));
        Some(Mentor {
            member: members.remove(&one.member_id)?,
            communities: shared.cloned().collect(),
            about: one.about,
            free: one.free,
            score: one.score,
            reasons: Match::reasons_of_wire(one.reasons),
        })
    });
    Ok(Mentors { mentors: mentors.collect(), stale: found.stale })
}

/// What the caller offers.
pub async fn own(call: &Call) -> Result<OwnOffer, ApiError> {
    let answer = ask!(call, mentoring.get_mentor(wire::GetMentorRequest {}))?;
    Ok(OwnOffer { offer: answer.offer.map(MentorOffer::of_wire), stale: answer.stale })
}

/// Offers to mentor, or words the offer anew.
pub async fn enrol(call: &Call, command_id: String, about: String, capacity: u32) -> Result<Accepted, ApiError> {
    let request = wire::EnrolMentorRequest { command_id, about, capacity };
    Ok(Accepted::of_wire(ask!(call, mentoring.enrol_mentor(request))?.receipt))
}

/// Takes more or fewer at once; ends no pairing.
pub async fn change_capacity(call: &Call, command_id: String, capacity: u32) -> Result<Accepted, ApiError> {
    let request = wire::ChangeCapacityRequest { command_id, capacity };
    Ok(Accepted::of_wire(ask!(call, mentoring.change_capacity(request))?.receipt))
}

/// Takes nobody new, or goes on.
pub async fn pause(call: &Call, command_id: String, paused: bool) -> Result<Accepted, ApiError> {
    let request = wire::PauseMentoringRequest { command_id, paused };
    Ok(Accepted::of_wire(ask!(call, mentoring.pause_mentoring(request))?.receipt))
}

/// Offers nothing any more.
pub async fn leave(call: &Call, command_id: String) -> Result<Accepted, ApiError> {
    let request = wire::LeaveMentoringRequest { command_id };
    Ok(Accepted::of_wire(ask!(call, mentoring.leave_mentoring(request))?.receipt))
}

/// Confirms, as staff of the organization or of a community, that a mentor is trained.
pub async fn confirm_training(
    call: &Call,
    command_id: String,
    member_id: String,
    community_id: String,
) -> Result<Accepted, ApiError> {
    let request = wire::ConfirmTrainingRequest { command_id, member_id, community_id };
    Ok(Accepted::of_wire(ask!(call, mentoring.confirm_training(request))?.receipt))
}

/// How much the mentors of the organization or of a community look after.
pub async fn loads(call: &Call, community_id: String) -> Result<MentorLoads, ApiError> {
    let answer = ask!(call, mentoring.list_mentor_loads(wire::ListMentorLoadsRequest { community_id }))?;
    let authors = members::authors(call, answer.mentors.iter().map(|one| one.member_id.as_str())).await?;
    let mentors = answer.mentors.into_iter().map(|one| MentorLoad::of_wire(one, &authors)).collect();
    let queue = MentorQueue::of_wire(answer.queue.unwrap_or_default());
    Ok(MentorLoads { mentors, more: answer.more, queue, stale: answer.stale })
}

/// Since when the caller has been waiting for a mentor.
pub async fn waiting(call: &Call) -> Result<MentorWait, ApiError> {
    let answer = ask!(call, mentoring.get_waiting(wire::GetWaitingRequest {}))?;
    Ok(MentorWait { since: Moment::of_wire(answer.since), stale: answer.stale })
}

/// Asks for a mentor, whoever it may be.
pub async fn wait(call: &Call, command_id: String) -> Result<Accepted, ApiError> {
    let request = wire::WaitForMentorRequest { command_id };
    Ok(Accepted::of_wire(ask!(call, mentoring.wait_for_mentor(request))?.receipt))
}

/// Waits no longer.
pub async fn stop_waiting(call: &Call, command_id: String) -> Result<Accepted, ApiError> {
    let request = wire::StopWaitingRequest { command_id };
    Ok(Accepted::of_wire(ask!(call, mentoring.stop_waiting(request))?.receipt))
}

/// Starts a round, as staff of the organization or of a community.
pub async fn run_round(
    call: &Call,
    command_id: String,
    community_id: String,
    mode: RoundMode,
) -> Result<Accepted, ApiError> {
    let request = wire::RunMentorRoundRequest { command_id, community_id, mode: mode.wire() };
    let answer = ask!(call, mentoring.run_mentor_round(request))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.round_id))
}

/// The caller's pairings, as mentee and as mentor, newest first.
pub async fn list(call: &Call, part: &Part) -> Result<Page<Pairing>, ApiError> {
    let answer = ask!(call, mentoring.list_pairings(wire::ListPairingsRequest { page: part.wire() }))?;
    let ids: Vec<&str> =
        answer.pairings.iter().flat_map(|one| [one.mentee_id.as_str(), one.mentor_id.as_str()]).collect();
    let authors = members::authors(call, ids).await?;
    let items = answer.pairings.into_iter().map(|one| Pairing::of_wire(one, &authors)).collect();
    Ok(Page::of_wire(items, answer.next_cursor, answer.stale))
}

/// Asks a mentor for help.
pub async fn request(call: &Call, command_id: String, member_id: String, note: String) -> Result<Accepted, ApiError> {
    let answer = ask!(call, mentoring.request_pairing(wire::RequestPairingRequest { command_id, member_id, note }))?;
    Ok(Accepted::of_wire(answer.receipt).with_id(answer.pairing_id))
}

/// Answers as the mentor; a no is never shown to the one who asked.
pub async fn answer(call: &Call, command_id: String, pairing_id: String, accept: bool) -> Result<Accepted, ApiError> {
    let request = wire::AnswerPairingRequest { command_id, pairing_id, accept };
    Ok(Accepted::of_wire(ask!(call, mentoring.answer_pairing(request))?.receipt))
}

/// Takes the question back.
pub async fn withdraw(call: &Call, command_id: String, pairing_id: String) -> Result<Accepted, ApiError> {
    let request = wire::WithdrawPairingRequest { command_id, pairing_id };
    Ok(Accepted::of_wire(ask!(call, mentoring.withdraw_pairing(request))?.receipt))
}

/// Ends a pairing; the other learns that it ended, and not why.
pub async fn end(
    call: &Call,
    command_id: String,
    pairing_id: String,
    reason: PairingEnd,
) -> Result<Accepted, ApiError> {
    let request = wire::EndPairingRequest { command_id, pairing_id, reason: reason.wire() };
    Ok(Accepted::of_wire(ask!(call, mentoring.end_pairing(request))?.receipt))
}

/// Says how it goes.
pub async fn check_in(
    call: &Call,
    command_id: String,
    pairing_id: String,
    mood: PairingMood,
    note: String,
) -> Result<Accepted, ApiError> {
    let request = wire::CheckInRequest { command_id, pairing_id, mood: mood.wire(), note };
    Ok(Accepted::of_wire(ask!(call, mentoring.check_in(request))?.receipt))
}
