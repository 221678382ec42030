//! The live inbox: server-sent events, one whenever the number of unread items changes.
//!
//! # Promises
//!
//! * A stream ends by itself after a set time, with the session, and when the process
//!   stops; a browser comes back by itself.
//! * One session and the process hold only so many.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt as _};
use kindred_proto::notification::{WatchInboxRequest, WatchInboxResponse};
use kindred_service_kit::error::{ApiError, ErrorCode};

use crate::failure::Answer;
use crate::gateway::Gateway;
use crate::session::Signed;

/// How often an idle stream says that it is alive, and looks whether it may stay open.
const BEAT: Duration = Duration::from_secs(15);

/// Open streams by session.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<[u8; 32], usize>>>);

/// One open stream; gives its place back when dropped.
#[derive(Debug)]
pub struct Place {
    streams: Streams,
    key: [u8; 32],
}

impl Streams {
    /// Takes a place.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED` if the session or the process holds as many as it may.
    pub fn enter(&self, key: [u8; 32], each: usize, all: usize) -> Result<Place, ApiError> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total: usize = open.values().sum();
        let own = open.entry(key).or_default();
        if *own >= each || total >= all {
            let error =
                ApiError::new(ErrorCode::ResourceExhausted, "TOO_MANY_STREAMS", "too many live streams are open");
            return Err(error.with_retry_after(BEAT));
        }
        *own += 1;
        Ok(Place { streams: self.clone(), key })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.key);
            }
        }
    }
}

/// Live: an event `unread` with `{"unread": n}` at once and whenever your inbox changes.
#[utoipa::path(get, path = "/inbox/events", tag = "inbox",
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn events(
    State(gateway): State<Gateway>,
    signed: Signed,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let settings = &gateway.settings;
    let place = gateway.streams.enter(signed.session.key, settings.max_streams_per_session, settings.max_streams)?;
    let request = signed.call.stream_request(WatchInboxRequest {});
    let answer = signed.call.backends.notifications.clone().watch_inbox(request).await;
    let changes = answer.map_err(ApiError::from)?.into_inner();
    let over = tokio::time::sleep(settings.stream_lifetime);
    let stopped = gateway.stop.clone().cancelled_owned();
    let end = async move {
        tokio::select! { () = over => {} () = stopped => {} }
    };
    // The place lives as long as the stream does.
    let events = changes.take_while(|change| std::future::ready(change.is_ok())).map(move |change| {
        let _held = &place;
        Ok(event(change.unwrap_or_default()))
    });
    Ok(Sse::new(events.take_until(Box::pin(end))).keep_alive(KeepAlive::new().interval(BEAT)))
}

fn event(change: WatchInboxResponse) -> Event {
    Event::default().event("unread").retry(Duration::from_secs(3)).data(format!("{{\"unread\":{}}}", change.unread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_back() {
        let streams = Streams::default();
        let first = streams.enter([1; 32], 2, 3).expect("room");
        let _second = streams.enter([1; 32], 2, 3).expect("room");
        assert!(streams.enter([1; 32], 2, 3).is_err(), "the session is full");
        let _other = streams.enter([2; 32], 2, 3).expect("room");
        assert!(streams.enter([3; 32], 2, 3).is_err(), "the process is full");
        drop(first);
        assert!(streams.enter([1; 32], 2, 3).is_ok());
    }
}
