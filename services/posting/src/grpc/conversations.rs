//! `kindred.posting.v1.Conversations`.

use kindred_eventsourcing::EventStore;
use kindred_ids::ConversationId;
use kindred_proto::posting as wire;
use kindred_proto::posting::conversations_server::Conversations;
use kindred_service_host::Queries as Snapshots;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::messages;
use super::threads::page;
use crate::application::{Application, NewMessage, Queries};

/// Answers calls.
pub struct ConversationsService<S> {
    commands: Application<S>,
    queries: Queries<S>,
    snapshots: Snapshots,
}

impl<S: EventStore> ConversationsService<S> {
    /// Serves commands, and queries over `snapshots`.
    pub fn new(commands: Application<S>, snapshots: Snapshots) -> Self {
        let queries = Queries::new(commands.clone(), snapshots.clone());
        Self { commands, queries, snapshots }
    }
}

#[tonic::async_trait]
impl<S: EventStore> Conversations for ConversationsService<S> {
    async fn open_conversation(
        &self,
        request: Request<wire::OpenConversationRequest>,
    ) -> Result<Response<wire::OpenConversationResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let with = input::id("member_id", &message.member_id)?;
        let (receipt, conversation) = self.commands.open_conversation(&caller, command_id, with).await?;
        Ok(Response::new(wire::OpenConversationResponse {
            receipt: self.snapshots.receipt(&receipt),
            conversation_id: conversation.to_string(),
        }))
    }

    async fn write_message(
        &self,
        request: Request<wire::WriteMessageRequest>,
    ) -> Result<Response<wire::WriteMessageResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let conversation = input::id("conversation_id", &message.conversation_id)?;
        let new = NewMessage::read(command_id, conversation, &message.text)?;
        let (receipt, written) = self.commands.write_message(&caller, &new).await?;
        Ok(Response::new(wire::WriteMessageResponse {
            receipt: self.snapshots.receipt(&receipt),
            message_id: written.to_string(),
        }))
    }

    async fn delete_message(
        &self,
        request: Request<wire::DeleteMessageRequest>,
    ) -> Result<Response<wire::DeleteMessageResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let id = input::id("message_id", &message.message_id)?;
        let receipt = self.commands.delete_message(&caller, command_id, id).await?;
        Ok(Response::new(wire::DeleteMessageResponse { receipt: self.snapshots.receipt(&receipt) }))
    }

    async fn leave_conversation(
        &self,
        request: Request<wire::LeaveConversationRequest>,
    ) -> Result<Response<wire::LeaveConversationResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let id = input::id("conversation_id", &message.conversation_id)?;
        let receipt = self.commands.leave_conversation(&caller, command_id, id).await?;
        Ok(Response::new(wire::LeaveConversationResponse { receipt: self.snapshots.receipt(&receipt) }))
    }

    async fn list_conversations(
        &self,
        request: Request<wire::ListConversationsRequest>,
    ) -> Result<Response<wire::ListConversationsResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let page = page(message.page, caller.member()?.member.0)?;
        let answer = self.queries.list_conversations(&caller, page, &metadata).await?;
        Ok(Response::new(wire::ListConversationsResponse {
            conversations: answer.rows.rows.into_iter().map(messages::conversation).collect(),
            next_cursor: answer.rows.next.map(|cursor| cursor.encode()).unwrap_or_default(),
            stale: answer.stale,
        }))
    }

    async fn get_conversation(
        &self,
        request: Request<wire::GetConversationRequest>,
    ) -> Result<Response<wire::GetConversationResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let (metadata, _, message) = request.into_parts();
        let id: ConversationId = input::id("conversation_id", &message.conversation_id)?;
        let page = page(message.page, id.0)?;
        let answer = self.queries.get_conversation(&caller, id, page, &metadata).await?;
        let view = answer.rows;
        Ok(Response::new(wire::GetConversationResponse {
            conversation: Some(messages::conversation(view.conversation)),
            messages: view.messages.rows.into_iter().map(messages::message).collect(),
            next_cursor: view.messages.next.map(|cursor| cursor.encode()).unwrap_or_default(),
            stale: answer.stale,
        }))
    }
}
