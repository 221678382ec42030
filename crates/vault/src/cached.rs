//! Keys of a service, kept at most 60 seconds.
//!
//! # Promises
//!
//! * No key is served or kept longer than its lifetime, counted from the moment its
//!   source was asked.
//! * A forgotten key or member stays forgotten, also for an answer already on its way.
//! * Callers that miss the same key share one question; a caller's misses are one batch.

mod store;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, try_join_all};
use kindred_eventsourcing::KeyId;
use kindred_ids::{MemberId, TenantSlug};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::{KeyError, KeyRing, KeySource, KeyState, Keys, LARGEST_BATCH, Sealer};
use store::{Answer, Flight, Store, Want};

/// No setting keeps a key longer than this.
pub const LONGEST_LIFETIME: Duration = Duration::from_secs(60);

/// How long and how many keys are kept.
#[derive(Debug, Clone, Copy)]
pub struct CacheSettings {
    /// At most [`LONGEST_LIFETIME`].
    pub lifetime: Duration,
    /// How many keys at once; the oldest gives way.
    pub capacity: usize,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self { lifetime: LONGEST_LIFETIME, capacity: 50_000 }
    }
}

/// Why settings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Erasure promises a bound.
    #[error("`lifetime` of the key cache is {0:?}, longer than {LONGEST_LIFETIME:?}")]
    Lifetime(Duration),
    /// Nothing could be kept.
    #[error("`capacity` of the key cache must be at least 1")]
    Capacity,
}

/// A key ring over a source. Clones share the keys.
pub struct CachedKeys<S>(Arc<Inner<S>>);

struct Inner<S> {
    source: S,
    settings: CacheSettings,
    store: Mutex<Store>,
}

impl<S: KeySource> CachedKeys<S> {
    /// An empty cache.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] naming the setting.
    pub fn try_new(source: S, settings: CacheSettings) -> Result<Self, SettingsError> {
        if settings.lifetime > LONGEST_LIFETIME {
            return Err(SettingsError::Lifetime(settings.lifetime));
        }
        if settings.capacity == 0 {
            return Err(SettingsError::Capacity);
        }
        Ok(Self(Arc::new(Inner { source, settings, store: Mutex::new(Store::new(settings.capacity)) })))
    }

    /// How many keys are in memory.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.store().len()
    }

    /// Whether no key is in memory.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    async fn fetch(&self, wanted: impl IntoIterator<Item = Want>) -> Result<HashMap<Want, KeyState>, KeyError> {
        let mut found = HashMap::new();
        let mut flights = HashMap::new();
        let mut joined = Vec::new();
        {
            let mut store = self.0.store();
            let mut missing = Vec::new();
            for want in wanted {
                if let Some(state) = store.get(&want, Instant::now()) {
                    found.insert(want, state);
                } else if let Some((number, flight)) = store.flight(&want) {
                    flights.insert(number, flight);
                    joined.push(want);
                } else {
                    missing.push(want);
                }
            }
            missing.sort_unstable();
            missing.dedup();
            for batch in missing.chunks(LARGEST_BATCH) {
                let (number, flight) = self.depart(&mut store, batch.to_vec());
                flights.insert(number, flight);
            }
            joined.extend(missing);
        }
        let answers = try_join_all(flights.into_values()).await?;
        let store = self.0.store();
        for want in joined {
            let state = answers.iter().find_map(|answer| answer.get(&want)).ok_or(KeyError::Malformed)?;
            found.insert(want.clone(), store.unless_forgotten(&want, state));
        }
        Ok(found)
    }

    /// Starts one question; who else wants one of its keys waits for the same answer.
    fn depart(&self, store: &mut Store, batch: Vec<Want>) -> (u64, Flight) {
        let inner = self.0.clone();
        let asked = Instant::now();
        let number = store.next_flight();
        let wants = batch.clone();
        let flight = async move {
            let answer = inner.ask(&batch).await;
            inner.land(number, asked, &batch, answer)
        };
        let flight = flight.boxed().shared();
        store.departed(number, &wants, &flight);
        (number, flight)
    }
}

impl<S: KeySource> Inner<S> {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, batch: &[Want]) -> Result<Vec<KeyState>, KeyError> {
        if let [Want::Member(tenant, member)] = batch {
            return Ok(vec![self.source.member_key(tenant, *member).await?]);
        }
        let wanted: Vec<_> = batch.iter().filter_map(Want::key).collect();
        self.source.data_keys(&wanted).await
    }

    fn land(
        self: &Arc<Self>,
        number: u64,
        asked: Instant,
        batch: &[Want],
        answer: Result<Vec<KeyState>, KeyError>,
    ) -> Result<Answer, KeyError> {
        let mut store = self.store();
        store.landed(number, batch);
        let states = answer?;
        let fits = states.len() == batch.len() && batch.iter().zip(&states).all(|(want, state)| want.fits(state));
        if !fits {
            return Err(KeyError::Malformed);
        }
        if asked.elapsed() >= LONGEST_LIFETIME {
            return Err(KeyError::Late);
        }
        let answer: HashMap<Want, KeyState> = batch.iter().cloned().zip(states).collect();
        for (want, state) in &answer {
            if let (Want::Key(tenant, key), KeyState::Unknown) = (want, state) {
                warn!(kindred.tenant = %tenant, kindred.key.id = %key, "vault does not know data key `{key}`");
            }
            store.insert(want, state, asked + self.settings.lifetime);
        }
        if store.start_sweeping() {
            tokio::spawn(sweep(Arc::downgrade(self), asked + self.settings.lifetime));
        }
        Ok(Arc::new(answer))
    }
}

/// Wipes what has expired, also where nobody asks any more; ends when nothing is left.
async fn sweep<S: KeySource>(cache: Weak<Inner<S>>, first: Instant) {
    let mut next = first;
    loop {
        sleep_until(next).await;
        let Some(inner) = cache.upgrade() else { return };
        match inner.store().sweep(Instant::now()) {
            Some(later) => next = later,
            None => return,
        }
    }
}

impl<S: KeySource> KeyRing for CachedKeys<S> {
    fn keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Keys, KeyError>> {
        Box::pin(async move {
            let found = self.fetch(wanted.iter().map(|(tenant, key)| Want::Key(tenant.clone(), *key))).await?;
            Ok(found.into_iter().filter_map(|(want, state)| Some((want.key()?, state))).collect())
        })
    }

    fn sealer<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        member: MemberId,
    ) -> BoxFuture<'a, Result<Option<Sealer>, KeyError>> {
        Box::pin(async move {
            let found = self.fetch([Want::Member(tenant.clone(), member)]).await?;
            Ok(found.into_values().find_map(|state| state.live().cloned()).map(Sealer::new))
        })
    }

    fn forget_member(&self, tenant: &TenantSlug, member: MemberId) {
        self.0.store().forget(Want::Member(tenant.clone(), member));
    }

    fn forget_key(&self, tenant: &TenantSlug, key: KeyId) {
        self.0.store().forget(Want::Key(tenant.clone(), key));
    }
}

impl<S> Clone for CachedKeys<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> fmt::Debug for CachedKeys<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CachedKeys({:?})", self.0.settings)
    }
}
