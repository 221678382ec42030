//! Names of metrics. `/metrics` shows them with underscores and their unit.

use opentelemetry::metrics::Meter;

/// Time of a call at its server, seconds.
pub const RPC_SERVER_CALL_DURATION: &str = "rpc.server.call.duration";
/// Time of a call at its client, seconds.
pub const RPC_CLIENT_CALL_DURATION: &str = "rpc.client.call.duration";
/// Time of a database operation, seconds.
pub const DB_CLIENT_OPERATION_DURATION: &str = "db.client.operation.duration";
/// Time of an operation on the bus, seconds.
pub const MESSAGING_CLIENT_OPERATION_DURATION: &str = "messaging.client.operation.duration";
/// Time to process a delivered batch, seconds.
pub const MESSAGING_PROCESS_DURATION: &str = "messaging.process.duration";

/// 1 if the process is ready.
pub const READY: &str = "kindred.ready";
/// 1, with version and role as attributes.
pub const BUILD_INFO: &str = "kindred.build.info";
/// Events that a projection has not applied yet.
pub const PROJECTION_LAG_EVENTS: &str = "kindred.projection.lag.events";
/// Age of the oldest event that a projection has not applied yet, seconds.
pub const PROJECTION_LAG_SECONDS: &str = "kindred.projection.lag.seconds";
/// Last sequence of the stream that a projection follows.
pub const PROJECTION_TARGET_SEQUENCE: &str = "kindred.projection.target.sequence";
/// Last sequence that a projection applied.
pub const PROJECTION_LAST_APPLIED_SEQUENCE: &str = "kindred.projection.last.applied.sequence";
/// 1 if a projection has stopped.
pub const PROJECTION_FAILED: &str = "kindred.projection.failed";
/// How far a rebuild is, 0 to 1.
pub const PROJECTION_REBUILD_PROGRESS: &str = "kindred.projection.rebuild.progress.ratio";
/// Events in parking.
pub const PARKED_MESSAGES: &str = "kindred.parked.messages";
/// Age of the oldest parked event, seconds.
pub const PARKED_OLDEST: &str = "kindred.parked.oldest.seconds";
/// Commands, by result.
pub const COMMANDS: &str = "kindred.commands";
/// Appends that lost a race.
pub const OCC_CONFLICTS: &str = "kindred.occ.conflicts";
/// Calls that a policy stopped, by policy.
pub const AUTHZ_DENIED: &str = "kindred.authz.denied";
/// 1 if the bus is connected.
pub const NATS_CONNECTED: &str = "kindred.nats.connected";
/// Connections to the bus made anew.
pub const NATS_RECONNECTS: &str = "kindred.nats.reconnects";
/// Round trip to the bus, seconds.
pub const NATS_RTT: &str = "kindred.nats.rtt.seconds";
/// Erasures not yet certified.
pub const ERASURE_PENDING: &str = "kindred.erasure.pending";
/// Age of the newest signed head, seconds.
pub const AUDIT_HEAD_AGE: &str = "kindred.audit.head.age.seconds";
/// Webhook attempts, by result.
pub const WEBHOOK_ATTEMPTS: &str = "kindred.webhook.attempts";
/// Webhook endpoints switched off.
pub const WEBHOOK_ENDPOINT_DISABLED: &str = "kindred.webhook.endpoint.disabled";

/// Upper bounds of latency buckets, seconds.
pub const LATENCY_BOUNDARIES: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The meter that all of Kindred records with.
#[must_use]
pub fn meter() -> Meter {
    opentelemetry::global::meter("kindred")
}
