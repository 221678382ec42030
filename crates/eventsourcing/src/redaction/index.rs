//! Removed commits, by entity and by place.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use kindred_ids::{EntityKey, Partition};

use super::{REDACTION_TYPE, Redaction};
use crate::{ChainHash, EventStore, RecordedCommit, StoreError};

/// How often a log that may lag is asked for the naming of a hole.
const LAGGING_TRIES: u32 = 6;

/// Whether the commit of this hash, which no longer stands at `sequence`, was lawfully
/// removed. A copy of a log that is only followed may show the removal where another one
/// does not show the naming yet: it is asked for a second.
///
/// # Errors
///
/// [`StoreError`] if the log does not answer.
pub async fn was_removed(store: &impl EventStore, sequence: u64, hash: ChainHash) -> Result<bool, StoreError> {
    for attempt in 0..LAGGING_TRIES {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(16 << attempt)).await;
        }
        let mut named = Redactions::default();
        named.take(&store.redactions(sequence).await?)?;
        if named.at(sequence).is_some_and(|named| named.hash == hash) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What some commits name as removed: an entity's own, or the markers of a stream.
#[derive(Debug, Clone, Default)]
pub struct Redactions {
    through: u64,
    versions: HashMap<EntityKey, BTreeMap<u64, Arc<Redaction>>>,
    places: BTreeMap<(Partition, u64), Arc<Redaction>>,
}

impl Redactions {
    /// All of a stream.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the log does not answer or a marker cannot be read.
    pub async fn of_stream(store: &impl EventStore) -> Result<Self, StoreError> {
        let mut all = Self::default();
        all.take(&store.redactions(0).await?)?;
        Ok(all)
    }

    /// Takes in what these commits name; the others among them say nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unreadable`] if one cannot be read.
    pub fn take(&mut self, commits: &[RecordedCommit]) -> Result<(), StoreError> {
        for commit in commits {
            self.through = self.through.max(commit.sequence);
            for record in commit.records.iter().filter(|record| record.event_type == REDACTION_TYPE) {
                let unreadable = |source| StoreError::Unreadable { sequence: commit.sequence, source };
                let redaction = Redaction::read(record).map_err(unreadable)?;
                // Only what is past can be named, and only once.
                if redaction.sequence < commit.sequence {
                    self.insert(Arc::new(redaction));
                }
            }
        }
        Ok(())
    }

    fn insert(&mut self, redaction: Arc<Redaction>) {
        let place = (redaction.key.partition(), redaction.sequence);
        let versions = self.versions.entry(redaction.key.clone()).or_default();
        versions.entry(redaction.version).or_insert_with(|| redaction.clone());
        self.places.entry(place).or_insert(redaction);
    }

    /// Sequence of the last commit that was taken in.
    #[must_use]
    pub const fn through(&self) -> u64 {
        self.through
    }

    /// What was removed at a sequence.
    #[must_use]
    pub fn at(&self, sequence: u64) -> Option<&Redaction> {
        self.places.values().map(Arc::as_ref).find(|redaction| redaction.sequence == sequence)
    }

    /// What an entity had as this version.
    #[must_use]
    pub fn of_version(&self, key: &EntityKey, version: u64) -> Option<&Redaction> {
        self.versions.get(key)?.get(&version).map(Arc::as_ref)
    }

    /// Whether one of an entity is of this version or an earlier one.
    #[must_use]
    pub fn reach(&self, key: &EntityKey, version: u64) -> bool {
        self.versions.get(key).is_some_and(|versions| versions.range(..=version).next().is_some())
    }

    /// The hole behind an entity's commit of this version, place and hash and before its
    /// later `commit`: the next version, if it was lawfully removed.
    #[must_use]
    pub fn hole_before(
        &self,
        commit: &RecordedCommit,
        version: u64,
        sequence: u64,
        hash: ChainHash,
    ) -> Option<&Redaction> {
        let hole = self.of_version(&commit.key, version + 1)?;
        let between = hole.sequence > sequence && hole.sequence < commit.sequence;
        (between && hole.previous == hash && hole.version < commit.meta.version).then_some(hole)
    }

    /// What was removed of a partition behind one place up to and with another, in order.
    pub fn between(&self, partition: Partition, after: u64, through: u64) -> impl Iterator<Item = &Redaction> {
        let places = self.places.range((partition, 0)..=(partition, through));
        places.map(|(_, redaction)| redaction.as_ref()).filter(move |redaction| redaction.sequence > after)
    }
}
