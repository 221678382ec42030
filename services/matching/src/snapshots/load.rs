//! An index from its snapshots.

use futures::TryStreamExt as _;
use kindred_eventsourcing::EventStore;
use kindred_ids::{MemberId, TenantSlug};
use kindred_service_kit::error::chain;
use sqlx::{Connection as _, PgConnection, query_file, query_file_as};
use tokio::sync::mpsc;

use super::rounds::{Known, RoundRow, known};
use super::rows::{Row, manifest};
use super::{SnapshotError, Snapshots, Weighed};
use crate::index::snapshot::{Manifest, Origin, Refused, Rules, Stream};
use crate::index::tenant::Tenant;
use crate::index::{LogName, LogPositions, earliest};

/// Chunks that are read ahead of those who take them in.
const AHEAD: usize = 4;

/// What became of the snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Tenants whose snapshots are in the index.
    pub tenants: usize,
    /// Why each of the others is not, or all.
    pub refused: Vec<String>,
}

impl<S: EventStore> Snapshots<S> {
    /// Fills the index with what its newest snapshots hold. Each log is then to be read from
    /// where the index stands. What cannot be used is told to whoever operates.
    pub async fn load(&self) -> Loaded {
        match self.load_round().await {
            Ok(loaded) => loaded,
            Err(error) => {
                tracing::warn!(chain = %chain(&error), "no snapshot is used, the index begins with the log");
                Loaded { tenants: 0, refused: vec![error.to_string()] }
            }
        }
    }

    async fn load_round(&self) -> Result<Loaded, SnapshotError> {
        let rounds = query_file_as!(RoundRow, "src/snapshots/rounds.sql").fetch_all(self.database.projector()).await?;
        let now = self.now().await?;
        let (mut usable, mut refused) = (Vec::with_capacity(rounds.len()), Refused::NotWhole);
        for round in rounds {
            match round.check(&now) {
                Ok(()) => usable.push(round),
                Err(error) => refused = error,
            }
        }
        let Known { positions, tenants } = known(self.index.holding(), &usable).ok_or(refused)?;
        let (mut start, mut loaded) = (positions, Loaded::default());
        for slug in tenants {
            let from = match self.load_tenant(&slug, &now).await {
                Ok(from) => {
                    loaded.tenants += 1;
                    from
                }
                Err(error) => {
                    let chain = chain(&error);
                    tracing::warn!(kindred.tenant.id = %slug, %chain, "the snapshot of `{slug}` is not used, the log is read from its first event");
                    loaded.refused.push(error.to_string());
                    self.refused().insert(slug);
                    [0; 3]
                }
            };
            start = earliest(start, from);
        }
        self.index.begin(start);
        tracing::info!(tenants = loaded.tenants, positions = ?start, "the index goes on from its snapshots");
        Ok(loaded)
    }

    async fn load_tenant(&self, slug: &TenantSlug, now: &[Stream; 3]) -> Result<LogPositions, SnapshotError> {
        let mut connection = self.database.projector().acquire().await?;
        // One view of manifest and chunks, whoever is taken out of them meanwhile.
        let mut view = connection.begin().await?;
        query_file!("src/snapshots/one_view.sql").execute(&mut *view).await?;
        let holder = self.index.holding().holder(slug);
        let newest = query_file_as!(Row, "src/snapshots/newest.sql", slug.as_str(), holder);
        let row = newest.fetch_optional(&mut *view).await?;
        let manifest = manifest(slug, row.ok_or(Refused::NotWhole)?);
        let positions = manifest.origin.positions();
        let Weighed { sum, parts } = self.weights(slug, positions[LogName::Matching as usize]).await?;
        let rules = Rules::current(self.index.floor());
        let mut now = Origin { streams: now.clone(), weights: sum };
        if let Err(Refused::AheadOfLog { .. }) = manifest.check(rules, &now) {
            // Another replica may have written it since the start asked where the logs end.
            now.streams = self.now().await?;
        }
        manifest.check(rules, &now)?;
        let mut tenant = self.read(manifest, &mut view).await?;
        view.rollback().await?;
        parts.into_iter().for_each(|part| tenant.fix(part));
        // Asked for after the chunks were read: whoever is on record later is forgotten by
        // the redactor in what is installed here.
        let erased = query_file!("src/snapshots/erased.sql", slug.as_str()).fetch_all(&mut *connection).await?;
        tenant.forget_all(erased.into_iter().filter_map(|row| MemberId::try_from(row.member).ok()));
        self.index.install(slug, tenant);
        Ok(positions)
    }

    /// Takes chunks in on a thread of its own while the next ones come.
    async fn read(&self, manifest: Manifest, view: &mut PgConnection) -> Result<Tenant, SnapshotError> {
        let (send, mut receive) = mpsc::channel::<(usize, Vec<u8>)>(AHEAD);
        let (slug, number) = (manifest.tenant.clone(), manifest.number);
        let mut tenant = self.index.empty(&slug);
        let taking = tokio::task::spawn_blocking(move || {
            let (chunks, mut next) = (manifest.chunks, 0);
            while let Some((chunk, content)) = receive.blocking_recv() {
                if chunk != next {
                    break;
                }
                if !tenant.restore(&manifest.read(chunk, &content)?) {
                    return Err(Refused::Unreadable { chunk });
                }
                next += 1;
            }
            if next < chunks {
                return Err(Refused::CutShort { chunk: next, chunks });
            }
            tenant.restored(manifest.suspended, manifest.origin.positions());
            Ok(tenant)
        });
        {
            let mut chunks = query_file!("src/snapshots/contents.sql", slug.as_str(), number).fetch(view);
            while let Some(row) = chunks.try_next().await? {
                // Whoever takes them in has refused one.
                if send.send((usize::try_from(row.chunk).unwrap_or(usize::MAX), row.content)).await.is_err() {
                    break;
                }
            }
        }
        drop(send);
        Ok(taking.await.map_err(|_panicked| SnapshotError::Ended)??)
    }
}
