//! Rows of a bulk load, made ahead of their transaction.
//!
//! They are written only if nothing has changed since: the same commits, the same people
//! erased. Else the transaction makes them itself, as it does after any failure here.

use std::collections::HashSet;
use std::sync::Arc;

use kindred_eventsourcing::{KeyId, RecordedCommit};
use kindred_ids::TenantSlug;
use kindred_vault::{KeyError, KeyRing, Keys};
use sqlx::PgConnection;
use tokio::sync::Mutex;

use super::Records;
use crate::BatchKeys;
use crate::projection::{Batch, BulkRows, Erased};

/// Rows that were made, and of what.
pub(crate) struct Folded {
    rows: Box<dyn BulkRows>,
    commits: usize,
    through: i64,
}

impl Folded {
    /// Whether they are the rows of so many commits, with erasures known up to `through`.
    pub(super) const fn fits(&self, commits: usize, through: i64) -> bool {
        self.commits == commits && self.through == through
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        self.rows.write(connection).await
    }
}

/// Makes them.
#[derive(Clone)]
pub(crate) struct Folder {
    pub(super) projection: Arc<dyn Erased>,
    pub(super) keys: Arc<dyn KeyRing>,
    pub(super) records: Arc<Mutex<Records>>,
}

impl Folder {
    /// The rows of these commits; none if the projection does not make them ahead, or
    /// something is amiss, which its transaction will say.
    pub(crate) async fn fold(&self, commits: &Arc<Vec<RecordedCommit>>) -> Option<Folded> {
        if !self.projection.folds() {
            return None;
        }
        let (folder, commits) = (self.clone(), commits.clone());
        let (wanted, commits) = tokio::task::spawn_blocking(move || {
            let wanted = folder.projection.keys(&folder.wanted(&commits));
            (wanted.into_iter().collect(), commits)
        })
        .await
        .ok()?;
        let keys = keys(&*self.keys, wanted).await.ok()?;
        let (erased, through) = self.records.lock().await.known();
        let (folder, keys) = (self.clone(), BatchKeys::new(keys, erased));
        tokio::task::spawn_blocking(move || {
            let wanted = folder.wanted(&commits);
            let count = wanted.len();
            let rows = folder.projection.fold(&Batch { commits: wanted, keys }).ok().flatten()?;
            Some(Folded { rows, commits: count, through })
        })
        .await
        .ok()?
    }

    fn wanted<'a>(&self, commits: &'a [RecordedCommit]) -> Vec<&'a RecordedCommit> {
        commits.iter().filter(|commit| self.projection.wants(commit)).collect()
    }
}

/// The keys of a batch, asked for at once.
pub(super) async fn keys(ring: &dyn KeyRing, wanted: HashSet<(TenantSlug, KeyId)>) -> Result<Arc<Keys>, KeyError> {
    if wanted.is_empty() {
        return Ok(Arc::default());
    }
    let wanted: Vec<_> = wanted.into_iter().collect();
    ring.keys(&wanted).await.map(Arc::new)
}
