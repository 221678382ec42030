//! What two people say to each other.

use kindred_proto::matching::IntroductionState;
use kindred_proto::posting::conversations_server::{Conversations, ConversationsServer};
use kindred_proto::posting::*;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tonic::{Request, Response, Status};

use super::{Answer, Chat, Fake, Who, World, id, part};

pub fn conversations(fake: Fake) -> ConversationsServer<Fake> {
    ConversationsServer::new(fake)
}

fn unknown() -> Status {
    ApiError::not_found("CONVERSATION_UNKNOWN", "there is no such conversation").into()
}

fn message(world: &World, (key, author, text, at): &(String, String, Option<String>, i64)) -> Message {
    let author_erased = world.people[author].state == kindred_proto::membership::MemberState::Erased;
    Message {
        message_id: key.clone(),
        author_id: author.clone(),
        text: text.clone().filter(|_| !author_erased).unwrap_or_default(),
        written_at: *at,
        deleted: text.is_none(),
        author_erased,
    }
}

fn seen(world: &World, key: &str, chat: &Chat, who: &Who) -> Conversation {
    let other = if chat.pair[0] == who.member { &chat.pair[1] } else { &chat.pair[0] };
    Conversation {
        conversation_id: key.to_owned(),
        member_id: other.clone(),
        opened_at: 1,
        last_activity_at: chat.messages.last().map_or(1, |last| last.3),
        left: chat.left.contains(&who.member),
        other_left: chat.left.contains(other),
        last_message: chat.messages.last().map(|last| message(world, last)),
    }
}

impl World {
    fn chat(&mut self, key: &str, who: &Who) -> Result<&mut Chat, Status> {
        self.chats.get_mut(key).filter(|chat| chat.pair.contains(&who.member)).ok_or_else(unknown)
    }
}

#[tonic::async_trait]
impl Conversations for Fake {
    async fn open_conversation(&self, request: Request<OpenConversationRequest>) -> Answer<OpenConversationResponse> {
        let (who, ask) = self.enter("OpenConversation", request)?;
        let mut world = self.world();
        let both = |one: &String| *one == who.member || *one == ask.member_id;
        let met = |wish: &super::Wish| wish.state == IntroductionState::Accepted as i32;
        if !world.wishes.values().any(|wish| met(wish) && both(&wish.from) && both(&wish.to)) {
            return Err(ApiError::refused("NOT_INTRODUCED", "you have not met this member yet").into());
        }
        let known = world.chats.iter().find(|(_, chat)| chat.pair.iter().all(both)).map(|(key, _)| key.clone());
        let key = known.unwrap_or_else(|| id(0xca, 100 + world.chats.len() as u32));
        let (receipt, conversation_id) = world.accept(&ask.command_id, &key)?;
        let pair = [who.member.clone(), ask.member_id];
        let chat = world.chats.entry(key).or_insert(Chat { pair, ..Chat::default() });
        chat.left.remove(&who.member);
        Ok(Response::new(OpenConversationResponse { receipt: Some(receipt), conversation_id }))
    }

    async fn write_message(&self, request: Request<WriteMessageRequest>) -> Answer<WriteMessageResponse> {
        let (who, ask) = self.enter("WriteMessage", request)?;
        input::bounded_text("text", &ask.text, 5_000)?;
        let mut world = self.world();
        let (now, made) = (world.now(), id(0xcb, 5_000 + world.commands.len() as u32));
        let gone = world.chat(&ask.conversation_id, &who)?.left.clone();
        if gone.contains(&who.member) {
            return Err(ApiError::refused("CONVERSATION_LEFT", "you left this conversation").into());
        }
        if !gone.is_empty() {
            return Err(ApiError::refused("OTHER_LEFT", "they are not here any more").into());
        }
        let again = world.known(&ask.command_id);
        let (receipt, message_id) = world.accept(&ask.command_id, &made)?;
        if !again {
            let said = (message_id.clone(), who.member.clone(), Some(ask.text), now);
            world.chat(&ask.conversation_id, &who)?.messages.push(said);
        }
        Ok(Response::new(WriteMessageResponse { receipt: Some(receipt), message_id }))
    }

    async fn delete_message(&self, request: Request<DeleteMessageRequest>) -> Answer<DeleteMessageResponse> {
        let (who, ask) = self.enter("DeleteMessage", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let all = world.chats.values_mut().flat_map(|chat| &mut chat.messages);
        let own = all.into_iter().find(|said| said.0 == ask.message_id && said.1 == who.member);
        own.ok_or_else(|| Status::from(ApiError::not_found("MESSAGE_UNKNOWN", "there is no such message")))?.2 = None;
        Ok(Response::new(DeleteMessageResponse { receipt: Some(receipt) }))
    }

    async fn leave_conversation(
        &self,
        request: Request<LeaveConversationRequest>,
    ) -> Answer<LeaveConversationResponse> {
        let (who, ask) = self.enter("LeaveConversation", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        world.chat(&ask.conversation_id, &who)?.left.insert(who.member.clone());
        Ok(Response::new(LeaveConversationResponse { receipt: Some(receipt) }))
    }

    async fn list_conversations(
        &self,
        request: Request<ListConversationsRequest>,
    ) -> Answer<ListConversationsResponse> {
        let (who, ask) = self.enter("ListConversations", request)?;
        let world = self.world();
        let own = world.chats.iter().filter(|(_, chat)| chat.pair.contains(&who.member));
        let here = own.filter(|(_, chat)| !chat.left.contains(&who.member));
        let mut all: Vec<Conversation> = here.map(|(key, chat)| seen(&world, key, chat, &who)).collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.last_activity_at));
        let (conversations, next_cursor) = part(all, ask.page)?;
        Ok(Response::new(ListConversationsResponse { conversations, next_cursor, stale: world.stale }))
    }

    async fn get_conversation(&self, request: Request<GetConversationRequest>) -> Answer<GetConversationResponse> {
        let (who, ask) = self.enter("GetConversation", request)?;
        let mut world = self.world();
        let chat = world.chat(&ask.conversation_id, &who)?.clone();
        let newest_first = chat.messages.iter().rev().map(|said| message(&world, said)).collect();
        let (mut messages, next_cursor) = part(newest_first, ask.page)?;
        messages.reverse();
        Ok(Response::new(GetConversationResponse {
            conversation: Some(seen(&world, &ask.conversation_id, &chat, &who)),
            messages,
            next_cursor,
            stale: world.stale,
        }))
    }
}
