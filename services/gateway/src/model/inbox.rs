//! What a member is told, and where.

use kindred_proto::notification as wire;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Author, Authors, Moment, Page, some_text};
use crate::wire::{Channel, NotificationKind};

/// One thing that you are told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InboxItem {
    /// Which.
    pub item_id: String,
    /// What about.
    pub kind: NotificationKind,
    /// Who caused it.
    pub actor: Author,
    /// The thread, reply, introduction, community or pairing that it is about, by kind.
    pub subject_id: String,
    /// The thread, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// The community, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community_id: Option<String>,
    /// Of kind join decided: whether it was turned down.
    pub declined: bool,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// Whether you have seen it.
    pub read: bool,
}

impl InboxItem {
    /// From the wire, with names.
    #[must_use]
    pub fn of_wire(item: wire::InboxItem, authors: &Authors) -> Self {
        Self {
            item_id: item.item_id,
            kind: NotificationKind::of_wire(item.kind),
            actor: authors.get(&item.actor_id),
            subject_id: item.subject_id,
            thread_id: some_text(item.thread_id),
            community_id: some_text(item.community_id),
            declined: item.declined,
            at: Moment::of_wire(item.at),
            read: item.read,
        }
    }
}

/// A part of your inbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inbox {
    /// Newest first.
    #[serde(flatten)]
    pub page: Page<InboxItem>,
    /// How many you have not seen, in all.
    pub unread: u32,
}

/// Whether you are told of one kind in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    /// What about.
    pub kind: NotificationKind,
    /// Where.
    pub channel: Channel,
    /// Whether.
    pub on: bool,
}

impl Preference {
    /// From the wire.
    #[must_use]
    pub fn of_wire(preference: &wire::Preference) -> Self {
        Self {
            kind: NotificationKind::of_wire(preference.kind),
            channel: Channel::of_wire(preference.channel),
            on: preference.on,
        }
    }

    /// To the wire.
    #[must_use]
    pub fn wire(self) -> wire::Preference {
        wire::Preference { kind: self.kind.wire(), channel: self.channel.wire(), on: self.on }
    }
}
