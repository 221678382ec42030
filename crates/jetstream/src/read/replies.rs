//! One subscription for all answers that consist of several messages.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_nats::{Message, Subscriber};
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::Client;
use crate::connection::Silence;

/// Who waits, by the last token of the inbox.
#[derive(Default)]
struct Waiting(Mutex<HashMap<u64, mpsc::UnboundedSender<Message>>>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, mpsc::UnboundedSender<Message>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands answers to those who asked.
pub(crate) struct Replies {
    prefix: String,
    next: AtomicU64,
    waiting: Arc<Waiting>,
    _dispatcher: AbortOnDropHandle<()>,
}

impl Replies {
    /// Starts listening.
    pub(crate) async fn listen(client: &Client) -> Result<Self, Silence> {
        let prefix = client.inbox();
        let subscription = client.listen(format!("{prefix}.*")).await?;
        let waiting = Arc::<Waiting>::default();
        let dispatcher = tokio::spawn(dispatch(client.clone(), subscription, waiting.clone()));
        Ok(Self { prefix, next: AtomicU64::new(0), waiting, _dispatcher: AbortOnDropHandle::new(dispatcher) })
    }

    /// A place for the answers of one request.
    pub(crate) fn register(&self) -> Reply {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = mpsc::unbounded_channel();
        self.waiting.lock().insert(token, sender);
        Reply { token, inbox: format!("{}.{token}", self.prefix), receiver, waiting: self.waiting.clone() }
    }
}

/// Lost connections end all waiting: what was under way will not come.
async fn dispatch(client: Client, mut subscription: Subscriber, waiting: Arc<Waiting>) {
    let mut losses = client.watch_losses();
    loop {
        tokio::select! {
            message = subscription.next() => {
                let Some(message) = message else { return };
                let token = message.subject.rsplit('.').next().and_then(|token| token.parse::<u64>().ok());
                let waiting = waiting.lock();
                if let Some(sender) = token.and_then(|token| waiting.get(&token)) {
                    // Whoever asked may have stopped waiting.
                    let _gone = sender.send(message).is_err();
                }
            }
            changed = losses.changed() => {
                if changed.is_err() {
                    return;
                }
                waiting.lock().clear();
            }
        }
    }
}

/// The answers of one request.
pub(crate) struct Reply {
    token: u64,
    inbox: String,
    receiver: mpsc::UnboundedReceiver<Message>,
    waiting: Arc<Waiting>,
}

impl Reply {
    /// Where they go.
    pub(crate) fn inbox(&self) -> &str {
        &self.inbox
    }

    /// The next one; none if the connection was lost.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        self.receiver.recv().await
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.waiting.lock().remove(&self.token);
    }
}
