//! Kinds, channels and preferences as the protocol numbers them.

use kindred_proto::notification as wire;

use crate::domain::notice::{Channel, Kind};

/// The protocol's number of a kind.
#[must_use]
pub const fn kind_to_wire(kind: Kind) -> wire::NotificationKind {
    match kind {
        Kind::Reply => wire::NotificationKind::Reply,
        Kind::Mention => wire::NotificationKind::Mention,
        Kind::IntroductionRequested => wire::NotificationKind::IntroductionRequested,
        Kind::IntroductionAccepted => wire::NotificationKind::IntroductionAccepted,
        Kind::JoinDecided => wire::NotificationKind::JoinDecided,
        Kind::PairingRequested => wire::NotificationKind::PairingRequested,
        Kind::PairingAccepted => wire::NotificationKind::PairingAccepted,
        Kind::Message => wire::NotificationKind::Message,
    }
}

/// The kind with this number; none for an unknown one.
#[must_use]
pub fn kind_from_wire(number: i32) -> Option<Kind> {
    match wire::NotificationKind::try_from(number).ok()? {
        wire::NotificationKind::Unspecified => None,
        wire::NotificationKind::Reply => Some(Kind::Reply),
        wire::NotificationKind::Mention => Some(Kind::Mention),
        wire::NotificationKind::IntroductionRequested => Some(Kind::IntroductionRequested),
        wire::NotificationKind::IntroductionAccepted => Some(Kind::IntroductionAccepted),
        wire::NotificationKind::JoinDecided => Some(Kind::JoinDecided),
        wire::NotificationKind::PairingRequested => Some(Kind::PairingRequested),
        wire::NotificationKind::PairingAccepted => Some(Kind::PairingAccepted),
        wire::NotificationKind::Message => Some(Kind::Message),
    }
}

pub(super) const fn channel_to_wire(channel: Channel) -> wire::Channel {
    match channel {
        Channel::Inbox => wire::Channel::Inbox,
        Channel::Email => wire::Channel::Email,
    }
}

pub(super) fn channel_from_wire(number: i32) -> Option<Channel> {
    match wire::Channel::try_from(number).ok()? {
        wire::Channel::Unspecified => None,
        wire::Channel::Inbox => Some(Channel::Inbox),
        wire::Channel::Email => Some(Channel::Email),
    }
}

/// A preference as the protocol writes it.
#[must_use]
pub const fn preference_to_wire(kind: Kind, channel: Channel, on: bool) -> wire::Preference {
    wire::Preference { kind: kind_to_wire(kind) as i32, channel: channel_to_wire(channel) as i32, on }
}

/// Kind, channel and choice; the name of the field that holds none of the known numbers.
///
/// # Errors
///
/// `kind` or `channel`.
pub fn preference_from_wire(preference: &wire::Preference) -> Result<(Kind, Channel, bool), &'static str> {
    let kind = kind_from_wire(preference.kind).ok_or("kind")?;
    let channel = channel_from_wire(preference.channel).ok_or("channel")?;
    Ok((kind, channel, preference.on))
}
