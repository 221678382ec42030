//! The gRPC face of matching: parse, call, map; nothing is decided here.

mod mentoring;
mod messages;
mod replicas;

use kindred_eventsourcing::{EventStore, Position};
use kindred_proto::matching as wire;
use kindred_proto::matching::matching_server::{Matching, MatchingServer};
use kindred_proto::matching::mentoring_server::MentoringServer;
use kindred_proto::matching::replicas_server::ReplicasServer;
use kindred_service_host::Queries;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::input;
use kindred_service_kit::position::Positions;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::application::{Application, Introductions, Mentors, PageRequest, Pairings, People, Question};
pub use mentoring::MentoringService;
pub use replicas::ReplicasService;

/// What may be read.
#[derive(Clone)]
pub struct Lists {
    /// People like the caller.
    pub people: People,
    /// Who asked whom to meet.
    pub introductions: Introductions,
    /// Who mentors.
    pub mentors: Mentors,
    /// Who is paired with whom.
    pub pairings: Pairings,
}

/// What every replica answers, whoever holds the tenant: it asks the log alone.
pub const ANYWHERE: &[&str] = &["/kindred.matching.v1.Matching/CheckAcquaintance"];

/// All services of this context.
pub fn routes<S: EventStore>(
    application: Application<S>,
    lists: Lists,
    queries: Queries,
    replicas: ReplicasService<S>,
) -> Routes {
    let mentoring = MentoringService::new(application.clone(), lists.mentors, lists.pairings, queries.clone());
    let matching = MatchingService::new(application, lists.people, lists.introductions, queries);
    Routes::new(MatchingServer::new(matching))
        .add_service(MentoringServer::new(mentoring))
        .add_service(ReplicasServer::new(replicas))
}

/// Answers calls.
pub struct MatchingService<S> {
    application: Application<S>,
    people: People,
    introductions: Introductions,
    queries: Queries,
}

impl<S: EventStore> MatchingService<S> {
    /// Serves these use cases; positions are read and signed by `queries`.
    pub const fn new(
        application: Application<S>,
        people: People,
        introductions: Introductions,
        queries: Queries,
    ) -> Self {
        Self { application, people, introductions, queries }
    }

    /// A position of membership's log as callers bring it back. The index reads the whole
    /// log in order: one partition's position says it all.
    fn position(&self, caller: &Caller, sequence: u64) -> Result<String, Status> {
        let partition = caller.member()?.member.0.partition();
        let position = Position { context: "membership".to_owned(), partition, sequence };
        Ok(self.queries.positions().sign(&Positions::from(position)))
    }
}

#[tonic::async_trait]
impl<S: EventStore> Matching for MatchingService<S> {
    async fn find_people(
        &self,
        request: Request<wire::FindPeopleRequest>,
    ) -> Result<Response<wire::FindPeopleResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let wanted = self.queries.positions().read(request.metadata())?;
        let language = messages::wanted_language(request.metadata());
        let (found, stale) = self.people.find(&caller, request.into_inner().limit, &wanted).await?;
        Ok(Response::new(wire::FindPeopleResponse {
            matches: found.matches.into_iter().map(|found| messages::found(found, language)).collect(),
            advice: found.advice.into_iter().map(|hint| hint.text(language).to_owned()).collect(),
            position: self.position(&caller, found.position)?,
            stale,
            language: language.tag().to_owned(),
        }))
    }

    async fn suggest_communities(
        &self,
        request: Request<wire::SuggestCommunitiesRequest>,
    ) -> Result<Response<wire::SuggestCommunitiesResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let wanted = self.queries.positions().read(request.metadata())?;
        let language = messages::wanted_language(request.metadata());
        let (found, position, stale) = self.people.communities(&caller, request.into_inner().limit, &wanted).await?;
        let communities = found.into_iter().map(|found| messages::community(found, language)).collect();
        let position = self.position(&caller, position)?;
        Ok(Response::new(wire::SuggestCommunitiesResponse { communities, position, stale }))
    }

    async fn suggest_threads(
        &self,
        request: Request<wire::SuggestThreadsRequest>,
    ) -> Result<Response<wire::SuggestThreadsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let wanted = self.queries.positions().read(request.metadata())?;
        let wire::SuggestThreadsRequest { limit, community_id } = request.into_inner();
        let only = (!community_id.is_empty()).then(|| input::id("community_id", &community_id)).transpose()?;
        let (found, position, stale) = self.people.threads(&caller, only, limit, &wanted).await?;
        let threads = found.into_iter().map(messages::thread).collect();
        let position = self.position(&caller, position)?;
        Ok(Response::new(wire::SuggestThreadsResponse { threads, position, stale }))
    }

    async fn request_introduction(
        &self,
        request: Request<wire::RequestIntroductionRequest>,
    ) -> Result<Response<wire::RequestIntroductionResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let (command_id, to) = (input::command_id(&asked.command_id)?, input::id("member_id", &asked.member_id)?);
        let new = Question::read(command_id, to, &asked.note)?;
        let (receipt, id) = self.application.request_introduction(&caller, &new).await?;
        let (receipt, introduction_id) = (self.queries.receipt(&receipt), id.to_string());
        Ok(Response::new(wire::RequestIntroductionResponse { receipt, introduction_id }))
    }

    async fn answer_introduction(
        &self,
        request: Request<wire::AnswerIntroductionRequest>,
    ) -> Result<Response<wire::AnswerIntroductionResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let command_id = input::command_id(&asked.command_id)?;
        let id = input::id("introduction_id", &asked.introduction_id)?;
        let receipt = self.application.answer_introduction(&caller, command_id, id, asked.accept).await?;
        Ok(Response::new(wire::AnswerIntroductionResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn withdraw_introduction(
        &self,
        request: Request<wire::WithdrawIntroductionRequest>,
    ) -> Result<Response<wire::WithdrawIntroductionResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let command_id = input::command_id(&asked.command_id)?;
        let id = input::id("introduction_id", &asked.introduction_id)?;
        let receipt = self.application.withdraw_introduction(&caller, command_id, id).await?;
        Ok(Response::new(wire::WithdrawIntroductionResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn list_introductions(
        &self,
        request: Request<wire::ListIntroductionsRequest>,
    ) -> Result<Response<wire::ListIntroductionsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, asked) = request.into_parts();
        let page = asked.page.unwrap_or_default();
        let page = PageRequest::read(page.size, &page.cursor, caller.member()?.member.0)?;
        let page = self.introductions.list(&metadata, &caller, page).await?;
        Ok(Response::new(wire::ListIntroductionsResponse {
            introductions: page.rows.into_iter().map(messages::introduction).collect(),
            next_cursor: page.next.map(|cursor| cursor.encode()).unwrap_or_default(),
            stale: page.stale,
        }))
    }

    async fn check_acquaintance(
        &self,
        request: Request<wire::CheckAcquaintanceRequest>,
    ) -> Result<Response<wire::CheckAcquaintanceResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let asked = request.into_inner();
        let tenant = caller.tenant_for(&asked.tenant)?;
        let one = input::id("member_id", &asked.member_id)?;
        let other = input::id("other_member_id", &asked.other_member_id)?;
        let acquainted = self.application.are_acquainted(&tenant, one, other).await?;
        Ok(Response::new(wire::CheckAcquaintanceResponse { acquainted }))
    }
}
