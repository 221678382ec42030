//! A database of a test's own, a projector on it, and the gRPC face over both.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{EventStore, MemoryStore, Position, Receipt};
use kindred_matching::application::{
    Application, Introductions as IntroductionList, Mentors as MentorList, Pairings as PairingList, People, Release,
    Restraint, Rhythm, Rounds,
};
use kindred_matching::domain::round::Mode;
use kindred_matching::grpc::{MatchingService, MentoringService};
use kindred_matching::projections::{Introductions, MentorWaits, Mentors, Pairings, Rounds as RoundList};
use kindred_matching::reactions::{FollowPairings, HoldRounds, PutProposals, ReleasePlaces, RetractProposals};
use kindred_matching::snapshots;
use kindred_projections::{Database, Operations, Person as Erased, Projector, ProjectorBuilder, Settings, Waiter};
use kindred_proto::common::Page;
use kindred_proto::matching as wire;
use kindred_proto::matching::matching_server::Matching as _;
use kindred_service_host::{ContextErasure, Queries};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::position::{PositionKey, Positions};
use kindred_testkit::TestDatabase;
use sqlx::{AssertSqlSafe, Executor as _};
use tokio_util::sync::CancellationToken;
use tonic::Request;

use super::{Person, Town};

/// Matching with its read side.
pub struct Desk {
    pub projector: Projector,
    pub service: MatchingService<MemoryStore>,
    pub mentoring: MentoringService<MemoryStore>,
    pub pools: Database,
    pub rounds: Rounds<MemoryStore>,
    database: TestDatabase,
    positions: Arc<PositionKey>,
    stop: CancellationToken,
}

/// How soon a mentor is left in peace here.
const RESTRAINT: Restraint = Restraint { new_in_a_week: 3 };

/// Rounds run by themselves when three wait, or after a day; a mentor has a week to answer.
const RHYTHM: Rhythm =
    Rhythm { from: 3, after_seconds: 24 * 3_600, answer_seconds: 7 * 24 * 3_600, mode: Mode::Cheapest };

/// What reacts to both logs, as the service wires it.
fn reacting(
    builder: ProjectorBuilder,
    rounds: &Rounds<MemoryStore>,
    release: Release<MemoryStore>,
) -> ProjectorBuilder {
    builder
        .reaction(HoldRounds::new(rounds.clone()))
        .reaction(PutProposals::new(rounds.clone()))
        .reaction(RetractProposals::new(rounds.clone()))
        .reaction(FollowPairings::new(rounds.clone(), release.clone()))
        .reaction(ReleasePlaces::new(release))
}

impl Desk {
    /// Nothing happens by itself but that rows are written.
    pub async fn open(town: &Town) -> Self {
        Self::start(town, false).await
    }

    /// With all that matching does by itself.
    pub async fn alive(town: &Town) -> Self {
        Self::start(town, true).await
    }

    async fn start(town: &Town, reacts: bool) -> Self {
        let database = TestDatabase::create(&[&snapshots::MIGRATIONS]).await.unwrap();
        let (pools, stop) = (database.connect(), CancellationToken::new());
        let settings = Settings { wait: Duration::from_millis(5), ..Settings::default() };
        let forgotten = town.index.clone();
        let erasure = ContextErasure::new("matching", town.keys.clone(), Arc::new(|_, _| Box::pin(async { Ok(()) })))
            .redacting(Arc::new(|connection, person| Box::pin(snapshots::redact(connection, person))))
            .forgetting(Arc::new(move |person: Erased| {
                forgotten.forget(&person.tenant, person.member);
                Box::pin(async { Ok(()) })
            }));
        let builder = Projector::builder(pools.clone(), settings)
            .keys(town.keys.clone())
            .own_stream(town.store.clone())
            .stream(town.facts.store.clone())
            .projection(Introductions)
            .projection(Mentors)
            .projection(MentorWaits)
            .projection(Pairings)
            .projection(RoundList)
            .erasure(erasure);
        let waiter = Waiter::new(pools.clone());
        let release = Release::new(town.application.clone(), pools.clone(), waiter.clone());
        let rounds = Rounds::new(town.application.clone(), pools.clone(), waiter, RESTRAINT, RHYTHM);
        let builder = if reacts { reacting(builder, &rounds, release) } else { builder };
        let projector = builder.start(stop.clone()).await.unwrap();
        projector.ready(Duration::from_secs(60)).await.unwrap();
        let positions = Arc::new(PositionKey::from_base64(&PositionKey::generate().unwrap()).unwrap());
        let queries = Queries::new("matching", pools.clone(), projector.waiter(), positions.clone());
        let people = People::new(town.index.clone(), Duration::from_millis(300));
        let list = IntroductionList::new(queries.clone(), town.index.clone());
        let mentors = MentorList::new(queries.clone(), town.acquaintances.clone(), RESTRAINT, town.clock.clone());
        let pairings = PairingList::new(queries.clone(), town.index.clone());
        let mentoring = MentoringService::new(town.application.clone(), mentors, pairings, queries.clone());
        let service = MatchingService::new(town.application.clone(), people, list, queries);
        Self { projector, service, mentoring, pools, rounds, database, positions, stop }
    }

    pub fn operations(&self) -> &Operations {
        self.projector.operations()
    }

    pub fn request<M>(&self, by: &Person, token: &str, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(by.caller.clone());
        if !token.is_empty() {
            request.metadata_mut().insert("kindred-position", token.parse().unwrap());
        }
        request
    }

    pub fn token(&self, receipt: &Receipt) -> String {
        self.positions.of_receipt(receipt)
    }

    /// A token for the end of matching's log, where somebody's own entities stand.
    pub async fn end(&self, town: &Town, by: &Person) -> String {
        let (partition, sequence) = (by.id.0.partition(), EventStore::head(&town.store).await.unwrap());
        self.positions.sign(&Positions::from(Position { context: "matching".to_owned(), partition, sequence }))
    }

    /// Rounds of another process on the same database, over a log of its own kind.
    pub fn rounds_over<S: EventStore>(&self, application: Application<S>) -> Rounds<S> {
        let pools = self.database.connect();
        Rounds::new(application, pools.clone(), Waiter::new(pools), RESTRAINT, RHYTHM)
    }

    /// What frees places, at work without being asked.
    pub fn release(&self, town: &Town) -> Release<MemoryStore> {
        let pools = self.database.connect();
        Release::new(town.application.clone(), pools.clone(), Waiter::new(pools))
    }

    /// A token for a place in membership's log.
    pub fn membership(&self, by: &Person, sequence: u64) -> String {
        let position = Position { context: "membership".to_owned(), partition: by.id.0.partition(), sequence };
        self.positions.sign(&Positions::from(position))
    }

    /// What a token says of membership's log.
    pub fn sequence(&self, token: &str) -> u64 {
        let positions = self.positions.verify(token).unwrap();
        positions.of_context("membership").map(|(_, sequence)| sequence).max().unwrap_or_default()
    }

    pub async fn find(&self, by: &Person, token: &str, limit: u32) -> Result<wire::FindPeopleResponse, ApiError> {
        let answer = self.service.find_people(self.request(by, token, wire::FindPeopleRequest { limit })).await;
        answer.map(tonic::Response::into_inner).map_err(ApiError::from)
    }

    /// The same for one whose browser says what languages they want.
    pub async fn find_in(&self, by: &Person, accepted: &str) -> wire::FindPeopleResponse {
        let mut request = self.request(by, "", wire::FindPeopleRequest::default());
        request.metadata_mut().insert("accept-language", accepted.parse().unwrap());
        self.service.find_people(request).await.unwrap().into_inner()
    }

    pub async fn list(&self, by: &Person, after: &Receipt) -> Vec<wire::Introduction> {
        let answer = self.page(by, &self.token(after), 0, "").await.unwrap();
        assert!(!answer.stale, "the read model does not catch up");
        answer.introductions
    }

    pub async fn page(
        &self,
        by: &Person,
        token: &str,
        size: u32,
        cursor: &str,
    ) -> Result<wire::ListIntroductionsResponse, ApiError> {
        let page = Some(Page { cursor: cursor.to_owned(), size });
        let request = self.request(by, token, wire::ListIntroductionsRequest { page });
        self.service.list_introductions(request).await.map(tonic::Response::into_inner).map_err(ApiError::from)
    }

    /// Runs statements as nobody may in production.
    pub async fn meddle(&self, statements: &'static str) {
        self.database.superuser().await.unwrap().execute(statements).await.unwrap();
    }

    /// What a statement counts.
    pub async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&mut self.database.superuser().await.unwrap()).await.unwrap()
    }

    /// Every introduction in the live generation, as text.
    pub async fn dump(&self) -> String {
        self.dump_of("introductions_v1").await
    }

    /// Every row of a live view, as text.
    pub async fn dump_of(&self, view: &str) -> String {
        let mut connection = self.database.superuser().await.unwrap();
        let query = format!("SELECT COALESCE(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM views.{view} t");
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
