//! The gRPC face of mentoring.

mod messages;

use kindred_eventsourcing::EventStore;
use kindred_ids::PairingId;
use kindred_proto::matching as wire;
use kindred_proto::matching::mentoring_server::Mentoring;
use kindred_service_host::Queries;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::messages::wanted_language;
use crate::application::{Application, Mentors, NewCheckIn, NewOffer, PageRequest, Pairings, Question};
use crate::contract::{mode_from_wire, mood_from_wire, reason_from_wire};

/// Answers calls.
pub struct MentoringService<S> {
    application: Application<S>,
    mentors: Mentors,
    pairings: Pairings,
    queries: Queries,
}

impl<S: EventStore> MentoringService<S> {
    /// Serves these use cases; positions are read and signed by `queries`.
    pub const fn new(application: Application<S>, mentors: Mentors, pairings: Pairings, queries: Queries) -> Self {
        Self { application, mentors, pairings, queries }
    }
}

fn pairing_id(text: &str) -> Result<PairingId, ApiError> {
    input::id("pairing_id", text)
}

/// One of the contract's words, or what is wrong with it.
fn word<T>(field: &'static str, known: Option<T>) -> Result<T, ApiError> {
    known.ok_or_else(|| ApiError::invalid(field, "VALUE_UNKNOWN", format!("`{field}` is none of the known values")))
}

#[tonic::async_trait]
impl<S: EventStore> Mentoring for MentoringService<S> {
    async fn enrol_mentor(
        &self,
        request: Request<wire::EnrolMentorRequest>,
    ) -> Result<Response<wire::EnrolMentorResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let new = NewOffer::read(input::command_id(&asked.command_id)?, &asked.about, asked.capacity)?;
        let receipt = self.application.enrol_mentor(&caller, &new).await?;
        Ok(Response::new(wire::EnrolMentorResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn change_capacity(
        &self,
        request: Request<wire::ChangeCapacityRequest>,
    ) -> Result<Response<wire::ChangeCapacityResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let command_id = input::command_id(&asked.command_id)?;
        let receipt = self.application.change_capacity(&caller, command_id, asked.capacity).await?;
        Ok(Response::new(wire::ChangeCapacityResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn pause_mentoring(
        &self,
        request: Request<wire::PauseMentoringRequest>,
    ) -> Result<Response<wire::PauseMentoringResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let command_id = input::command_id(&asked.command_id)?;
        let receipt = self.application.pause_mentoring(&caller, command_id, asked.paused).await?;
        Ok(Response::new(wire::PauseMentoringResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn leave_mentoring(
        &self,
        request: Request<wire::LeaveMentoringRequest>,
    ) -> Result<Response<wire::LeaveMentoringResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let command_id = input::command_id(&request.into_inner().command_id)?;
        let receipt = self.application.leave_mentoring(&caller, command_id).await?;
        Ok(Response::new(wire::LeaveMentoringResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn confirm_training(
        &self,
        request: Request<wire::ConfirmTrainingRequest>,
    ) -> Result<Response<wire::ConfirmTrainingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, mentor) = (input::command_id(&asked.command_id)?, input::id("member_id", &asked.member_id)?);
        let community = input::optional_id("community_id", &asked.community_id)?;
        let receipt = self.application.confirm_training(&caller, command_id, mentor, community).await?;
        Ok(Response::new(wire::ConfirmTrainingResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_mentor(
        &self,
        request: Request<wire::GetMentorRequest>,
    ) -> Result<Response<wire::GetMentorResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (offer, stale) = self.mentors.own(request.metadata(), &caller).await?;
        Ok(Response::new(wire::GetMentorResponse { offer: offer.map(messages::offer), stale }))
    }

    async fn list_mentors(
        &self,
        request: Request<wire::ListMentorsRequest>,
    ) -> Result<Response<wire::ListMentorsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, asked) = request.into_parts();
        let (mentors, stale) = self.mentors.free(&metadata, &caller, asked.limit).await?;
        let language = wanted_language(&metadata);
        let mentors = mentors.into_iter().map(|mentor| messages::mentor(mentor, language)).collect();
        Ok(Response::new(wire::ListMentorsResponse { mentors, stale }))
    }

    async fn request_pairing(
        &self,
        request: Request<wire::RequestPairingRequest>,
    ) -> Result<Response<wire::RequestPairingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, mentor) = (input::command_id(&asked.command_id)?, input::id("member_id", &asked.member_id)?);
        let new = Question::read(command_id, mentor, &asked.note)?;
        let (receipt, id) = self.application.request_pairing(&caller, &new).await?;
        let (receipt, pairing_id) = (self.queries.receipt(&receipt), id.to_string());
        Ok(Response::new(wire::RequestPairingResponse { receipt, pairing_id }))
    }

    async fn answer_pairing(
        &self,
        request: Request<wire::AnswerPairingRequest>,
    ) -> Result<Response<wire::AnswerPairingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, id) = (input::command_id(&asked.command_id)?, pairing_id(&asked.pairing_id)?);
        let receipt = self.application.answer_pairing(&caller, command_id, id, asked.accept).await?;
        Ok(Response::new(wire::AnswerPairingResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn withdraw_pairing(
        &self,
        request: Request<wire::WithdrawPairingRequest>,
    ) -> Result<Response<wire::WithdrawPairingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, id) = (input::command_id(&asked.command_id)?, pairing_id(&asked.pairing_id)?);
        let receipt = self.application.withdraw_pairing(&caller, command_id, id).await?;
        Ok(Response::new(wire::WithdrawPairingResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn end_pairing(
        &self,
        request: Request<wire::EndPairingRequest>,
    ) -> Result<Response<wire::EndPairingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, id) = (input::command_id(&asked.command_id)?, pairing_id(&asked.pairing_id)?);
        let reason = word("reason", reason_from_wire(asked.reason))?;
        let receipt = self.application.end_pairing(&caller, command_id, id, reason).await?;
        Ok(Response::new(wire::EndPairingResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn check_in(
        &self,
        request: Request<wire::CheckInRequest>,
    ) -> Result<Response<wire::CheckInResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, id) = (input::command_id(&asked.command_id)?, pairing_id(&asked.pairing_id)?);
        let new = NewCheckIn::read(command_id, id, word("mood", mood_from_wire(asked.mood))?, &asked.note)?;
        let receipt = self.application.check_in(&caller, &new).await?;
        Ok(Response::new(wire::CheckInResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn list_pairings(
        &self,
        request: Request<wire::ListPairingsRequest>,
    ) -> Result<Response<wire::ListPairingsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, asked) = request.into_parts();
        let page = asked.page.unwrap_or_default();
        let page = PageRequest::read(page.size, &page.cursor, caller.member()?.member.0)?;
        let page = self.pairings.list(&metadata, &caller, page).await?;
        Ok(Response::new(wire::ListPairingsResponse {
            pairings: page.rows.into_iter().map(messages::pairing).collect(),
            next_cursor: page.next.map(|cursor| cursor.encode()).unwrap_or_default(),
            stale: page.stale,
        }))
    }

    async fn wait_for_mentor(
        &self,
        request: Request<wire::WaitForMentorRequest>,
    ) -> Result<Response<wire::WaitForMentorResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let command_id = input::command_id(&request.into_inner().command_id)?;
        let receipt = self.application.wait_for_mentor(&caller, command_id).await?;
        Ok(Response::new(wire::WaitForMentorResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn stop_waiting(
        &self,
        request: Request<wire::StopWaitingRequest>,
    ) -> Result<Response<wire::StopWaitingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let command_id = input::command_id(&request.into_inner().command_id)?;
        let receipt = self.application.stop_waiting(&caller, command_id).await?;
        Ok(Response::new(wire::StopWaitingResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_waiting(
        &self,
        request: Request<wire::GetWaitingRequest>,
    ) -> Result<Response<wire::GetWaitingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (since, stale) = self.mentors.waiting_since(request.metadata(), &caller).await?;
        Ok(Response::new(wire::GetWaitingResponse { since: since.unwrap_or_default(), stale }))
    }

    async fn run_mentor_round(
        &self,
        request: Request<wire::RunMentorRoundRequest>,
    ) -> Result<Response<wire::RunMentorRoundResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let command_id = input::command_id(&asked.command_id)?;
        let community = input::optional_id("community_id", &asked.community_id)?;
        let mode = word("mode", mode_from_wire(asked.mode))?;
        let (receipt, id) = self.application.run_round(&caller, command_id, community, mode).await?;
        let (receipt, round_id) = (self.queries.receipt(&receipt), id.to_string());
        Ok(Response::new(wire::RunMentorRoundResponse { receipt, round_id }))
    }

    async fn list_mentor_loads(
        &self,
        request: Request<wire::ListMentorLoadsRequest>,
    ) -> Result<Response<wire::ListMentorLoadsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, asked) = request.into_parts();
        let community = input::optional_id("community_id", &asked.community_id)?;
        let loads = self.mentors.loads(&metadata, &caller, community).await?;
        let mentors = loads.rows.into_iter().map(messages::load).collect();
        let queue = Some(messages::queue(loads.queue));
        Ok(Response::new(wire::ListMentorLoadsResponse { mentors, more: loads.more, stale: loads.stale, queue }))
    }
}
