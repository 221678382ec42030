//! `kindred.posting.v1.Threads`.

use kindred_eventsourcing::EventStore;
use kindred_proto::common;
use kindred_proto::posting as wire;
use kindred_proto::posting::threads_server::Threads;
use kindred_service_host::Queries as Snapshots;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::messages;
use crate::application::{
    Application, Change, Comparison, Meanings, NewReply, NewThread, PageRequest, Queries, Question, Removal,
};
use crate::contract::reaction::kind;

/// Answers calls.
pub struct ThreadsService<S> {
    commands: Application<S>,
    queries: Queries<S>,
    snapshots: Snapshots,
}

impl<S: EventStore> ThreadsService<S> {
    /// Serves commands, and queries over `snapshots`; what was asked before is found by
    /// `meanings`, too.
    pub fn new(commands: Application<S>, snapshots: Snapshots, meanings: Meanings) -> Self {
        let queries = Queries::new(commands.clone(), snapshots.clone()).with_meanings(meanings);
        Self { commands, queries, snapshots }
    }
}

#[tonic::async_trait]
impl<S: EventStore> Threads for ThreadsService<S> {
    async fn start_thread(
        &self,
        request: Request<wire::StartThreadRequest>,
    ) -> Result<Response<wire::StartThreadResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let community = input::id("community_id", &message.community_id)?;
        let new = NewThread::read(command_id, community, &message.title, &message.text)?;
        let (receipt, thread) = self.commands.start_thread(&caller, &new).await?;
        Ok(Response::new(wire::StartThreadResponse {
            receipt: self.snapshots.receipt(&receipt),
            thread_id: thread.to_string(),
        }))
    }

    async fn reply(&self, request: Request<wire::ReplyRequest>) -> Result<Response<wire::ReplyResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let thread = input::id("thread_id", &message.thread_id)?;
        let parent = input::optional_id("parent_id", &message.parent_id)?;
        let new = NewReply::read(command_id, thread, parent, &message.text)?;
        let (receipt, comment) = self.commands.reply(&caller, &new).await?;
        Ok(Response::new(wire::ReplyResponse {
            receipt: self.snapshots.receipt(&receipt),
            comment_id: comment.to_string(),
        }))
    }

    async fn edit_post(
        &self,
        request: Request<wire::EditPostRequest>,
    ) -> Result<Response<wire::EditPostResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let post = input::id("post_id", &message.post_id)?;
        let change = Change::read(command_id, post, &message.text, &message.title)?;
        let receipt = self.commands.edit_post(&caller, &change).await?;
        Ok(Response::new(wire::EditPostResponse { receipt: self.snapshots.receipt(&receipt) }))
    }

    async fn delete_post(
        &self,
        request: Request<wire::DeletePostRequest>,
    ) -> Result<Response<wire::DeletePostResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let removal = Removal::read(command_id, input::id("post_id", &message.post_id)?, &message.reason)?;
        let receipt = self.commands.delete_post(&caller, &removal).await?;
        Ok(Response::new(wire::DeletePostResponse { receipt: self.snapshots.receipt(&receipt) }))
    }

    async fn react(&self, request: Request<wire::ReactRequest>) -> Result<Response<wire::ReactResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let post = input::id("post_id", &message.post_id)?;
        let reaction = wire::Reaction::try_from(message.reaction)
            .map_err(|_| ApiError::invalid("reaction", "REACTION_UNKNOWN", "`reaction` is none of the known ones"))?;
        let receipt = self.commands.react(&caller, command_id, post, kind(reaction)).await?;
        Ok(Response::new(wire::ReactResponse { receipt: self.snapshots.receipt(&receipt) }))
    }

    async fn list_threads(
        &self,
        request: Request<wire::ListThreadsRequest>,
    ) -> Result<Response<wire::ListThreadsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let community: kindred_ids::CommunityId = input::id("community_id", &message.community_id)?;
        let page = page(message.page, community.0)?;
        let answer = self.queries.list_threads(&caller, community, page, &metadata).await?;
        Ok(Response::new(wire::ListThreadsResponse {
            threads: answer.rows.rows.into_iter().map(messages::summary).collect(),
            next_cursor: answer.rows.next.map(|cursor| cursor.encode()).unwrap_or_default(),
            stale: answer.stale,
        }))
    }

    async fn get_thread(
        &self,
        request: Request<wire::GetThreadRequest>,
    ) -> Result<Response<wire::GetThreadResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let thread: kindred_ids::ThreadId = input::id("thread_id", &message.thread_id)?;
        let page = page(message.page, thread.0)?;
        let answer = self.queries.get_thread(&caller, thread, page, &metadata).await?;
        let (thread, replies) = (answer.rows.thread, answer.rows.replies);
        Ok(Response::new(wire::GetThreadResponse {
            title: thread.post.title.clone().unwrap_or_default(),
            community_id: messages::id(thread.post.community_id),
            reply_count: messages::count(thread.post.replies),
            thread: Some(messages::post(thread)),
            replies: replies.rows.into_iter().map(messages::post).collect(),
            next_cursor: replies.next.map(|cursor| cursor.encode()).unwrap_or_default(),
            stale: answer.stale,
        }))
    }

    async fn get_post_history(
        &self,
        request: Request<wire::GetPostHistoryRequest>,
    ) -> Result<Response<wire::GetPostHistoryResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let post = input::id("post_id", &message.post_id)?;
        let versions = self.queries.post_history(&caller, post, &metadata).await?;
        let versions = versions.into_iter().map(messages::version).collect();
        Ok(Response::new(wire::GetPostHistoryResponse { versions }))
    }

    async fn list_posts_by_member(
        &self,
        request: Request<wire::ListPostsByMemberRequest>,
    ) -> Result<Response<wire::ListPostsByMemberResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let author = input::id("member_id", &message.member_id)?;
        let most = input::page_size("limit", message.limit, 20, 100)?;
        let posts = self.queries.posts_by_member(&caller, author, most, &metadata).await?;
        let posts = posts.into_iter().map(|mut view| {
            let thread_title = view.post.title.take().unwrap_or_default();
            wire::Post { thread_title, ..messages::post(view) }
        });
        Ok(Response::new(wire::ListPostsByMemberResponse { posts: posts.collect() }))
    }

    async fn find_similar(
        &self,
        request: Request<wire::FindSimilarRequest>,
    ) -> Result<Response<wire::FindSimilarResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let community = input::id("community_id", &message.community_id)?;
        let question = Question::read(community, &message.title, &message.text, message.limit)?;
        let answer = self.queries.similar(&caller, &question, &metadata).await?;
        let threads = answer.rows.into_iter().map(messages::summary).collect();
        Ok(Response::new(wire::FindSimilarResponse { threads, stale: answer.stale }))
    }

    async fn compare_writing(
        &self,
        request: Request<wire::CompareWritingRequest>,
    ) -> Result<Response<wire::CompareWritingResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let writers = message.writers.iter().map(|writer| (writer.member_id.as_str(), writer.communities.as_slice()));
        let asked = Comparison::read(&message.community_ids, writers)?;
        let alike = self.queries.compare(&caller, asked, &metadata).await?.into_iter();
        let likenesses =
            alike.map(|(member, thousandths)| wire::Likeness { member_id: member.to_string(), thousandths });
        Ok(Response::new(wire::CompareWritingResponse { likenesses: likenesses.collect() }))
    }
}

pub(super) fn page(page: Option<common::Page>, list: kindred_ids::EntityId) -> Result<PageRequest, ApiError> {
    let page = page.unwrap_or_default();
    PageRequest::read(page.size, &page.cursor, list)
}
