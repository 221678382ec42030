//! How a process ends: drained, cut short or crashed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::*;

const LONG: Duration = Duration::from_secs(60);

async fn never() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_drain_that_finishes_is_a_success() {
    let tasks = Tasks::new();
    let token = tasks.token(Stage::Serving);
    tasks.spawn("api", Stage::Serving, async move {
        token.cancelled().await;
        anyhow::Ok(())
    });
    let off = Arc::new(AtomicBool::new(false));
    let seen = off.clone();
    let outcome = drain(tasks, LONG, move || seen.store(true, Ordering::SeqCst), never()).await;
    assert_eq!(outcome, Outcome::Drained);
    assert!(off.load(Ordering::SeqCst), "readiness goes first");
}

#[tokio::test]
async fn supporting_tasks_outlive_serving_ones() {
    let tasks = Tasks::new();
    let (log, mut order) = mpsc::unbounded_channel();
    let (finish_call, call) = oneshot::channel::<()>();
    let (serving, supporting) = (tasks.token(Stage::Serving), tasks.token(Stage::Supporting));
    let (told, log_api) = (supporting.clone(), log.clone());
    tasks.spawn("api", Stage::Serving, async move {
        serving.cancelled().await;
        log_api.send("api stops taking calls")?;
        call.await?;
        assert!(!told.is_cancelled(), "a call in flight lost what it stands on");
        log_api.send("api done")?;
        anyhow::Ok(())
    });
    tasks.spawn("appender", Stage::Supporting, async move {
        supporting.cancelled().await;
        log.send("appender stops")?;
        anyhow::Ok(())
    });
    let drained = tokio::spawn(drain(tasks, LONG, || {}, never()));
    assert_eq!(order.recv().await, Some("api stops taking calls"));
    finish_call.send(()).expect("the call waits");
    assert_eq!(drained.await.expect("no panic"), Outcome::Drained);
    assert_eq!((order.recv().await, order.recv().await), (Some("api done"), Some("appender stops")));
}

#[tokio::test]
async fn a_task_that_fails_stops_the_rest_and_is_named() {
    let tasks = Tasks::new();
    let token = tasks.token(Stage::Serving);
    tasks.spawn("api", Stage::Serving, async move {
        token.cancelled().await;
        anyhow::Ok(())
    });
    tasks.spawn("projector", Stage::Supporting, async { Err(anyhow::anyhow!("lease lost")) });
    tasks.stopping().cancelled().await;
    assert_eq!(tasks.failed(), Some("projector"));
    assert_eq!(drain(tasks, LONG, || {}, never()).await, Outcome::Crashed);
}

#[tokio::test]
async fn a_task_that_panics_counts_as_failed() {
    let tasks = Tasks::new();
    tasks.spawn("reactor", Stage::Serving, async {
        assert!(LONG.is_zero(), "this panics");
        anyhow::Ok(())
    });
    tasks.stopping().cancelled().await;
    assert_eq!(drain(tasks, LONG, || {}, never()).await, Outcome::Crashed);
}

#[tokio::test]
async fn a_task_that_ends_well_stops_nothing() {
    let tasks = Tasks::new();
    let (done, ended) = oneshot::channel();
    tasks.spawn("migration", Stage::Serving, async move {
        done.send(()).map_err(|()| anyhow::anyhow!("nobody waits"))?;
        anyhow::Ok(())
    });
    ended.await.expect("the task ran");
    assert!(!tasks.stopping().is_cancelled());
    assert_eq!(drain(tasks, LONG, || {}, never()).await, Outcome::Drained);
}

#[tokio::test]
async fn the_end_of_the_grace_time_cuts_the_drain_short() {
    let tasks = Tasks::new();
    let (dropped, aborted) = oneshot::channel::<()>();
    tasks.spawn("stuck", Stage::Serving, async move {
        let _held = dropped;
        never().await;
        anyhow::Ok(())
    });
    let outcome = drain(tasks, Duration::from_millis(30), || {}, never()).await;
    assert_eq!(outcome, Outcome::CutShort);
    assert!(aborted.await.is_err(), "what still ran is dropped");
}

#[tokio::test]
async fn a_second_signal_cuts_the_drain_short() {
    let tasks = Tasks::new();
    tasks.spawn("stuck", Stage::Serving, async {
        never().await;
        anyhow::Ok(())
    });
    let outcome = drain(tasks, LONG, || {}, async {}).await;
    assert_eq!(outcome, Outcome::CutShort);
}

#[tokio::test]
async fn a_failure_while_draining_is_still_a_crash() {
    let tasks = Tasks::new();
    let token = tasks.token(Stage::Supporting);
    tasks.spawn("appender", Stage::Supporting, async move {
        token.cancelled().await;
        Err(anyhow::anyhow!("could not flush"))
    });
    assert_eq!(drain(tasks, LONG, || {}, never()).await, Outcome::Crashed);
}

#[test]
fn only_a_drain_is_a_success_to_whoever_waits() {
    let codes = [Outcome::Drained, Outcome::CutShort, Outcome::Crashed].map(std::process::ExitCode::from);
    let texts: std::collections::HashSet<String> = codes.iter().map(|code| format!("{code:?}")).collect();
    assert_eq!(texts.len(), 3);
    assert_eq!(codes[0], std::process::ExitCode::SUCCESS);
}

/// Real signals: the one test here that sends them, as they go to the whole process.
#[tokio::test]
async fn signals_drain_and_then_cut_short() {
    use rustix::process::{Signal, getpid, kill_process};

    let tasks = Tasks::new();
    let token = tasks.token(Stage::Serving);
    tasks.spawn("api", Stage::Serving, async move {
        token.cancelled().await;
        anyhow::Ok(())
    });
    let (ready, listening) = oneshot::channel();
    let first = tokio::spawn(async move {
        // The handlers stand once `run` has been polled for the first time.
        let mut running = Box::pin(run(tasks, LONG, || {}));
        assert!(futures::poll!(&mut running).is_pending());
        ready.send(()).expect("the test waits");
        running.await
    });
    listening.await.expect("it runs");
    kill_process(getpid(), Signal::TERM).expect("a signal to oneself");
    assert_eq!(first.await.expect("no panic").expect("handlers"), Outcome::Drained);

    let tasks = Tasks::new();
    tasks.spawn("stuck", Stage::Serving, async {
        never().await;
        anyhow::Ok(())
    });
    let stopping = tasks.stopping();
    let (off, draining) = oneshot::channel();
    let mut second = Box::pin(run(tasks, LONG, || off.send(()).expect("the test waits")));
    assert!(futures::poll!(&mut second).is_pending());
    kill_process(getpid(), Signal::TERM).expect("a signal to oneself");
    let second = tokio::spawn(second);
    draining.await.expect("draining began");
    stopping.cancelled().await;
    kill_process(getpid(), Signal::INT).expect("a signal to oneself");
    assert_eq!(second.await.expect("no panic").expect("handlers"), Outcome::CutShort);
}
