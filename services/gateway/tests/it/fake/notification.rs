//! What people are told.

use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use kindred_proto::notification::notifications_server::{Notifications, NotificationsServer};
use kindred_proto::notification::*;
use kindred_service_kit::error::ApiError;
use tokio_stream::wrappers::BroadcastStream;
use tonic::{Request, Response, Status};

use super::{Answer, Fake, World, part};

pub fn notifications(fake: Fake) -> NotificationsServer<Fake> {
    NotificationsServer::new(fake)
}

fn unread(world: &World, member: &str) -> u32 {
    world.inbox.iter().filter(|(whose, item)| whose == member && !item.read).count() as u32
}

#[tonic::async_trait]
impl Notifications for Fake {
    async fn list_inbox(&self, request: Request<ListInboxRequest>) -> Answer<ListInboxResponse> {
        let (who, ask) = self.enter("ListInbox", request)?;
        let world = self.world();
        let own = world.inbox.iter().filter(|(whose, item)| *whose == who.member && !(ask.unread_only && item.read));
        let (items, next_cursor) = part(own.map(|(_, item)| item.clone()).collect(), ask.page)?;
        Ok(Response::new(ListInboxResponse {
            items,
            next_cursor,
            unread: unread(&world, &who.member),
            stale: world.stale,
        }))
    }

    async fn mark_read(&self, request: Request<MarkReadRequest>) -> Answer<MarkReadResponse> {
        let (who, ask) = self.enter("MarkRead", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let item = world.inbox.iter_mut().find(|(whose, item)| *whose == who.member && item.item_id == ask.item_id);
        let unknown = || Status::from(ApiError::not_found("ITEM_UNKNOWN", "no such item"));
        item.ok_or_else(unknown)?.1.read = true;
        drop(world);
        self.changes.send(()).ok();
        Ok(Response::new(MarkReadResponse { receipt: Some(receipt) }))
    }

    async fn get_preferences(&self, request: Request<GetPreferencesRequest>) -> Answer<GetPreferencesResponse> {
        let (who, _) = self.enter("GetPreferences", request)?;
        let world = self.world();
        let on = |kind, channel| world.preferences.get(&(who.member.clone(), kind, channel)).copied().unwrap_or(true);
        let all = (1..=8).flat_map(|kind| [1, 2].map(|channel| Preference { kind, channel, on: on(kind, channel) }));
        Ok(Response::new(GetPreferencesResponse { preferences: all.collect() }))
    }

    async fn set_preference(&self, request: Request<SetPreferenceRequest>) -> Answer<SetPreferenceResponse> {
        let (who, ask) = self.enter("SetPreference", request)?;
        let mut world = self.world();
        let (receipt, _) = world.accept(&ask.command_id, "")?;
        let wanted = ask.preference.unwrap_or_default();
        world.preferences.insert((who.member, wanted.kind, wanted.channel), wanted.on);
        Ok(Response::new(SetPreferenceResponse { receipt: Some(receipt) }))
    }

    type WatchInboxStream = Pin<Box<dyn Stream<Item = Result<WatchInboxResponse, Status>> + Send>>;

    async fn watch_inbox(&self, request: Request<WatchInboxRequest>) -> Answer<Self::WatchInboxStream> {
        let (who, _) = self.enter("WatchInbox", request)?;
        let fake = self.clone();
        let changes = BroadcastStream::new(self.changes.subscribe()).map(|_| ());
        let all = futures::stream::once(async {}).chain(changes);
        let numbers = all.map(move |()| Ok(WatchInboxResponse { unread: unread(&fake.world(), &who.member) }));
        Ok(Response::new(Box::pin(numbers)))
    }

    async fn send_sign_in_link(&self, _: Request<SendSignInLinkRequest>) -> Answer<SendSignInLinkResponse> {
        Err(Status::unimplemented("not in this fake"))
    }

    async fn unsubscribe(&self, request: Request<UnsubscribeRequest>) -> Answer<UnsubscribeResponse> {
        let (_, ask) = self.enter("Unsubscribe", request)?;
        if ask.token != "good-token" {
            return Err(ApiError::invalid("token", "TOKEN_MALFORMED", "`token` is not one of our mails'").into());
        }
        Ok(Response::new(UnsubscribeResponse { kind: NotificationKind::Reply as i32 }))
    }
}
