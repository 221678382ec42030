//! What the reader is told and where, whom they blocked, how pages look, leaving for good.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::errors::html;
use super::frame::Frame;
use super::request::{Fields, Sent, THEME, Visit, redirect};
use crate::edge::{cookie, origin};
use crate::failure::Answer;
use crate::gateway::Gateway;
use crate::model::{Accepted, Author, Preference};
use crate::operations::{inbox, members};
use crate::session::session_cookie;
use crate::wire::{Channel, NotificationKind};

/// A year.
const THEME_KEPT: i64 = 31_536_000;

#[derive(Template)]
#[template(path = "notifications.html")]
struct NotificationsPage {
    frame: Frame,
    preferences: Vec<Preference>,
}

impl NotificationsPage {
    fn kinds(&self) -> Vec<(&'static str, &'static str, bool, bool)> {
        NotificationKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), words(*kind), self.on(*kind, Channel::Inbox), self.on(*kind, Channel::Email)))
            .collect()
    }

    fn on(&self, kind: NotificationKind, channel: Channel) -> bool {
        self.preferences.iter().any(|one| one.kind == kind && one.channel == channel && one.on)
    }
}

/// What a kind is about, in words.
const fn words(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Reply => "Somebody replies to me",
        NotificationKind::Mention => "Somebody mentions me",
        NotificationKind::IntroductionRequested => "Somebody would like to meet me",
        NotificationKind::IntroductionAccepted => "Somebody I asked would like to meet me too",
        NotificationKind::JoinDecided => "A community answers my wish to join",
        NotificationKind::PairingRequested => "Somebody asks me to mentor them",
        NotificationKind::PairingAccepted => "A mentor says yes to me",
        NotificationKind::Message => "Somebody I have met writes to me",
        NotificationKind::Unknown => "",
    }
}

/// `GET /me/notifications`.
pub async fn notifications(visit: Visit) -> Answer<Response> {
    let (preferences, frame) = tokio::join!(inbox::preferences(visit.call()?), visit.frame("me"));
    Ok(html(&NotificationsPage { frame, preferences: preferences? }))
}

/// `POST /me/notifications`: one command for each choice that changed, each with an id
/// that follows from the form's.
pub async fn save_notifications(sent: Sent) -> Answer<Response> {
    let call = sent.visit.call()?;
    let now = inbox::preferences(call).await?;
    let mut seen = Accepted::of_wire(None);
    for (index, wanted) in wanted(&sent.fields).into_iter().enumerate() {
        let same = now.contains(&wanted);
        let unsaid = !now.iter().any(|one| one.kind == wanted.kind && one.channel == wanted.channel) && !wanted.on;
        if !same && !unsaid {
            let id = kindred_ids::CommandId::derived(&[sent.command.as_bytes(), &index.to_be_bytes()]);
            seen = inbox::set_preference(call, id.to_string(), wanted).await?;
        }
    }
    sent.done(&seen, "/me/notifications", "told")
}

fn wanted(fields: &Fields) -> Vec<Preference> {
    let ticked =
        |kind: NotificationKind, channel: Channel| fields.all(channel.as_str()).any(|one| one == kind.as_str());
    NotificationKind::ALL
        .iter()
        .flat_map(|kind| Channel::ALL.iter().map(move |channel| (*kind, *channel)))
        .map(|(kind, channel)| Preference { kind, channel, on: ticked(kind, channel) })
        .collect()
}

#[derive(Template)]
#[template(path = "blocks.html")]
struct BlocksPage {
    frame: Frame,
    blocked: Vec<Author>,
}

/// `GET /me/blocks`.
pub async fn blocks(visit: Visit) -> Answer<Response> {
    let (blocked, frame) = tokio::join!(members::blocks(visit.call()?), visit.frame("me"));
    Ok(html(&BlocksPage { frame, blocked: blocked? }))
}

#[derive(Template)]
#[template(path = "leave.html")]
struct LeavePage {
    frame: Frame,
    handle: String,
    error: Option<String>,
}

/// `GET /me/leave`.
pub async fn leave_form(visit: Visit) -> Answer<Response> {
    let handle = visit.signed()?.session.handle.clone();
    Ok(html(&LeavePage { frame: visit.frame("me").await, handle, error: None }))
}

#[derive(Template)]
#[template(path = "gone.html")]
struct GonePage {
    frame: Frame,
}

/// `POST /me/erase`: cannot be undone, so one's own name has to be typed.
pub async fn erase(State(gateway): State<Gateway>, sent: Sent) -> Answer<Response> {
    let signed = sent.visit.signed()?;
    let handle = signed.session.handle.clone();
    if !sent.line("handle").eq_ignore_ascii_case(&handle) {
        let error = Some("That is not the name you go by here. Nothing was erased.".to_owned());
        return Ok(html(&LeavePage { frame: sent.visit.frame("me").await, handle, error }));
    }
    members::erase(&signed.call, sent.command.clone(), String::new()).await?;
    gateway.sessions.forget(&signed.session).await;
    let mut response = html(&GonePage { frame: sent.visit.bare_frame("") });
    let cleared = cookie::clear(session_cookie(&gateway), gateway.settings.secure);
    response.headers_mut().append(header::SET_COOKIE, cleared);
    Ok(response)
}

/// `POST /appearance`: light, dark, or as the device says.
pub async fn appearance(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Answer<Response> {
    origin::check(&gateway.settings, &headers)?;
    let fields = Fields::parse(&body)?;
    let (theme, seconds) = match fields.get("theme") {
        Some("light") => ("light", THEME_KEPT),
        Some("dark") => ("dark", THEME_KEPT),
        _ => ("", 0),
    };
    let mut response = redirect(&own_path(fields.get("back").unwrap_or("/")));
    let kept = cookie::write(THEME, theme, seconds, gateway.settings.secure);
    response.headers_mut().append(header::SET_COOKIE, kept);
    Ok(response)
}

/// Only a path of this site: one slash, then no second one and no backslash.
fn own_path(back: &str) -> String {
    let second = back.as_bytes().get(1).copied();
    let ours =
        back.starts_with('/') && !matches!(second, Some(b'/' | b'\\')) && back.bytes().all(|b| b.is_ascii_graphic());
    if ours { back.to_owned() } else { "/".to_owned() }
}

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct UnsubscribePage {
    frame: Frame,
    token: String,
    done: Option<&'static str>,
}

/// `GET /unsubscribe?token=`: shows a button; mail scanners open links too.
pub async fn unsubscribe_form(visit: Visit) -> Response {
    let token = visit.query().line("token");
    html(&UnsubscribePage { frame: visit.bare_frame(""), token, done: None })
}

/// `POST /unsubscribe?token=`: by the button, or in one press by a mail program
/// (RFC 8058). It needs no cookie, so it takes none and checks no origin: the token of
/// the mail is the whole proof.
pub async fn unsubscribe(State(gateway): State<Gateway>, visit: Visit, body: axum::body::Bytes) -> Answer<Response> {
    let typed = Fields::parse(&body)?;
    let token = Some(visit.query().line("token")).filter(|token| !token.is_empty()).unwrap_or(typed.line("token"));
    let kind = inbox::unsubscribe(&gateway.stranger(None), token).await?;
    Ok(html(&UnsubscribePage { frame: visit.bare_frame(""), token: String::new(), done: Some(words(kind)) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_only_within_this_site() {
        assert_eq!(own_path("/threads/1?x=2"), "/threads/1?x=2");
        for evil in ["https://evil.example", "//evil.example", "/\\evil.example", "", "x", "/a\r\nb", "/ä"] {
            assert_eq!(own_path(evil), "/", "{evil}");
        }
    }
}
