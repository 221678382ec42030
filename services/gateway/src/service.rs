//! The composition root: settings become clients, a key, limits and a listening server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures::future::BoxFuture;
use kindred_service_kit::caller::Issuer;
use kindred_service_kit::clock::SystemClock;
use kindred_service_kit::grpc::{Credentials, Health, HealthServer, channel, placed_channel};
use kindred_service_kit::lifecycle::{Stage, Tasks};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::backends::{Backends, Channels};
use crate::config::{Config, Settings};
use crate::gateway::Gateway;
use crate::{router, server};

/// How often limits forget those who have been quiet.
const SWEEP: Duration = Duration::from_secs(60);

/// A gateway that listens.
pub struct Started {
    /// Where it listens.
    pub address: SocketAddr,
}

/// Starts the gateway as tasks of `tasks`: it serves until they stop, then finishes what
/// it has.
///
/// # Errors
///
/// If a setting does not hold or the address is taken.
pub fn start<'a>(config: &'a Config, tasks: &'a Tasks) -> BoxFuture<'a, anyhow::Result<Started>> {
    // Boxed, so that the gateway is compiled here and not again wherever it is started.
    Box::pin(compose(config, tasks))
}

async fn compose(config: &Config, tasks: &Tasks) -> anyhow::Result<Started> {
    let stop = tasks.token(Stage::Serving);
    let gateway = gateway(config, stop.clone())?;
    let listener = TcpListener::bind(config.http.listen)
        .await
        .with_context(|| format!("listen on `http.listen` ({})", config.http.listen))?;
    let address = listener.local_addr().context("read the address that is listened on")?;
    if let Some(probes) = config.http.health_listen {
        answer_probes(probes, tasks).await?;
    }
    tasks.spawn("gateway limits", Stage::Serving, sweep(gateway.clone(), stop.clone()));
    tasks.spawn("gateway http", Stage::Serving, serve(gateway, listener, stop));
    tracing::info!(%address, "gateway listens on {address}");
    Ok(Started { address })
}

/// Says alive at once and ready until the process begins to stop.
async fn answer_probes(listen: SocketAddr, tasks: &Tasks) -> anyhow::Result<()> {
    let health = Health::new();
    let server = HealthServer::bind(listen, health.clone()).await.context("listen on `http.health_listen`")?;
    tasks.spawn("gateway probes", Stage::Supporting, server.serve(tasks.token(Stage::Supporting)));
    let stop = tasks.stopping();
    tasks.spawn("gateway readiness", Stage::Serving, async move {
        stop.cancelled().await;
        health.drain();
        anyhow::Ok(())
    });
    Ok(())
}

fn gateway(config: &Config, stop: CancellationToken) -> anyhow::Result<Gateway> {
    let settings = Settings::try_new(&config.http, config.limits)?;
    let clock = SystemClock::shared();
    let key = config.identity.signing_key()?;
    let issuer = Arc::new(Issuer::new(config.identity.role, key, clock.clone()));
    let connect = |peer, name| {
        channel(peer, Credentials::new(Arc::clone(&issuer))).with_context(|| format!("connect to `{name}`"))
    };
    let channels = Channels {
        membership: connect(&config.membership, "membership")?,
        posting: connect(&config.posting, "posting")?,
        matching: connect(&config.matching, "matching")?,
        matching_of_tenants: placed_channel(&config.matching, &Credentials::new(Arc::clone(&issuer)))
            .context("connect to the replicas of `matching`")?,
        notification: connect(&config.notification, "notification")?,
    };
    Ok(Gateway::new(settings, Backends::new(&channels), issuer, clock, stop))
}

async fn sweep(gateway: Gateway, stop: CancellationToken) -> anyhow::Result<()> {
    let mut beat = tokio::time::interval(SWEEP);
    loop {
        tokio::select! {
            _ = beat.tick() => gateway.limits.sweep(),
            () = stop.cancelled() => return Ok(()),
        }
    }
}

async fn serve(gateway: Gateway, listener: TcpListener, stop: CancellationToken) -> anyhow::Result<()> {
    let most = gateway.settings.max_connections;
    server::serve(router::site(&gateway), listener, most, stop).await
}
