//! The key cache on a paused clock: how long, how many, how often, and what it forgets.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use kindred_eventsourcing::KeyId;
use kindred_ids::{MemberId, TenantSlug};
use kindred_vault::{
    CacheSettings, CachedKeys, Keeper, KeyError, KeyRing, KeySource, KeyState, LARGEST_BATCH, MemoryVault, Opened,
    SettingsError,
};
use tokio::sync::Semaphore;
use tokio::time::{Instant, advance, sleep_until};

use crate::support::{NOW, Place, data_key, member, tenant, write};

/// A vault behind a gate, which counts what it is asked.
#[derive(Clone)]
struct Source {
    vault: MemoryVault,
    asked: Arc<Mutex<Vec<usize>>>,
    gate: Arc<Semaphore>,
    failing: Arc<AtomicBool>,
    lying: Arc<AtomicBool>,
}

impl Source {
    fn new() -> Self {
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        Self { vault: MemoryVault::new(), asked: Arc::default(), gate, failing: Arc::default(), lying: Arc::default() }
    }

    /// A source that answers only as often as the gate lets it.
    fn closed() -> Self {
        Self { gate: Arc::new(Semaphore::new(0)), ..Self::new() }
    }

    fn asked(&self) -> Vec<usize> {
        self.asked.lock().unwrap().clone()
    }

    fn cache(&self, lifetime: u64, capacity: usize) -> CachedKeys<Self> {
        let settings = CacheSettings { lifetime: Duration::from_secs(lifetime), capacity };
        CachedKeys::try_new(self.clone(), settings).unwrap()
    }

    /// The answer is read before the gate: what is changed meanwhile comes too late for it.
    async fn pass<T>(&self, count: usize, answer: T) -> Result<T, KeyError> {
        self.asked.lock().unwrap().push(count);
        self.gate.acquire().await.unwrap().forget();
        let failing = self.failing.load(Ordering::SeqCst);
        if failing { Err(KeyError::unavailable(std::io::Error::other("down"))) } else { Ok(answer) }
    }
}

impl KeySource for Source {
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>> {
        Box::pin(async move {
            let mut answer = self.vault.data_keys(wanted).await?;
            if self.lying.load(Ordering::SeqCst) {
                answer = vec![KeyState::Live(data_key(&tenant("lakeside"), member("mallory"), 1)); wanted.len()];
            }
            self.pass(wanted.len(), answer).await
        })
    }

    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>> {
        Box::pin(async move {
            let answer = self.vault.member_key(tenant, member).await?;
            self.pass(1, answer).await
        })
    }
}

fn place() -> Place {
    Place::of(&tenant("riverside"), member("ada"))
}

async fn many(source: &Source, count: usize) -> Vec<(TenantSlug, KeyId)> {
    let riverside = tenant("riverside");
    join_all((0..count).map(async |number| {
        let id = source.vault.create_data_key(&riverside, member(&format!("m{number}")), NOW).await.unwrap();
        (riverside.clone(), id)
    }))
    .await
}

/// Lets everything that can run do so, without moving the clock.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn misses_of_one_caller_are_one_batch_and_hits_are_none() {
    let source = Source::new();
    let keys = many(&source, 50).await;
    let cache = source.cache(60, 100);
    cache.keys(&keys[..30]).await.unwrap();
    cache.keys(&keys[..30]).await.unwrap();
    cache.keys(&[&keys[10..], &keys[10..]].concat()).await.unwrap();
    assert_eq!(source.asked(), [30, 20]);
    advance(Duration::from_secs(59)).await;
    cache.keys(&keys).await.unwrap();
    assert_eq!(source.asked(), [30, 20]);
}

#[tokio::test(start_paused = true)]
async fn a_question_is_never_larger_than_a_source_takes() {
    let source = Source::new();
    let keys = many(&source, 2 * LARGEST_BATCH + 1).await;
    let found = source.cache(60, 10_000).keys(&keys).await.unwrap();
    let mut asked = source.asked();
    asked.sort_unstable();
    assert_eq!(asked, [1, LARGEST_BATCH, LARGEST_BATCH]);
    assert!(keys.iter().all(|(tenant, key)| found.get(tenant, *key).is_some_and(|state| state.live().is_some())));
}

#[tokio::test(start_paused = true)]
async fn callers_of_the_same_key_share_one_question() {
    let source = Source::closed();
    let keys = many(&source, 3).await;
    let cache = source.cache(60, 100);
    let callers: Vec<_> = (0..50)
        .map(|number| {
            let (cache, wanted) = (cache.clone(), keys[..1 + number % 3].to_vec());
            tokio::spawn(async move { cache.keys(&wanted).await.unwrap() })
        })
        .collect();
    settle().await;
    let asked = source.asked();
    assert_eq!(asked.iter().sum::<usize>(), 3, "a key was asked for twice: {asked:?}");
    source.gate.add_permits(asked.len());
    for caller in callers {
        let found = caller.await.unwrap();
        assert!(found.get(&keys[0].0, keys[0].1).is_some_and(|state| state.live().is_some()));
    }
    assert_eq!(source.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_does_not_take_the_answer_along() {
    let source = Source::closed();
    let keys = many(&source, 1).await;
    let cache = source.cache(60, 100);
    let ask = || {
        let (cache, keys) = (cache.clone(), keys.clone());
        tokio::spawn(async move { cache.keys(&keys).await.map(|found| found.get(&keys[0].0, keys[0].1).is_some()) })
    };
    let (first, second) = (ask(), ask());
    settle().await;
    first.abort();
    settle().await;
    source.gate.add_permits(1);
    assert!(second.await.unwrap().unwrap());
    assert_eq!(source.asked().len(), 1);
    cache.forget_key(&keys[0].0, KeyId(uuid::Uuid::nil()));
    // A question that nobody waits for any more ends; the next caller asks anew.
    let other = many(&source, 2).await[1..].to_vec();
    let lone = tokio::spawn({
        let (cache, other) = (cache.clone(), other.clone());
        async move { cache.keys(&other).await.is_ok() }
    });
    settle().await;
    lone.abort();
    settle().await;
    source.gate.add_permits(1);
    assert!(cache.keys(&other).await.is_ok());
    assert_eq!(source.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failure_reaches_all_who_wait_and_is_not_kept() {
    let source = Source::closed();
    let keys = many(&source, 1).await;
    let cache = source.cache(60, 100);
    source.failing.store(true, Ordering::SeqCst);
    let callers: Vec<_> = (0..5)
        .map(|_| {
            let (cache, keys) = (cache.clone(), keys.clone());
            tokio::spawn(async move { cache.keys(&keys).await.map(|_| ()) })
        })
        .collect();
    settle().await;
    source.gate.add_permits(1);
    for caller in callers {
        assert!(matches!(caller.await.unwrap(), Err(KeyError::Unavailable(_))));
    }
    source.failing.store(false, Ordering::SeqCst);
    source.gate.add_permits(1);
    assert!(cache.keys(&keys).await.is_ok());
    assert_eq!(source.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_erasure_that_nobody_told_takes_effect_within_the_lifetime() {
    for lifetime in [60, 5] {
        let source = Source::new();
        let place = place();
        let text = write(&source.vault, &place, "my words").await;
        let wanted = [(place.tenant.clone(), text.key())];
        let cache = source.cache(lifetime, 100);
        cache.keys(&wanted).await.unwrap();
        source.vault.destroy(&place.tenant, place.member, NOW).await.unwrap();
        advance(Duration::from_secs(lifetime) - Duration::from_millis(2)).await;
        let open = async || cache.keys(&wanted).await.unwrap().open(&text, &place.aad()).unwrap();
        assert_eq!(open().await.text(), Some("my words"));
        advance(Duration::from_millis(2)).await;
        assert_eq!(open().await, Opened::Redacted);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hit_does_not_prolong_a_key() {
    let source = Source::new();
    let keys = many(&source, 1).await;
    let cache = source.cache(60, 100);
    for _ in 0..7 {
        cache.keys(&keys).await.unwrap();
        advance(Duration::from_secs(10)).await;
    }
    assert_eq!(source.asked(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn keys_leave_memory_in_time_also_if_nobody_asks_again() {
    let source = Source::new();
    let keys = many(&source, 10).await;
    let cache = source.cache(60, 100);
    let start = Instant::now();
    let left_after = async |millis: u64| {
        sleep_until(start + Duration::from_millis(millis)).await;
        settle().await;
        cache.len()
    };
    cache.keys(&keys[..5]).await.unwrap();
    assert_eq!(left_after(30_000).await, 5);
    cache.keys(&keys[5..]).await.unwrap();
    assert_eq!(left_after(59_900).await, 10);
    assert_eq!(left_after(60_100).await, 5);
    assert_eq!(left_after(89_900).await, 5);
    assert_eq!(left_after(90_100).await, 0);
    cache.keys(&keys).await.unwrap();
    assert_eq!(left_after(91_000).await, 10);
    assert_eq!(left_after(150_200).await, 0);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_keys_give_way_to_new_ones() {
    let source = Source::new();
    let keys = many(&source, 30).await;
    let cache = source.cache(60, 10);
    for batch in keys.chunks(6) {
        let found = cache.keys(batch).await.unwrap();
        assert!(batch.iter().all(|(tenant, key)| found.get(tenant, *key).is_some()));
        assert!(cache.len() <= 10);
        advance(Duration::from_millis(1)).await;
    }
    cache.keys(&keys[24..]).await.unwrap();
    assert_eq!(source.asked().len(), 5, "the newest were not kept");
    cache.keys(&keys[..6]).await.unwrap();
    assert_eq!(source.asked().len(), 6, "the oldest were kept");
    let found = cache.keys(&keys).await.unwrap();
    assert!(keys.iter().all(|(tenant, key)| found.get(tenant, *key).is_some()), "more than fit were not all told");
}

/// The event may arrive before the key is destroyed: it must not come back from the source.
#[cfg(not(feature = "sabotage-6"))]
#[tokio::test(start_paused = true)]
async fn what_is_forgotten_is_not_taken_again() {
    let source = Source::new();
    let place = place();
    let text = write(&source.vault, &place, "my words").await;
    let wanted = [(place.tenant.clone(), text.key())];
    let by_member = source.cache(60, 100);
    let by_key = source.cache(60, 100);
    by_member.forget_member(&place.tenant, place.member);
    by_key.forget_key(&place.tenant, text.key());
    assert_eq!(by_key.keys(&wanted).await.unwrap().open(&text, &place.aad()), Ok(Opened::Redacted));
    assert!(source.asked().is_empty(), "a forgotten key was asked for");
    for cache in [by_member, by_key] {
        for _ in 0..2 {
            assert_eq!(cache.keys(&wanted).await.unwrap().open(&text, &place.aad()), Ok(Opened::Redacted));
            assert!(cache.sealer(&place.tenant, place.member).await.unwrap().is_none());
            advance(Duration::from_secs(61)).await;
        }
    }
}

#[cfg(not(feature = "sabotage-6"))]
#[tokio::test(start_paused = true)]
async fn an_answer_on_its_way_does_not_bring_a_forgotten_key_back() {
    let source = Source::closed();
    let place = place();
    let text = write(&source.vault, &place, "my words").await;
    let wanted = [(place.tenant.clone(), text.key())];
    let cache = source.cache(60, 100);
    let caller = tokio::spawn({
        let (cache, wanted) = (cache.clone(), wanted.clone());
        async move { cache.keys(&wanted).await.unwrap() }
    });
    settle().await;
    assert_eq!(source.asked().len(), 1);
    cache.forget_member(&place.tenant, place.member);
    source.gate.add_permits(1);
    assert_eq!(caller.await.unwrap().open(&text, &place.aad()), Ok(Opened::Redacted));
    assert_eq!(cache.keys(&wanted).await.unwrap().open(&text, &place.aad()), Ok(Opened::Redacted));
}

#[cfg(not(feature = "sabotage-6"))]
#[tokio::test(start_paused = true)]
async fn forgetting_drops_the_keys_of_that_member_alone() {
    let source = Source::new();
    let keys = many(&source, 4).await;
    let cache = source.cache(60, 100);
    cache.keys(&keys).await.unwrap();
    let riverside = tenant("riverside");
    assert!(cache.sealer(&riverside, member("m1")).await.unwrap().is_some());
    assert_eq!(cache.len(), 5);
    cache.forget_member(&riverside, member("m1"));
    assert_eq!(cache.len(), 3);
    cache.forget_member(&tenant("lakeside"), member("m2"));
    cache.forget_key(&riverside, keys[3].1);
    assert_eq!(cache.len(), 2);
    assert!(cache.sealer(&riverside, member("m2")).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_sealer_is_of_the_member_that_was_asked_for() {
    let source = Source::new();
    let place = place();
    let cache = source.cache(60, 100);
    assert!(cache.sealer(&place.tenant, place.member).await.unwrap().is_none());
    let id = source.vault.create_data_key(&place.tenant, place.member, NOW).await.unwrap();
    let sealer = cache.sealer(&place.tenant, place.member).await.unwrap().expect("an absent key is not remembered");
    assert_eq!((sealer.key().id(), sealer.key().member()), (id, place.member));
    assert!(cache.sealer(&tenant("lakeside"), place.member).await.unwrap().is_none());
    cache.sealer(&place.tenant, place.member).await.unwrap();
    assert_eq!(source.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_fit_the_question_is_refused() {
    let source = Source::new();
    let keys = many(&source, 1).await;
    source.lying.store(true, Ordering::SeqCst);
    let cache = source.cache(60, 100);
    assert!(matches!(cache.keys(&keys).await, Err(KeyError::Malformed)));
    assert!(cache.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_older_than_keys_may_be_is_refused() {
    let source = Source::closed();
    let keys = many(&source, 1).await;
    let cache = source.cache(60, 100);
    let caller = tokio::spawn({
        let (cache, keys) = (cache.clone(), keys.clone());
        async move { cache.keys(&keys).await.map(|_| ()) }
    });
    settle().await;
    advance(Duration::from_secs(60)).await;
    source.gate.add_permits(1);
    assert!(matches!(caller.await.unwrap(), Err(KeyError::Late)));
    assert!(cache.is_empty());
}

/// Threads that ask, give up, forget and expire at once neither hang nor mix keys up.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_share_one_cache() {
    let source = Source::new();
    let keys = Arc::new(many(&source, 200).await);
    let settings = CacheSettings { lifetime: Duration::from_millis(3), capacity: 64 };
    let cache = CachedKeys::try_new(source.clone(), settings).unwrap();
    let tasks = (0..64_usize).map(|task| {
        let (cache, keys) = (cache.clone(), keys.clone());
        tokio::spawn(async move {
            for round in 0..150 {
                let first = (task * 31 + round * 17) % 180;
                let wanted = &keys[first..first + 1 + round % 20];
                let patience = Duration::from_micros(if round % 7 == 0 { 1 } else { 10_000_000 });
                let Ok(found) = tokio::time::timeout(patience, cache.keys(wanted)).await else { continue };
                let found = found.unwrap();
                for (tenant, id) in wanted {
                    assert_eq!(found.get(tenant, *id).unwrap().live().map(|key| key.id()), Some(*id));
                }
                cache.forget_key(&keys[0].0, KeyId(uuid::Uuid::from_u128((task * 1000 + round) as u128)));
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
}

#[test]
fn settings_past_the_bound_are_refused_by_name() {
    let refused = |lifetime, capacity| {
        CachedKeys::try_new(MemoryVault::new(), CacheSettings { lifetime, capacity }).map(|_| ()).unwrap_err()
    };
    let long = Duration::from_millis(60_001);
    assert_eq!(refused(long, 1), SettingsError::Lifetime(long));
    assert!(refused(long, 1).to_string().contains("`lifetime`"));
    assert_eq!(refused(Duration::from_secs(60), 0), SettingsError::Capacity);
}
