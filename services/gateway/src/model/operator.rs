//! What people who run the platform see.

use kindred_proto::{admin, membership};
use serde::Serialize;
use utoipa::ToSchema;

/// An organization on the platform.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tenant {
    /// Its slug, for ever.
    pub tenant: String,
    /// Its name.
    pub name: String,
    /// The programme that it belongs to.
    pub programme: String,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Hue of its accent color, 0 to 359.
    pub hue: u32,
    /// Whether anybody may register.
    pub open_registration: bool,
}

impl Tenant {
    /// From the wire.
    #[must_use]
    pub fn of_wire(tenant: membership::Tenant) -> Self {
        Self {
            tenant: tenant.tenant,
            name: tenant.name,
            programme: tenant.programme,
            suspended: tenant.suspended,
            hue: tenant.hue % 360,
            open_registration: tenant.open_registration,
        }
    }
}

/// The read models of one service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ServiceProjections {
    /// Which service.
    pub service: String,
    /// Its read models; empty if it does not answer.
    pub projections: Vec<Projection>,
    /// Events that could not be applied, one entry an entity.
    pub parked: Vec<Parked>,
    /// Why it does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One read model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Projection {
    /// Its name.
    pub name: String,
    /// Version of its code.
    pub version: u32,
    /// Which build of it.
    pub generation: u32,
    /// live, building or kept.
    pub state: String,
    /// The stream that it reads.
    pub stream: String,
    /// How far it has come.
    pub position: u64,
    /// Events not yet applied.
    pub behind_events: u64,
    /// How long ago the oldest of them was accepted.
    pub behind_seconds: f64,
    /// Events that could not be applied.
    pub parked: u64,
    /// Of a build, 0 to 1.
    pub progress: f64,
    /// Of a build.
    pub events_per_second: f64,
    /// Of a build.
    pub seconds_left: f64,
}

impl Projection {
    /// From the wire; a service's arithmetic never breaks the JSON.
    #[must_use]
    pub fn of_wire(projection: admin::Projection) -> Self {
        Self {
            name: projection.name,
            version: projection.version,
            generation: projection.generation,
            state: projection.state,
            stream: projection.stream,
            position: projection.position,
            behind_events: projection.behind_events,
            behind_seconds: finite(projection.behind_seconds),
            parked: projection.parked,
            progress: finite(projection.progress).clamp(0.0, 1.0),
            events_per_second: finite(projection.events_per_second),
            seconds_left: finite(projection.seconds_left),
        }
    }
}

fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}

/// An entity whose events wait because one could not be applied.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Parked {
    /// Of which read model.
    pub projection: String,
    /// The entity's subject.
    pub subject: String,
    /// The first event that could not be applied.
    pub sequence: u64,
    /// Why.
    pub error: String,
    /// How many events wait behind it.
    pub later_events: u32,
}

impl Parked {
    /// From the wire.
    #[must_use]
    pub fn of_wire(parked: admin::Parked) -> Self {
        Self {
            projection: parked.projection,
            subject: parked.subject,
            sequence: parked.sequence,
            error: parked.error,
            later_events: parked.later_events,
        }
    }
}
