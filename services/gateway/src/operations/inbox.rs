//! What the caller is told, and where they want to be told.

use kindred_proto::notification as wire;
use kindred_service_kit::error::ApiError;

use super::{Part, members};
use crate::backends::{Call, ask};
use crate::model::{Accepted, Inbox, InboxItem, Page, Preference};
use crate::wire::NotificationKind;

/// The inbox, newest first.
pub async fn list(call: &Call, part: &Part, unread_only: bool) -> Result<Inbox, ApiError> {
    let answer = ask!(call, notifications.list_inbox(wire::ListInboxRequest { page: part.wire(), unread_only }))?;
    let authors = members::authors(call, answer.items.iter().map(|item| item.actor_id.as_str())).await?;
    let items = answer.items.into_iter().map(|item| InboxItem::of_wire(item, &authors)).collect();
    Ok(Inbox { page: Page::of_wire(items, answer.next_cursor, answer.stale), unread: answer.unread })
}

/// How many items the caller has not seen.
pub async fn unread(call: &Call) -> Result<u32, ApiError> {
    let request = wire::ListInboxRequest { page: Part::first(1).wire(), unread_only: true };
    Ok(ask!(call, notifications.list_inbox(request))?.unread)
}

/// Marks an item as seen.
pub async fn mark_read(call: &Call, command_id: String, item_id: String) -> Result<Accepted, ApiError> {
    let request = wire::MarkReadRequest { command_id, item_id };
    Ok(Accepted::of_wire(ask!(call, notifications.mark_read(request))?.receipt))
}

/// Where the caller is told of what.
pub async fn preferences(call: &Call) -> Result<Vec<Preference>, ApiError> {
    let answer = ask!(call, notifications.get_preferences(wire::GetPreferencesRequest {}))?;
    Ok(answer.preferences.iter().map(Preference::of_wire).collect())
}

/// Turns one kind on or off in one place.
pub async fn set_preference(call: &Call, command_id: String, preference: Preference) -> Result<Accepted, ApiError> {
    let request = wire::SetPreferenceRequest { command_id, preference: Some(preference.wire()) };
    Ok(Accepted::of_wire(ask!(call, notifications.set_preference(request))?.receipt))
}

/// Turns mail of one kind off by the token of a mail.
pub async fn unsubscribe(call: &Call, token: String) -> Result<NotificationKind, ApiError> {
    let answer = ask!(call, notifications.unsubscribe(wire::UnsubscribeRequest { token }))?;
    Ok(NotificationKind::of_wire(answer.kind))
}
