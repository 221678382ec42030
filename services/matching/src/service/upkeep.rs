//! What runs as long as the process does: the index follows its logs and is written down,
//! weights are fixed, rounds are held.

use std::time::Duration;

use kindred_jetstream::JetStreamStore;
use kindred_service_host::Host;
use kindred_service_kit::error::{ApiError, chain};
use kindred_service_kit::grpc::{Condition, Health};
use kindred_service_kit::lifecycle::Stage;
use tokio_util::sync::CancellationToken;

use crate::application::Rounds;
use crate::crowd::Crowd;
use crate::grpc::ANYWHERE;
use crate::index::feed::Feed;
use crate::index::listen::Listener;
use crate::index::weighing::Weighing;
use crate::index::{Index, LogName};
use crate::snapshots::{Round, Snapshots, Written};

/// Rounds that run by themselves, and questions that nobody answers.
pub(super) fn look_after(host: &Host, rounds: Rounds<JetStreamStore>, every: Duration) {
    let stop = host.tasks().token(Stage::Serving);
    host.tasks().spawn("mentor-rounds", Stage::Serving, async move {
        rounds.run(every, stop).await;
        anyhow::Ok(())
    });
}

/// What a start waits for, each cancelled once it is there.
#[derive(Default)]
pub(super) struct Start {
    /// What snapshots hold is in the index, or they are of no use.
    loaded: CancellationToken,
    /// The index has come to where each log ended.
    caught_up: [CancellationToken; 3],
}

impl Start {
    /// Says on `ready` that a log has been caught up with, and here.
    fn told(&self, log: LogName, ready: Condition) -> impl Fn(bool) + Send + use<> {
        let caught_up = self.caught_up[log as usize].clone();
        move |met| {
            ready.set(met);
            if met {
                caught_up.cancel();
            }
        }
    }
}

/// What of readiness says that the index has come to where its logs ended.
const INDEX: [&str; 3] = ["index", "talk", "weights"];

/// Lets nobody ask an index that does not know yet who is there, who withdrew and who blocked
/// whom: its answers would be wrong, and whoever else holds the tenant can be asked.
pub(super) fn once_started(health: Health) -> impl Fn(&str) -> Result<(), ApiError> {
    move |path| {
        if ANYWHERE.contains(&path) || !health.unmet().iter().any(|unmet| INDEX.contains(unmet)) {
            return Ok(());
        }
        let message = "matching has just started and does not know everybody yet; ask again";
        Err(ApiError::unavailable("INDEX_STARTING", message).with_retry_after(Duration::from_millis(300)))
    }
}

/// The index goes on from its snapshots and follows membership's log; matching is ready
/// once it has caught up.
pub(super) fn feed(host: &Host, feed: Feed<JetStreamStore>, snapshots: Snapshots<JetStreamStore>, start: &Start) {
    let (ready, stop) = (host.health().condition("index"), host.tasks().token(Stage::Supporting));
    let loaded = start.loaded.clone();
    let told = start.told(LogName::Membership, ready);
    host.tasks().spawn("index", Stage::Supporting, async move {
        if stop.run_until_cancelled(snapshots.load()).await.is_none() {
            return Ok(());
        }
        loaded.cancel();
        feed.run(told, stop).await
    });
}

/// What the index holds is written down now and then, so that the next start need not read
/// all of the log.
pub(super) fn keep(host: &Host, snapshots: Snapshots<JetStreamStore>, minutes: u64, start: &Start) {
    let (every, caught_up) = (Duration::from_secs(60 * minutes), start.caught_up.clone());
    let stop = host.tasks().token(Stage::Supporting);
    if every.is_zero() {
        return;
    }
    host.tasks().spawn("snapshots", Stage::Supporting, async move {
        let mut round = Round::default();
        for log in caught_up {
            stop.run_until_cancelled(log.cancelled()).await;
        }
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            match stop.run_until_cancelled(snapshots.write(&mut round, false)).await {
                Some(Ok(Some(Written { written, moved }))) => {
                    tracing::info!(written, moved, "snapshots of the index are written");
                }
                // Another process writes them, or this one stops.
                Some(Ok(None)) | None => {}
                Some(Err(error)) => {
                    tracing::warn!(chain = %chain(&error), "snapshots of the index are written later");
                }
            }
        }
        anyhow::Ok(())
    });
}

/// The index follows who speaks where; matching is ready once it has caught up.
pub(super) fn listen(host: &Host, index: &Index, log: JetStreamStore, start: &Start) {
    let (ready, stop) = (host.health().condition("talk"), host.tasks().token(Stage::Supporting));
    let (feed, loaded) = (Listener::to_posting(index.clone(), log), start.loaded.clone());
    let told = start.told(LogName::Posting, ready);
    host.tasks().spawn("talk", Stage::Supporting, async move {
        stop.run_until_cancelled(loaded.cancelled()).await;
        feed.run(told, stop).await
    });
}

/// Weights are taken in as the log fixes them, and fixed when it is time.
pub(super) fn weigh(host: &Host, crowd: &Crowd, every: Duration, start: &Start) {
    let (ready, stop) = (host.health().condition("weights"), host.tasks().token(Stage::Supporting));
    let (feed, loaded) = (Listener::to_own(crowd.index().clone(), host.store().clone()), start.loaded.clone());
    let told = start.told(LogName::Matching, ready);
    host.tasks().spawn("weights", Stage::Supporting, async move {
        stop.run_until_cancelled(loaded.cancelled()).await;
        feed.run(told, stop).await
    });
    let weighing = Weighing::new(crowd.clone(), host.executor(), host.clock());
    let (index, stop) = (crowd.index().clone(), host.tasks().token(Stage::Supporting));
    host.tasks().spawn("weighing", Stage::Supporting, async move {
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            if let Some(sequence) = weighing.fix_due().await {
                index.reached_in(LogName::Matching, sequence, every).await;
            }
        }
        anyhow::Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_has_not_come_to_the_end_of_its_logs_is_not_asked() {
        let health = Health::new();
        let conditions = INDEX.map(|name| health.condition(name));
        let views = health.condition("views");
        let check = once_started(health);
        let asked = |path: &str| check(path).map_err(|error| error.reason().to_owned());
        for condition in &conditions {
            assert_eq!(asked("/kindred.matching.v1.Matching/FindPeople"), Err("INDEX_STARTING".to_owned()));
            assert_eq!(asked(ANYWHERE[0]), Ok(()), "it asks the log alone");
            condition.set(true);
        }
        assert_eq!(asked("/kindred.matching.v1.Matching/FindPeople"), Ok(()), "whatever views are built");
        views.set(true);
    }
}
