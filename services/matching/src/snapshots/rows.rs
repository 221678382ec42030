//! Manifests as rows.

use kindred_ids::TenantSlug;

use crate::index::snapshot::{Manifest, Origin, Rules, Stream};

/// A row of a snapshot.
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) format: i32,
    pub(super) cohort_floor: i32,
    pub(super) boosts: i64,
    pub(super) code_system: i64,
    pub(super) membership_stream: String,
    pub(super) membership_position: i64,
    pub(super) posting_stream: String,
    pub(super) posting_position: i64,
    pub(super) matching_stream: String,
    pub(super) matching_position: i64,
    pub(super) weights: Vec<u8>,
    pub(super) suspended: bool,
    pub(super) chunks: i32,
    pub(super) checksums: Vec<Vec<u8>>,
}

/// What a row says.
pub(super) fn manifest(tenant: &TenantSlug, row: Row) -> Manifest {
    Manifest {
        tenant: tenant.clone(),
        number: row.number,
        rules: Rules {
            format: row.format.cast_unsigned(),
            cohort_floor: row.cohort_floor.cast_unsigned(),
            boosts: row.boosts.cast_unsigned(),
            code_system: row.code_system.cast_unsigned(),
        },
        origin: Origin {
            streams: [
                stream(row.membership_stream, row.membership_position),
                stream(row.posting_stream, row.posting_position),
                stream(row.matching_stream, row.matching_position),
            ],
            weights: row.weights,
        },
        suspended: row.suspended,
        chunks: usize::try_from(row.chunks).unwrap_or_default(),
        checksums: row.checksums,
    }
}

/// A log and a position as a row holds them.
pub(super) fn stream(identity: String, position: i64) -> Stream {
    Stream { identity, position: position.cast_unsigned() }
}
