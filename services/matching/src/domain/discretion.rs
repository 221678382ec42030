//! What whoever asked is told of versions: as if no decline had been.

/// The versions of an entity, and which of them are declines.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    latest: u64,
    declined_at: Vec<u64>,
}

impl Versions {
    /// Takes an event in. Every command makes one event, so events count as versions do.
    pub(super) fn advance(&mut self, declined: bool) {
        self.latest += 1;
        if declined {
            self.declined_at.push(self.latest);
        }
    }
}

/// An entity of which one side is never told that the other declined.
pub trait Discreet {
    /// Its versions.
    fn versions(&self) -> &Versions;

    /// A version as whoever asked may be told it.
    fn version_for_asker(&self, version: u64) -> u64 {
        version - self.versions().declined_at.iter().filter(|declined| **declined <= version).count() as u64
    }
}
