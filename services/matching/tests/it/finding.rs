//! Who is found, from the first event to the last.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::{EventStore as _, KeyId, Receipt};
use kindred_ids::{IntroductionId, MemberId, TenantSlug};
use kindred_matching::index::feed::Feed;
use kindred_matching::index::{Hint, Index, Language, LogName};
use kindred_proto::membership::{ProfileFieldKind, Visibility};
use kindred_service_kit::error::ApiError;
use kindred_testkit::eventually;
use kindred_vault::{CacheSettings, CachedKeys, KeyError, KeySource, KeyState, MemoryVault};
use tokio_util::sync::CancellationToken;

use crate::support::log::community;
use crate::support::{HASHIMOTO, SPANISH, Town, WALKING};

const BOUND: Duration = Duration::from_secs(60);

#[tokio::test]
async fn people_find_each_other_with_reasons_in_plain_words() {
    let town = Town::new();
    let fields = [
        HASHIMOTO,
        WALKING,
        SPANISH,
        (ProfileFieldKind::Area, "021", ""),
        (ProfileFieldKind::Role, "Patient", ""),
        (ProfileFieldKind::YearOfDiagnosis, "2021", ""),
    ];
    let (ann, ben) = (town.member(&fields).await, town.member(&fields).await);
    for _ in 0..40 {
        town.member(&[(ProfileFieldKind::Interest, "chess", "")]).await;
    }
    let found = town.find(&ann).await;
    assert_eq!(found.matches.len(), 1);
    let best = &found.matches[0];
    let mut texts: Vec<String> = best.reasons.iter().map(|reason| reason.text(Language::English)).collect();
    assert_eq!((best.member, texts[0].as_str()), (ben.id, "You both live with Hashimoto's thyroiditis"));
    texts.sort_unstable();
    let expected = [
        "You are both here as a patient",
        "You both enjoy walking",
        "You both live where postal codes begin with 021",
        "You both live with Hashimoto's thyroiditis",
        "You both speak Spanish",
        "You were both diagnosed in 2021",
    ];
    assert_eq!(texts, expected);
    assert_eq!(best.score, best.reasons.iter().map(|reason| reason.weight).sum::<u32>());
    assert!(found.advice.is_empty(), "{:?}", found.advice);
}

#[tokio::test]
async fn consent_may_come_before_or_after_the_profile_and_go_again() {
    let town = Town::new();
    let ann = town.member(&[HASHIMOTO]).await;
    let ben = town.stranger("riverside").await;
    town.fill(&ben, &[HASHIMOTO], Visibility::Matched).await;
    for _ in 0..9 {
        town.member(&[WALKING]).await;
    }
    assert_eq!(town.finds(&ann).await, []);
    assert_eq!(town.find(&ben).await.advice[0], Hint::Agree);
    town.consent(&ben, true).await;
    assert_eq!(town.finds(&ann).await, [ben.id]);
    town.consent(&ben, false).await;
    assert_eq!(town.finds(&ann).await, []);
    assert_eq!(town.finds(&ben).await, [], "who is not found finds nobody");
    town.consent(&ben, true).await;
    assert_eq!(town.finds(&ann).await, [ben.id]);
    town.fill(&ben, &[HASHIMOTO], Visibility::Nobody).await;
    assert_eq!(town.finds(&ann).await, [], "what is released to nobody is never used");
}

#[tokio::test]
async fn what_is_for_communities_counts_only_within_a_common_one() {
    let town = Town::new();
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[]).await);
    town.fill(&ben, &[HASHIMOTO], Visibility::Community).await;
    for _ in 0..9 {
        town.member(&[WALKING]).await;
    }
    let thyroid = community(&ann.tenant, "thyroid");
    town.write(town.facts.joined(&ann.tenant, ann.id, thyroid, true)).await;
    assert_eq!(town.finds(&ann).await, []);
    town.write(town.facts.joined(&ann.tenant, ben.id, thyroid, true)).await;
    let found = town.find(&ann).await.matches;
    assert_eq!((found[0].member, &found[0].communities[..]), (ben.id, &[thyroid][..]));
    town.write(town.facts.joined(&ann.tenant, ben.id, thyroid, false)).await;
    assert_eq!(town.finds(&ann).await, []);
}

#[tokio::test]
async fn whoever_is_blocked_suspended_or_erased_is_gone_at_once() {
    let town = Town::new();
    let (ann, ben, cid) =
        (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    for _ in 0..9 {
        town.member(&[WALKING]).await;
    }
    let tenant = &ann.tenant;
    assert_eq!(town.finds(&ann).await.len(), 2);
    town.write(town.facts.blocked(tenant, ben.id, ann.id, true)).await;
    assert_eq!((town.finds(&ann).await, town.finds(&ben).await), (vec![cid.id], vec![cid.id]));
    town.write(town.facts.blocked(tenant, ben.id, ann.id, false)).await;
    town.write(town.facts.suspended(tenant, cid.id, true)).await;
    assert_eq!(town.finds(&ann).await, [ben.id]);
    town.write(town.facts.suspended(tenant, cid.id, false)).await;
    assert_eq!(town.finds(&ann).await.len(), 2);
    town.write(town.facts.tenant_suspended(tenant, true)).await;
    assert_eq!(town.finds(&ann).await, []);
    town.write(town.facts.tenant_suspended(tenant, false)).await;
    assert_eq!(town.finds(&ann).await.len(), 2);
    town.erase(&cid).await;
    assert_eq!(town.finds(&ann).await, [ben.id]);
}

#[tokio::test]
async fn an_index_built_from_the_start_answers_as_the_one_that_followed() {
    let town = Town::new();
    let fields = [HASHIMOTO, WALKING, SPANISH];
    let mut people = Vec::new();
    for number in 0..20 {
        people.push(town.member(&fields[..1 + number % 3]).await);
        town.find(&people[number]).await;
    }
    town.consent(&people[3], false).await;
    town.erase(&people[5]).await;
    let rebuilt = Index::new(2);
    let stop = CancellationToken::new();
    let feed = Feed::new(rebuilt.clone(), town.facts.store.clone(), town.keys.clone());
    let feeding = tokio::spawn(feed.run(|_| {}, stop.clone()));
    let head = town.facts.store.head().await.unwrap();
    assert!(rebuilt.reached(head, BOUND).await);
    for person in &people {
        let (followed, rebuilt) = (town.find(person).await, rebuilt.find(&person.tenant, person.id, 20));
        assert_eq!((followed.matches, followed.advice), (rebuilt.matches, rebuilt.advice));
    }
    assert!(people.iter().any(|person| !rebuilt.find(&person.tenant, person.id, 20).matches.is_empty()));
    stop.cancel();
    feeding.await.unwrap().unwrap();
}

#[tokio::test]
async fn after_an_erasure_none_of_the_persons_values_is_in_memory() {
    let town = Town::new();
    let ann = town.member(&[(ProfileFieldKind::Interest, "an odd hobby", ""), HASHIMOTO]).await;
    town.find(&ann).await;
    assert_eq!(town.index.values(&ann.tenant), 4, "the hobby, the code, its category and section");
    town.erase(&ann).await;
    town.find(&ann).await;
    assert_eq!(town.index.values(&ann.tenant), 0);
    // Also where membership's own event came first and the log later.
    let ben = town.member(&[WALKING]).await;
    town.find(&ben).await;
    town.index.forget(&ben.tenant, ben.id);
    town.fill(&ben, &[WALKING], Visibility::Tenant).await;
    town.find(&ben).await;
    assert_eq!(town.index.values(&ben.tenant), 0, "who is forgotten is not taken in again");
}

/// A source of keys that can be away.
struct Flaky(MemoryVault, Arc<AtomicBool>);

impl Flaky {
    fn check(&self) -> Result<(), KeyError> {
        if self.1.load(Ordering::SeqCst) { Err(KeyError::unavailable(std::io::Error::other("away"))) } else { Ok(()) }
    }
}

impl KeySource for Flaky {
    fn data_keys<'a>(&'a self, wanted: &'a [(TenantSlug, KeyId)]) -> BoxFuture<'a, Result<Vec<KeyState>, KeyError>> {
        Box::pin(async move {
            self.check()?;
            self.0.data_keys(wanted).await
        })
    }

    fn member_key<'a>(&'a self, tenant: &'a TenantSlug, member: MemberId) -> BoxFuture<'a, Result<KeyState, KeyError>> {
        self.0.member_key(tenant, member)
    }
}

#[tokio::test]
async fn while_keys_are_away_nobody_new_is_found_and_who_withdraws_is_gone() {
    let (vault, away) = (MemoryVault::new(), Arc::new(AtomicBool::new(false)));
    let settings = CacheSettings { lifetime: Duration::ZERO, capacity: 1 };
    let keys = CachedKeys::try_new(Flaky(vault.clone(), away.clone()), settings).unwrap();
    let town = Town::with_keys(vault, Arc::new(keys));
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    for _ in 0..9 {
        town.member(&[WALKING]).await;
    }
    assert_eq!(town.finds(&ann).await, [ben.id]);
    away.store(true, Ordering::SeqCst);
    // In one batch or two: the change of a profile cannot be read, the consent is gone.
    let changed = town.fill(&ben, &[HASHIMOTO, WALKING], Visibility::Tenant).await;
    eventually("the one who is about to change to be out of sight", BOUND, async || {
        town.index.find(&ann.tenant, ann.id, 20).matches.is_empty().then_some(())
    })
    .await;
    assert!(town.index.position() < changed, "the position does not pass what was not taken in");
    away.store(false, Ordering::SeqCst);
    let found = town.find(&ann).await.matches;
    assert_eq!(found[0].member, ben.id);
}

#[tokio::test]
async fn the_feed_is_ready_only_once_it_has_come_to_where_the_log_ended() {
    let town = Town::new();
    for _ in 0..5 {
        town.member(&[HASHIMOTO]).await;
    }
    let head = town.facts.store.head().await.unwrap();
    let (index, stop, ready) = (Index::new(2), CancellationToken::new(), Arc::new(AtomicBool::new(false)));
    let feed = Feed::new(index.clone(), town.facts.store.clone(), town.keys.clone());
    let feeding = {
        let (index, ready) = (index.clone(), ready.clone());
        let told = move |met: bool| {
            assert_eq!(met, index.position() >= head, "told too early or too late");
            ready.store(met, Ordering::SeqCst);
        };
        tokio::spawn(feed.run(told, stop.clone()))
    };
    eventually("the index to be ready", BOUND, async || ready.load(Ordering::SeqCst).then_some(())).await;
    stop.cancel();
    feeding.await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_was_asked_by_enough_people_today_is_suggested_to_nobody_else_until_tomorrow() {
    let town = Town::new();
    let popular = town.member(&[WALKING]).await;
    let (friend, viewer) = (town.member(&[WALKING]).await, town.member(&[WALKING]).await);
    let mut askers = Vec::new();
    for _ in 0..10 {
        askers.push(town.member(&[WALKING]).await);
    }
    let heard = async |asked: Result<(Receipt, IntroductionId), ApiError>| {
        let sequence = asked.unwrap().0.position.sequence;
        assert!(town.index.reached_in(LogName::Matching, sequence, BOUND).await);
    };
    for asker in &askers[..9] {
        heard(town.ask(asker, popular.id, "A walk?").await).await;
    }
    assert!(town.finds(&viewer).await.contains(&popular.id), "nine are not enough");
    heard(town.ask(&askers[9], popular.id, "A walk?").await).await;
    assert!(!town.finds(&viewer).await.contains(&popular.id));
    assert!(!town.finds(&friend).await.contains(&popular.id));
    heard(town.ask(&popular, friend.id, "Shall we?").await).await;
    assert_eq!(town.finds(&friend).await[0], popular.id, "who asks is seen by whom they ask");
    assert!(!town.finds(&viewer).await.contains(&popular.id));
    town.clock.advance_millis(24 * 3_600_000);
    heard(town.ask(&askers[0], askers[1].id, "A walk?").await).await;
    assert!(town.finds(&viewer).await.contains(&popular.id), "it is another day");
    assert_eq!(town.restarted().await.find(&viewer.tenant, viewer.id, 20).matches, town.find(&viewer).await.matches);
}
