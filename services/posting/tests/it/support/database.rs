//! A database of a test's own, a projector on it, and the gRPC face over both.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::MemoryStore;
use kindred_ids::{CommunityId, ConversationId, EntityId, MemberId, ThreadId};
use kindred_posting::application::Meanings;
use kindred_posting::grpc::{ConversationsService, ThreadsService};
use kindred_posting::projections::{Conversations, Questions, Sentences, ThreadList, ThreadProjection};
use kindred_projections::{Operations, Projector, Settings};
use kindred_proto::posting as wire;
use kindred_proto::posting::conversations_server::Conversations as _;
use kindred_proto::posting::threads_server::Threads as _;
use kindred_sentences::Encoder;
use kindred_service_host::Queries;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::position::PositionKey;
use kindred_testkit::TestDatabase;
use sqlx::AssertSqlSafe;
use tokio_util::sync::CancellationToken;
use tonic::Request;

use super::{Person, Receipt, Town};

/// Every table of the read models.
pub const TABLES: [&str; 9] = [
    "question_words",
    "threads",
    "posts",
    "post_versions",
    "post_reactions",
    "post_reaction_counts",
    "thread_totals",
    "conversation_sides",
    "messages",
];

/// Posting with its read side.
pub struct Library {
    pub projector: Projector,
    pub service: ThreadsService<MemoryStore>,
    pub talks: ConversationsService<MemoryStore>,
    pub database: TestDatabase,
    positions: Arc<PositionKey>,
    stop: CancellationToken,
}

impl Library {
    pub async fn open(town: &Town) -> Self {
        Self::open_with(town, |builder| builder).await
    }

    /// As [`Self::open`], with a sentence model.
    pub async fn open_with_model(town: &Town, encoder: Arc<Encoder>) -> Self {
        let sentences = Sentences::new(encoder.clone());
        Self::open_over(town, Meanings::by(encoder, 1), |builder| builder.projection(sentences)).await
    }

    pub async fn open_with(
        town: &Town,
        also: impl FnOnce(kindred_projections::ProjectorBuilder) -> kindred_projections::ProjectorBuilder,
    ) -> Self {
        Self::open_over(town, Meanings::default(), also).await
    }

    pub async fn open_over(
        town: &Town,
        meanings: Meanings,
        also: impl FnOnce(kindred_projections::ProjectorBuilder) -> kindred_projections::ProjectorBuilder,
    ) -> Self {
        let database = TestDatabase::create(&[]).await.unwrap();
        let pools = database.connect();
        let stop = CancellationToken::new();
        let settings = Settings { wait: Duration::from_millis(5), ..Settings::default() };
        let builder = Projector::builder(pools.clone(), settings)
            .keys(town.keys.clone())
            .own_stream(town.store.clone())
            .projection(ThreadList)
            .projection(ThreadProjection)
            .projection(Conversations)
            .projection(Questions);
        let projector = also(builder).start(stop.clone()).await.unwrap();
        projector.ready(Duration::from_secs(60)).await.unwrap();
        let positions = Arc::new(PositionKey::from_base64(&PositionKey::generate().unwrap()).unwrap());
        let queries = Queries::new("posting", pools, projector.waiter(), positions.clone());
        let talks = ConversationsService::new(town.application.clone(), queries.clone());
        let service = ThreadsService::new(town.application.clone(), queries, meanings);
        Self { projector, service, talks, database, positions, stop }
    }

    pub fn operations(&self) -> &Operations {
        self.projector.operations()
    }

    /// A request of somebody who wants to see what `after` wrote.
    pub fn request<M>(&self, by: &Person, after: Option<&Receipt>, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.extensions_mut().insert(by.caller.clone());
        if let Some(receipt) = after {
            let token = self.positions.of_receipt(receipt).parse().unwrap();
            request.metadata_mut().insert("kindred-position", token);
        }
        request
    }

    pub async fn thread(
        &self,
        by: &Person,
        after: Option<&Receipt>,
        thread: ThreadId,
    ) -> Result<wire::GetThreadResponse, ApiError> {
        let message = wire::GetThreadRequest { thread_id: thread.to_string(), page: None };
        let answer = self.service.get_thread(self.request(by, after, message)).await;
        answer.map(tonic::Response::into_inner).map_err(ApiError::from)
    }

    pub async fn threads(
        &self,
        by: &Person,
        after: Option<&Receipt>,
        community: CommunityId,
    ) -> Result<wire::ListThreadsResponse, ApiError> {
        let message = wire::ListThreadsRequest { community_id: community.to_string(), page: None };
        let answer = self.service.list_threads(self.request(by, after, message)).await;
        answer.map(tonic::Response::into_inner).map_err(ApiError::from)
    }

    pub async fn conversation(
        &self,
        by: &Person,
        after: Option<&Receipt>,
        conversation: ConversationId,
    ) -> Result<wire::GetConversationResponse, ApiError> {
        let message = wire::GetConversationRequest { conversation_id: conversation.to_string(), page: None };
        let answer = self.talks.get_conversation(self.request(by, after, message)).await;
        answer.map(tonic::Response::into_inner).map_err(ApiError::from)
    }

    pub async fn conversations(
        &self,
        by: &Person,
        after: Option<&Receipt>,
    ) -> Result<wire::ListConversationsResponse, ApiError> {
        let message = wire::ListConversationsRequest::default();
        let answer = self.talks.list_conversations(self.request(by, after, message)).await;
        answer.map(tonic::Response::into_inner).map_err(ApiError::from)
    }

    pub async fn history(
        &self,
        by: &Person,
        after: Option<&Receipt>,
        post: EntityId,
    ) -> Result<Vec<wire::PostVersion>, ApiError> {
        let message = wire::GetPostHistoryRequest { post_id: post.to_string() };
        let answer = self.service.get_post_history(self.request(by, after, message)).await;
        answer.map(|answer| answer.into_inner().versions).map_err(ApiError::from)
    }

    pub async fn posts_by(
        &self,
        by: &Person,
        after: Option<&Receipt>,
        author: MemberId,
    ) -> Result<Vec<wire::Post>, ApiError> {
        let message = wire::ListPostsByMemberRequest { member_id: author.to_string(), limit: 0 };
        let answer = self.service.list_posts_by_member(self.request(by, after, message)).await;
        answer.map(|answer| answer.into_inner().posts).map_err(ApiError::from)
    }

    /// What was asked before.
    pub async fn similar(
        &self,
        by: &Person,
        after: Option<&Receipt>,
        message: wire::FindSimilarRequest,
    ) -> Result<Vec<wire::ThreadSummary>, ApiError> {
        let answer = self.service.find_similar(self.request(by, after, message)).await;
        answer.map(|answer| answer.into_inner().threads).map_err(ApiError::from)
    }

    /// How alike what somebody wrote is to what others wrote, each of whom is where all of these
    /// communities are.
    pub async fn compare(
        &self,
        by: &Person,
        communities: &[CommunityId],
        writers: &[&Person],
    ) -> Result<BTreeMap<MemberId, u32>, ApiError> {
        let places = (0..).zip(communities).map(|(place, _)| place);
        let writer =
            |writer: &&Person| wire::Writer { member_id: writer.id.to_string(), communities: places.clone().collect() };
        self.compare_as(by, communities, writers.iter().map(writer).collect()).await
    }

    pub async fn compare_as(
        &self,
        by: &Person,
        communities: &[CommunityId],
        writers: Vec<wire::Writer>,
    ) -> Result<BTreeMap<MemberId, u32>, ApiError> {
        let community_ids = communities.iter().map(ToString::to_string).collect();
        let message = wire::CompareWritingRequest { community_ids, writers };
        let answer = self.service.compare_writing(self.request(by, None, message)).await.map_err(ApiError::from)?;
        let alike = answer.into_inner().likenesses.into_iter();
        Ok(alike.map(|alike| (alike.member_id.parse().unwrap(), alike.thousandths)).collect())
    }

    /// Whether the first build of vectors, which nobody waits for, is over.
    pub async fn has_vectors(&self) -> bool {
        let mut connection = self.database.superuser().await.unwrap();
        let query = "SELECT to_regclass('views.question_vectors_v1') IS NOT NULL";
        sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap()
    }

    /// Everything in the live generation, as text.
    pub async fn dump(&self) -> String {
        self.dump_of(&TABLES).await
    }

    /// Everything in some tables of it.
    pub async fn dump_of(&self, tables: &[&str]) -> String {
        let mut connection = self.database.superuser().await.unwrap();
        let mut dump = String::new();
        for table in tables {
            let query =
                format!("SELECT COALESCE(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM views.{table}_v1 t");
            let rows: String = sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
            dump.push_str(&format!("{table}\n{rows}\n"));
        }
        dump
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
