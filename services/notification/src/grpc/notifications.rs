//! `kindred.notification.v1.Notifications`.

use std::sync::Arc;
use std::time::Duration;

use kindred_eventsourcing::{EventStore, Timestamp};
use kindred_ids::InboxItemId;
use kindred_projections::Projection;
use kindred_proto::notification as wire;
use kindred_proto::notification::notifications_server::Notifications;
use kindred_service_host::{Queries, database_error};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;
use tokio::time::Instant;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::watch::{InboxStream, watch};
use crate::application::{Application, Courier, SignInLink};
use crate::contract::{kind_to_wire, preference_from_wire, preference_to_wire};
use crate::domain::notice::Kind;
use crate::projections::Inbox;
use crate::read_model::{Cursor, InboxRow, Watchers, page, unread};

/// Most items of one page.
const LARGEST_PAGE: u32 = 100;
const USUAL_PAGE: u32 = 20;
/// An answer must be on its way this much before the caller stops waiting.
const MARGIN: Duration = Duration::from_millis(250);

/// Answers calls.
pub struct NotificationsService<S> {
    application: Application<S>,
    courier: Arc<Courier<S>>,
    queries: Queries,
    watchers: Watchers,
    sign_in_patience: Duration,
}

impl<S: EventStore> NotificationsService<S> {
    /// Serves these use cases; a sign-in mail is tried for `sign_in_patience` at most.
    pub const fn new(
        application: Application<S>,
        courier: Arc<Courier<S>>,
        queries: Queries,
        watchers: Watchers,
        sign_in_patience: Duration,
    ) -> Self {
        Self { application, courier, queries, watchers, sign_in_patience }
    }
}

#[tonic::async_trait]
impl<S: EventStore> Notifications for NotificationsService<S> {
    async fn list_inbox(
        &self,
        request: Request<wire::ListInboxRequest>,
    ) -> Result<Response<wire::ListInboxResponse>, Status> {
        let claims = Caller::of(&request)?.member()?.clone();
        let (metadata, _, message) = request.into_parts();
        let asked = message.page.unwrap_or_default();
        let size = input::page_size("page.size", asked.size, USUAL_PAGE, LARGEST_PAGE)?;
        let behind = Cursor::parse(&asked.cursor)?;
        let whose = (&claims.tenant, claims.member);
        let mut snapshot = self.queries.begin(&metadata, whose.0, &[(Inbox::NAME, Inbox::VERSION)]).await?;
        let failed = |error: sqlx::Error| database_error(&error);
        let page = page(&mut snapshot.transaction, whose, message.unread_only, behind, size).await.map_err(failed)?;
        let unread = unread(&mut snapshot.transaction, whose.0, whose.1).await.map_err(failed)?;
        Ok(Response::new(wire::ListInboxResponse {
            items: page.rows.into_iter().map(item).collect(),
            next_cursor: page.next.map(|cursor| cursor.text()).unwrap_or_default(),
            unread,
            stale: snapshot.stale,
        }))
    }

    async fn mark_read(
        &self,
        request: Request<wire::MarkReadRequest>,
    ) -> Result<Response<wire::MarkReadResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let item: InboxItemId = input::id("item_id", &message.item_id)?;
        let receipt = self.application.mark_read(&caller, command_id, item).await?;
        Ok(Response::new(wire::MarkReadResponse { receipt: self.queries.receipt(&receipt) }))
    }

    async fn get_preferences(
        &self,
        request: Request<wire::GetPreferencesRequest>,
    ) -> Result<Response<wire::GetPreferencesResponse>, Status> {
        let preferences = self.application.preferences(Caller::of(&request)?).await?;
        let preferences = preferences.into_iter().map(|(kind, channel, on)| preference_to_wire(kind, channel, on));
        Ok(Response::new(wire::GetPreferencesResponse { preferences: preferences.collect() }))
    }

    async fn set_preference(
        &self,
        request: Request<wire::SetPreferenceRequest>,
    ) -> Result<Response<wire::SetPreferenceResponse>, Status> {
        let caller = Caller::of(&request)?.clone();
        let message = request.into_inner();
        let command_id = input::command_id(&message.command_id)?;
        let preference = preference(message.preference)?;
        let receipt = self.application.set_preference(&caller, command_id, preference).await?;
        Ok(Response::new(wire::SetPreferenceResponse { receipt: self.queries.receipt(&receipt) }))
    }

    type WatchInboxStream = InboxStream;

    async fn watch_inbox(
        &self,
        request: Request<wire::WatchInboxRequest>,
    ) -> Result<Response<Self::WatchInboxStream>, Status> {
        let claims = Caller::of(&request)?.member()?.clone();
        Ok(Response::new(watch(self.queries.clone(), &self.watchers, claims.tenant, claims.member)?))
    }

    async fn send_sign_in_link(
        &self,
        request: Request<wire::SendSignInLinkRequest>,
    ) -> Result<Response<wire::SendSignInLinkResponse>, Status> {
        let asked = Caller::of(&request)?.deadline().map(Instant::from_std);
        let message = request.into_inner();
        let link = SignInLink {
            command_id: input::command_id(&message.command_id)?,
            tenant: input::tenant("tenant", &message.tenant)?,
            member: input::id("member_id", &message.member_id)?,
            token: message.token,
            expires_at: Timestamp::from_millis(message.expires_at),
        };
        let own = Instant::now() + self.sign_in_patience;
        let deadline = asked.map_or(own, |asked| own.min(asked - MARGIN));
        self.courier.send_sign_in_link(&link, deadline).await?;
        Ok(Response::new(wire::SendSignInLinkResponse {}))
    }

    async fn unsubscribe(
        &self,
        request: Request<wire::UnsubscribeRequest>,
    ) -> Result<Response<wire::UnsubscribeResponse>, Status> {
        let kind = self.application.unsubscribe(&request.into_inner().token).await?;
        Ok(Response::new(wire::UnsubscribeResponse { kind: kind_to_wire(kind) as i32 }))
    }
}

fn preference(preference: Option<wire::Preference>) -> Result<(Kind, crate::domain::notice::Channel, bool), ApiError> {
    let missing = || ApiError::invalid("preference", "PREFERENCE_MISSING", "`preference` is required");
    preference_from_wire(&preference.ok_or_else(missing)?).map_err(|field| match field {
        "kind" => ApiError::invalid("preference.kind", "KIND_UNKNOWN", "`preference.kind` is none of the known kinds"),
        _ => ApiError::invalid(
            "preference.channel",
            "CHANNEL_UNKNOWN",
            "`preference.channel` is none of the known channels",
        ),
    })
}

fn item(row: InboxRow) -> wire::InboxItem {
    let text = |id: Uuid| id.simple().to_string();
    wire::InboxItem {
        item_id: text(row.item_id),
        kind: Kind::named(&row.kind).map_or(0, |kind| kind_to_wire(kind) as i32),
        actor_id: text(row.actor_id),
        subject_id: text(row.subject_id),
        thread_id: row.thread_id.map(text).unwrap_or_default(),
        community_id: row.community_id.map(text).unwrap_or_default(),
        at: row.added_at,
        read: row.read,
        declined: row.declined,
    }
}
