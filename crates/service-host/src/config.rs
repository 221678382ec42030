//! The settings of a service: what all share, and its own section `service`.

use std::collections::BTreeMap;

use kindred_jetstream::Durability;
use kindred_service_kit::caller::Role;
use kindred_service_kit::config::{
    Bounded, Database, Identity, Millis, Nats, Peer, PositionTokens, Secs, Server, Telemetry,
};
use serde::Deserialize;

/// A part of a service that a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Answers calls.
    Api,
    /// Feeds the read models.
    Projector,
    /// Turns events into commands.
    Reactor,
}

/// Which parts run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// At least one.
    pub parts: Vec<Part>,
}

/// How the log is used.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    #[serde(deserialize_with = "durability")]
    /// What an acknowledged commit outlives.
    pub durability: Durability,
    /// Folded entities kept as baselines.
    pub cached_entities: Bounded<0, 10_000_000>,
}

fn durability<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Durability, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "power-loss" => Ok(Durability::PowerLoss),
        "process-crash" => Ok(Durability::ProcessCrash),
        other => Err(serde::de::Error::unknown_variant(other, &["power-loss", "process-crash"])),
    }
}

/// How the projector runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Projector {
    /// Commits in one transaction.
    pub batch: Bounded<1, 10_000>,
    /// How long the reader waits for a first commit.
    pub wait_millis: Millis<1, 5_000>,
    /// How long a data key is kept.
    pub key_cache_secs: Secs<0, 60>,
    /// How many data keys are kept.
    pub key_cache_capacity: Bounded<1, 10_000_000>,
    /// How long the generation before the live one is kept.
    pub keep_hours: Bounded<0, 8_760>,
    /// How often the heads of the own stream are signed into the log; 0 is never.
    pub heads_secs: Secs<0, 3_600>,
}

/// The settings of a service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig<Own> {
    /// Which parts run.
    pub host: Host,
    /// Where calls come in.
    pub server: Server,
    /// Where traces, metrics and logs go.
    pub telemetry: Telemetry,
    /// The bus.
    pub nats: Nats,
    /// The service's own database.
    pub database: Database,
    /// Who this process is and whom it believes.
    pub identity: Identity,
    /// The key of position tokens.
    pub position: PositionTokens,
    /// How the log is used.
    pub log: Log,
    /// How the projector runs.
    pub projector: Projector,
    /// Where the other services are.
    #[serde(default)]
    pub peers: BTreeMap<Role, Peer>,
    /// What only this service has.
    pub service: Own,
}

impl<Own> ServiceConfig<Own> {
    /// Parts the shared settings from the service's own.
    pub fn split(self) -> (ServiceConfig<()>, Own) {
        let Self { host, server, telemetry, nats, database, identity, position, log, projector, peers, service } = self;
        let shared = ServiceConfig {
            host,
            server,
            telemetry,
            nats,
            database,
            identity,
            position,
            log,
            projector,
            peers,
            service: (),
        };
        (shared, service)
    }
}

/// For a service without settings of its own.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Empty {}
