//! What every keeper of keys does, in memory and on Postgres alike.

use std::sync::Arc;

use futures::future::join_all;
use kindred_eventsourcing::KeyId;
use kindred_vault::{CacheSettings, CachedKeys, Keeper, KeyRing, KeyState, MemoryVault, Opened, VaultError};

use crate::support::{LATER, NOW, Place, member, tenant, vault, write};

/// The sentence becomes one test per keeper.
macro_rules! every_keeper {
    ($($name:ident)*) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::MemoryVault::new()).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::vault().await.0).await;
            })*
        }
    };
}

every_keeper! {
    creating_a_key_is_idempotent_under_concurrency
    keys_are_told_in_the_order_asked
    a_key_is_not_found_under_another_tenant
    an_erased_member_is_redacted_everywhere
    destroying_again_gives_the_first_receipt
    a_member_erased_before_having_a_key_gets_none
    a_tenant_keeps_its_reservation_key
}

async fn creating_a_key_is_idempotent_under_concurrency(keeper: impl Keeper + Clone) {
    let (riverside, ada) = (tenant("riverside"), member("ada"));
    let made = join_all((0..32).map(|_| {
        let (keeper, riverside) = (keeper.clone(), riverside.clone());
        tokio::spawn(async move { keeper.create_data_key(&riverside, ada, NOW).await.unwrap() })
    }));
    let ids: Vec<KeyId> = made.await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_ne!(keeper.create_data_key(&riverside, member("bea"), NOW).await.unwrap(), ids[0]);
    let elsewhere = keeper.create_data_key(&tenant("lakeside"), ada, NOW).await.unwrap();
    assert_ne!(elsewhere, ids[0], "two tenants share a key");
}

async fn keys_are_told_in_the_order_asked(keeper: impl Keeper + Clone) {
    let riverside = tenant("riverside");
    let mut wanted = Vec::new();
    for number in 0..40 {
        let member = member(&format!("m{number}"));
        let id = keeper.create_data_key(&riverside, member, NOW).await.unwrap();
        wanted.push((riverside.clone(), id));
        if number % 3 == 0 {
            wanted.push((riverside.clone(), id));
            wanted.push((riverside.clone(), KeyId(uuid::Uuid::from_u128(number + 1))));
        }
    }
    wanted.reverse();
    let states = keeper.data_keys(&wanted).await.unwrap();
    assert_eq!(states.len(), wanted.len());
    for ((_, id), state) in wanted.iter().zip(&states) {
        match state {
            KeyState::Live(key) => assert_eq!(key.id(), *id),
            KeyState::Unknown => assert!(id.0.as_u128() <= 40),
            KeyState::Destroyed => panic!("{id} was never destroyed"),
        }
    }
    assert_eq!(states.iter().filter(|state| state.live().is_some()).count(), 54);
    assert!(keeper.data_keys(&[]).await.unwrap().is_empty());
}

async fn a_key_is_not_found_under_another_tenant(keeper: impl Keeper + Clone) {
    let (riverside, lakeside, ada) = (tenant("riverside"), tenant("lakeside"), member("ada"));
    let id = keeper.create_data_key(&riverside, ada, NOW).await.unwrap();
    keeper.create_data_key(&lakeside, member("bea"), NOW).await.unwrap();
    let states = keeper.data_keys(&[(lakeside.clone(), id), (riverside, id)]).await.unwrap();
    assert!(matches!(states[..], [KeyState::Unknown, KeyState::Live(_)]), "{states:?}");
    assert!(matches!(keeper.member_key(&lakeside, ada).await.unwrap(), KeyState::Unknown));
}

async fn an_erased_member_is_redacted_everywhere(keeper: impl Keeper + Clone) {
    let place = Place::of(&tenant("riverside"), member("ada"));
    let bystander = Place::of(&tenant("riverside"), member("bea"));
    let (text, kept) = (write(&keeper, &place, "my words").await, write(&keeper, &bystander, "hers").await);
    let wanted = [(place.tenant.clone(), text.key()), (place.tenant.clone(), kept.key())];
    let warm = CachedKeys::try_new(keeper.clone(), CacheSettings::default()).unwrap();
    assert_eq!(warm.keys(&wanted).await.unwrap().open(&text, &place.aad()).unwrap().text(), Some("my words"));
    let receipt = keeper.destroy(&place.tenant, place.member, NOW).await.unwrap();
    assert_eq!(receipt.key, text.key());
    warm.forget_member(&place.tenant, place.member);
    let cold = CachedKeys::try_new(keeper.clone(), CacheSettings::default()).unwrap();
    for ring in [&warm, &cold] {
        let keys = ring.keys(&wanted).await.unwrap();
        assert_eq!(keys.open(&text, &place.aad()), Ok(Opened::Redacted), "erased words were opened");
        assert_eq!(keys.open(&kept, &bystander.aad()).unwrap().text(), Some("hers"));
        assert!(ring.sealer(&place.tenant, place.member).await.unwrap().is_none(), "the erased may still write");
    }
    assert!(matches!(keeper.data_keys(&wanted).await.unwrap()[..], [KeyState::Destroyed, KeyState::Live(_)]));
    assert!(matches!(keeper.member_key(&place.tenant, place.member).await.unwrap(), KeyState::Destroyed));
    let again = keeper.create_data_key(&place.tenant, place.member, NOW).await;
    assert!(matches!(again, Err(VaultError::Erased(member)) if member == place.member), "{again:?}");
}

async fn destroying_again_gives_the_first_receipt(keeper: impl Keeper + Clone) {
    let (riverside, ada) = (tenant("riverside"), member("ada"));
    let id = keeper.create_data_key(&riverside, ada, NOW).await.unwrap();
    let first = keeper.destroy(&riverside, ada, NOW).await.unwrap();
    assert_eq!((first.key, first.destroyed_at, first.member), (id, NOW, ada));
    let keeper = Arc::new(keeper);
    for again in join_all((0..8).map(|_| keeper.destroy(&riverside, ada, LATER))).await {
        assert_eq!(again.unwrap(), first);
    }
}

async fn a_member_erased_before_having_a_key_gets_none(keeper: impl Keeper + Clone) {
    let (riverside, ada) = (tenant("riverside"), member("ada"));
    let receipt = keeper.destroy(&riverside, ada, NOW).await.unwrap();
    assert_eq!(keeper.destroy(&riverside, ada, LATER).await.unwrap(), receipt);
    assert!(matches!(keeper.create_data_key(&riverside, ada, LATER).await, Err(VaultError::Erased(_))));
    assert!(keeper.create_data_key(&riverside, member("bea"), NOW).await.is_ok());
}

async fn a_tenant_keeps_its_reservation_key(keeper: impl Keeper + Clone) {
    let digest = async |slug: &str| {
        let key = keeper.tenant_reservation_key(&tenant(slug)).await.unwrap();
        key.reservation_key("email", "ada@example.org").digest
    };
    let first = digest("riverside").await;
    keeper.create_data_key(&tenant("riverside"), member("ada"), NOW).await.unwrap();
    assert_eq!(digest("riverside").await, first);
    assert_ne!(digest("lakeside").await, first);
}
