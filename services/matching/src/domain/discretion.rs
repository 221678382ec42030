//! What whoever asked is told of versions: as if no decline had been, and nothing else that
//! they do not learn of.

/// The versions of an entity, and which of them whoever asked does not learn of.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    latest: u64,
    hidden_at: Vec<u64>,
}

impl Versions {
    /// Takes an event in. Every command makes one event, so events count as versions do.
    pub(super) fn advance(&mut self, hidden: bool) {
        self.latest += 1;
        if hidden {
            self.hidden_at.push(self.latest);
        }
    }
}

/// An entity of which one side is never told that the other declined.
pub trait Discreet {
    /// Its versions.
    fn versions(&self) -> &Versions;

    /// A version as whoever asked may be told it.
    fn version_for_asker(&self, version: u64) -> u64 {
        version - self.versions().hidden_at.iter().filter(|hidden| **hidden <= version).count() as u64
    }
}
