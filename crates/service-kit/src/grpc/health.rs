//! Liveness and readiness, answered on a port of their own.
//!
//! Ready is whoever meets every condition it has declared and is not draining; alive is
//! whoever has not been declared dead. A condition counts as unmet until it is set.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::ServeError;
use crate::telemetry::metric;

/// Names that probes ask for.
const LIVENESS: &str = "liveness";
const READINESS: &str = "readiness";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    alive: bool,
    ready: bool,
}

/// What a process says of itself; clone it to pass it down.
#[derive(Debug, Clone)]
pub struct Health {
    conditions: Arc<Mutex<BTreeMap<&'static str, bool>>>,
    draining: CancellationToken,
    state: Arc<watch::Sender<State>>,
}

/// One thing that must hold for a process to be ready.
#[derive(Debug, Clone)]
pub struct Condition {
    name: &'static str,
    health: Health,
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

impl Health {
    /// Alive, and ready as soon as its conditions are met.
    #[must_use]
    pub fn new() -> Self {
        let state = watch::Sender::new(State { alive: true, ready: true });
        Self { conditions: Arc::default(), draining: CancellationToken::new(), state: Arc::new(state) }
    }

    /// Declares a condition; the process is not ready until it is set.
    #[must_use]
    pub fn condition(&self, name: &'static str) -> Condition {
        self.set(name, false);
        Condition { name, health: self.clone() }
    }

    /// Takes readiness away for good: the process stops.
    pub fn drain(&self) {
        self.draining.cancel();
        self.publish();
    }

    /// Says that only a restart helps, or that it does not need one after all.
    pub fn set_alive(&self, alive: bool) {
        self.state.send_if_modified(|state| std::mem::replace(&mut state.alive, alive) != alive);
    }

    /// Whether all conditions are met and nothing drains.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state.borrow().ready
    }

    /// Waits until the process is ready.
    pub async fn wait_until_ready(&self) {
        let mut changes = self.state.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let _ready = changes.wait_for(|state| state.ready).await;
    }

    /// The conditions that are not met.
    #[must_use]
    pub fn unmet(&self) -> Vec<&'static str> {
        let conditions = self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        conditions.iter().filter(|(_, met)| !**met).map(|(name, _)| *name).collect()
    }

    fn set(&self, name: &'static str, met: bool) {
        let before = self.conditions.lock().unwrap_or_else(PoisonError::into_inner).insert(name, met);
        if before.is_some_and(|before| before != met) {
            tracing::info!(condition = name, met, "readiness condition `{name}` changed");
        }
        self.publish();
    }

    fn publish(&self) {
        let ready = self.unmet().is_empty() && !self.draining.is_cancelled();
        self.state.send_if_modified(|state| std::mem::replace(&mut state.ready, ready) != ready);
    }
}

impl Condition {
    /// Says whether the condition holds now.
    pub fn set(&self, met: bool) {
        self.health.set(self.name, met);
    }
}

/// The listener for probes.
pub struct HealthServer {
    listener: TcpListener,
    health: Health,
}

impl HealthServer {
    /// Takes the port.
    ///
    /// # Errors
    ///
    /// [`ServeError::Bind`] if it is taken.
    pub async fn bind(address: SocketAddr, health: Health) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })?;
        Ok(Self { listener, health })
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// If the system does not say.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers probes until `stop`. Give it the token of the supporting stage: probes
    /// must be told "not ready" while calls drain.
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the listener breaks.
    pub async fn serve(self, stop: CancellationToken) -> Result<(), ServeError> {
        let (reporter, service) = tonic_health::server::health_reporter();
        let mut changes = self.health.state.subscribe();
        let first = *changes.borrow_and_update();
        report(&reporter, first).await;
        let follow = async {
            while changes.changed().await.is_ok() {
                let state = *changes.borrow_and_update();
                report(&reporter, state).await;
            }
        };
        let serving = Server::builder()
            .add_service(service)
            .serve_with_incoming_shutdown(TcpIncoming::from(self.listener), stop.clone().cancelled_owned());
        tokio::select! {
            served = serving => served.map_err(ServeError::Transport),
            () = follow => Ok(()),
            // Everything else has ended by now: a probe that watches must not hold it up.
            () = stop.cancelled() => Ok(()),
        }
    }
}

async fn report(reporter: &HealthReporter, state: State) {
    metric::meter().u64_gauge(metric::READY).build().record(u64::from(state.ready), &[]);
    let status = |good| if good { ServingStatus::Serving } else { ServingStatus::NotServing };
    reporter.set_service_status(LIVENESS, status(state.alive)).await;
    reporter.set_service_status(READINESS, status(state.ready)).await;
    reporter.set_service_status("", status(state.ready)).await;
}
