//! Loading: the tail from the leader, what came since a cached state, every link checked.

use std::sync::Arc;

use kindred_ids::EntityKey;

use super::Executor;
use super::entry::{Loaded, Misfit};
use crate::{Contract, EventStore, RecordedCommit, Redactions, StoreError};

impl<S: EventStore> Executor<S> {
    /// An entity's state at the leader's tail.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the log does not answer or is damaged.
    pub async fn load<D: Contract>(&self, key: &EntityKey) -> Result<Arc<Loaded<D::State>>, StoreError> {
        let mut seen = 0;
        loop {
            let cached = self.cache.get(key).and_then(|entry| entry.downcast::<Loaded<D::State>>().ok());
            let (end, outcome) = match cached {
                Some(cached) => {
                    let tail = self.store.tail(key).await?;
                    let end = tail.as_ref().map_or(0, |tail| tail.sequence);
                    (end, self.through::<D>(key, cached, tail).await)
                }
                None => {
                    let commits = self.store.history(key).await?;
                    let end = commits.last().map_or(0, |commit| commit.sequence);
                    (end, self.anew::<D>(key, &commits))
                }
            };
            match outcome {
                // What was named and removed while we read is a hole until the newer tail is read.
                Err(StoreError::Damaged(_)) if end > seen => seen = end,
                outcome => return outcome,
            }
        }
    }

    /// From all its commits; nothing is remembered of an entity that was never written.
    fn anew<D: Contract>(
        &self,
        key: &EntityKey,
        commits: &[RecordedCommit],
    ) -> Result<Arc<Loaded<D::State>>, StoreError> {
        if commits.is_empty() {
            return Ok(Arc::default());
        }
        let mut removed = Redactions::default();
        removed.take(commits)?;
        let loaded = Arc::new(self.chain::<D>(Loaded::default(), commits, &removed)?);
        self.cache.insert(key.clone(), loaded.clone());
        Ok(loaded)
    }

    async fn through<D: Contract>(
        &self,
        key: &EntityKey,
        cached: Arc<Loaded<D::State>>,
        tail: Option<RecordedCommit>,
    ) -> Result<Arc<Loaded<D::State>>, StoreError> {
        let tail = match tail {
            Some(tail) if cached.sequence == tail.sequence && cached.hash == tail.hash => return Ok(cached),
            Some(tail) if cached.sequence < tail.sequence => tail,
            _ => {
                return Err(self.damaged(cached.sequence, format!("`{key}` no longer has the commit it had")).into());
            }
        };
        let loaded = Arc::new(self.fold::<D>(key, &cached, tail).await?);
        self.cache.insert(key.clone(), loaded.clone());
        Ok(loaded)
    }

    /// Takes what came after `baseline` into it; all anew if what came takes something out
    /// of the baseline.
    async fn fold<D: Contract>(
        &self,
        key: &EntityKey,
        baseline: &Loaded<D::State>,
        tail: RecordedCommit,
    ) -> Result<Loaded<D::State>, StoreError> {
        let through = tail.sequence;
        let commits = if tail.meta.version == baseline.version + 1 {
            vec![tail]
        } else {
            self.store.load(key, baseline.sequence, through).await?
        };
        let mut removed = Redactions::default();
        removed.take(&commits)?;
        if removed.reach(key, baseline.version) {
            let commits = self.store.load(key, 0, through).await?;
            removed.take(&commits)?;
            return self.chain::<D>(Loaded::default(), &commits, &removed);
        }
        self.chain::<D>(baseline.clone(), &commits, &removed)
    }

    /// Takes commits in one by one, with every link of the chain checked.
    fn chain<D: Contract>(
        &self,
        mut loaded: Loaded<D::State>,
        commits: &[RecordedCommit],
        removed: &Redactions,
    ) -> Result<Loaded<D::State>, StoreError> {
        for commit in commits {
            loaded.take::<D>(commit, removed).map_err(|what| match what {
                Misfit::Chain(what) => {
                    StoreError::from(self.damaged(commit.sequence, format!("`{}`: {what}", commit.key)))
                }
                Misfit::Decode(source) => StoreError::Unreadable { sequence: commit.sequence, source },
            })?;
        }
        Ok(loaded)
    }
}
