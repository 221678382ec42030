//! Live inboxes: who waits for news of theirs, woken by the projection's own transaction.
//!
//! # Promises
//!
//! * Whoever waits hears of every change that is committed after they began to wait, at
//!   least once; several changes may be heard as one. Nothing is queued for a slow reader.
//! * Where news may have been missed, because the connection to the database broke,
//!   everybody is woken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kindred_ids::{MemberId, TenantSlug};
use kindred_projections::Database;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::projections::CHANGED;
use crate::telemetry::count_watcher;

/// How long to wait before the database is asked again.
const RECONNECT: Duration = Duration::from_millis(500);

/// Too many streams are open in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many inbox streams are open")]
pub struct TooManyWatchers;

/// `<tenant>/<member>`, as the projection tells it.
type Inbox = String;

#[derive(Default)]
struct Board {
    open: usize,
    inboxes: HashMap<Inbox, watch::Sender<()>>,
}

/// Everybody in this process who waits for news of an inbox.
#[derive(Clone)]
pub struct Watchers {
    board: Arc<Mutex<Board>>,
    most: usize,
}

/// One who waits; over when dropped.
pub struct Subscription {
    watchers: Watchers,
    inbox: Inbox,
    news: watch::Receiver<()>,
}

impl Watchers {
    /// Room for `most` at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { board: Arc::default(), most }
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait for news of one inbox.
    ///
    /// # Errors
    ///
    /// [`TooManyWatchers`].
    pub fn subscribe(&self, tenant: &TenantSlug, member: MemberId) -> Result<Subscription, TooManyWatchers> {
        let inbox = format!("{tenant}/{member}");
        let mut board = self.board();
        if board.open >= self.most {
            return Err(TooManyWatchers);
        }
        board.open += 1;
        count_watcher(1);
        let news = board.inboxes.entry(inbox.clone()).or_insert_with(|| watch::Sender::new(())).subscribe();
        Ok(Subscription { watchers: self.clone(), inbox, news })
    }

    /// How many wait.
    #[must_use]
    pub fn open(&self) -> usize {
        self.board().open
    }

    fn wake(&self, inbox: &str) {
        if let Some(sender) = self.board().inboxes.get(inbox) {
            sender.send_replace(());
        }
    }

    fn wake_all(&self) {
        for sender in self.board().inboxes.values() {
            sender.send_replace(());
        }
    }

    /// Listens to the database until `stop`; connects again as long as it takes.
    pub async fn listen(&self, database: &Database, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                heard = self.hear(database) => if let Err(error) = heard {
                    tracing::warn!(%error, "news of inboxes are not heard, connecting again");
                },
                () = stop.cancelled() => return,
            }
            tokio::select! {
                () = tokio::time::sleep(RECONNECT) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Until the connection breaks.
    async fn hear(&self, database: &Database) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(database.reader()).await?;
        listener.listen(CHANGED).await?;
        self.wake_all();
        while let Some(news) = listener.try_recv().await? {
            self.wake(news.payload());
        }
        Ok(())
    }
}

impl Subscription {
    /// Waits for the next change, or gives at once what came since the last one.
    pub async fn changed(&mut self) {
        // The sender lives as long as this subscription.
        let _open = self.news.changed().await.is_ok();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut board = self.watchers.board();
        board.open = board.open.saturating_sub(1);
        count_watcher(-1);
        // This receiver is still counted.
        if board.inboxes.get(&self.inbox).is_some_and(|sender| sender.receiver_count() <= 1) {
            board.inboxes.remove(&self.inbox);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{member, tenant};

    #[tokio::test]
    async fn news_reach_those_who_wait_for_that_inbox_and_no_other() {
        let watchers = Watchers::new(10);
        let (riverside, lakeside) = (tenant("riverside"), tenant("lakeside"));
        let mut ann = watchers.subscribe(&riverside, member(1)).expect("room");
        let mut twice = watchers.subscribe(&riverside, member(1)).expect("room");
        let ben = watchers.subscribe(&riverside, member(2)).expect("room");
        let elsewhere = watchers.subscribe(&lakeside, member(1)).expect("room");
        watchers.wake(&format!("riverside/{}", member(1)));
        watchers.wake(&format!("riverside/{}", member(1)));
        ann.changed().await;
        twice.changed().await;
        for quiet in [&ann, &ben, &elsewhere] {
            assert!(!quiet.news.has_changed().expect("open"));
        }
    }

    #[test]
    fn there_is_room_for_so_many_and_none_stays_behind() {
        let watchers = Watchers::new(2);
        let riverside = tenant("riverside");
        let first = watchers.subscribe(&riverside, member(1)).expect("room");
        let second = watchers.subscribe(&riverside, member(1)).expect("room");
        assert!(watchers.subscribe(&riverside, member(2)).is_err());
        drop(first);
        assert_eq!((watchers.open(), watchers.board().inboxes.len()), (1, 1));
        drop(second);
        assert_eq!((watchers.open(), watchers.board().inboxes.len()), (0, 0));
    }
}
