//! The worker: sends what is due while it holds the lease.
//!
//! Timers are rows of the ledger, so a worker that ends, however it ends, loses nothing:
//! the next one finds the same rows. It sends again at most what was in flight.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kindred_eventsourcing::EventStore;
use kindred_ids::DeliveryId;
use kindred_service_kit::error::ApiError;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::{Courier, DueDelivery, Ledger, Outcome, SendingLease};

/// How the worker runs.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSettings {
    /// Mails in flight at once.
    pub concurrency: usize,
    /// How often the ledger is asked.
    pub poll: Duration,
    /// How long a delivery that was seen to is left alone, until the ledger has heard of it.
    pub settle: Duration,
    /// How long one that could not be seen to is left alone.
    pub again: Duration,
    /// How long nothing is sent after the mail server was not to be had.
    pub pause: Duration,
}

/// For how long a ledger that cannot be read is no news.
const QUIET: Duration = Duration::from_secs(5);

/// See the module.
pub struct Worker<S> {
    courier: Arc<Courier<S>>,
    ledger: Arc<dyn Ledger>,
    lease: Arc<dyn SendingLease>,
    settings: WorkerSettings,
}

type Landed = Result<Outcome, ApiError>;

/// What the worker has on its hands.
#[derive(Default)]
struct Board {
    waiting: VecDeque<DueDelivery>,
    flights: JoinSet<Landed>,
    in_flight: HashMap<Id, DeliveryId>,
    settling: HashMap<DeliveryId, Instant>,
    paused_until: Option<Instant>,
    /// Since when the ledger could not be read, or when that was told last.
    unread_since: Option<Instant>,
}

impl<S: EventStore> Worker<S> {
    /// Puts the worker together.
    pub fn new(
        courier: Arc<Courier<S>>,
        ledger: Arc<dyn Ledger>,
        lease: Arc<dyn SendingLease>,
        settings: WorkerSettings,
    ) -> Self {
        Self { courier, ledger, lease, settings }
    }

    /// Sends until `stop` is cancelled; then finishes what is in flight and gives the lease
    /// back.
    pub async fn run(&self, stop: CancellationToken) {
        let mut board = Board::default();
        let mut tick = interval(self.settings.poll);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(landed) = board.flights.join_next_with_id() => self.land(&mut board, landed),
                _ = tick.tick() => self.fetch(&mut board).await,
            }
            self.take_off(&mut board).await;
        }
        while let Some(landed) = board.flights.join_next_with_id().await {
            self.land(&mut board, landed);
        }
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "the sending lease was not given back, it runs out by itself");
        }
    }

    /// The moment until which this process may send, if it may.
    async fn may_send_until(&self) -> Option<Instant> {
        let held = self.lease.hold().await;
        let until = held.inspect_err(|error| tracing::warn!(%error, "the sending lease is not to be had")).ok()??;
        (until > Instant::now()).then_some(until)
    }

    async fn fetch(&self, board: &mut Board) {
        let now = Instant::now();
        board.settling.retain(|_, until| *until > now);
        if board.paused_until.is_some_and(|until| until > now) || !board.waiting.is_empty() {
            return;
        }
        if self.may_send_until().await.is_none() {
            return;
        }
        let except = board.busy();
        let most = (self.settings.concurrency * 4) as u32;
        match self.ledger.due(self.courier.clock.now(), &except, most).await {
            Ok(due) => {
                board.unread_since = None;
                board.waiting.extend(due);
            }
            // Right after a start the views may not be there yet.
            Err(error) => {
                let since = *board.unread_since.get_or_insert(now);
                if now.duration_since(since) >= QUIET {
                    board.unread_since = Some(now);
                    tracing::warn!(%error, "due deliveries were not read");
                }
            }
        }
    }

    /// Starts attempts until the limit is in flight.
    async fn take_off(&self, board: &mut Board) {
        if board.waiting.is_empty() || board.in_flight.len() >= self.settings.concurrency {
            return;
        }
        let Some(until) = self.may_send_until().await else { return board.waiting.clear() };
        while board.in_flight.len() < self.settings.concurrency {
            let Some(due) = board.waiting.pop_front() else { return };
            let (courier, id) = (self.courier.clone(), due.id);
            let flight = board.flights.spawn(async move { courier.attempt(&due, || Instant::now() < until).await });
            board.in_flight.insert(flight.id(), id);
        }
    }

    fn land(&self, board: &mut Board, landed: Result<(Id, Landed), JoinError>) {
        let (task, outcome) = match landed {
            Ok((task, outcome)) => (task, Some(outcome)),
            Err(error) => (error.id(), None),
        };
        let Some(id) = board.in_flight.remove(&task) else { return };
        let seen_to = matches!(outcome, Some(Ok(Outcome::Sent | Outcome::Cancelled(_) | Outcome::Over)));
        let alone = if seen_to { self.settings.settle } else { self.settings.again };
        board.settling.insert(id, Instant::now() + alone);
        match outcome {
            Some(Ok(Outcome::Failed { server: true })) => {
                board.paused_until = Some(Instant::now() + self.settings.pause);
                board.waiting.clear();
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::warn!(kindred.delivery.id = %id, reason = error.reason(), "delivery `{id}` was not attempted");
            }
            None => tracing::error!(kindred.delivery.id = %id, "attempt at delivery `{id}` panicked"),
        }
    }
}

impl Board {
    /// What the ledger may still show as due although it is being, or was just, seen to.
    fn busy(&self) -> Vec<DeliveryId> {
        let busy: HashSet<DeliveryId> = self.in_flight.values().chain(self.settling.keys()).copied().collect();
        busy.into_iter().collect()
    }
}
