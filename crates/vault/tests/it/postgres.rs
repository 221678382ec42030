//! The vault on a real Postgres: restarts, the wrong root key, damaged and swapped rows.

use futures::future::join_all;
use kindred_ids::MemberId;
use kindred_vault::{Keeper, KeySource, KeyState, Opener, Vault, VaultError};
use sqlx::{Connection, PgConnection};

use crate::support::{LATER, NOW, Place, member, migrated, root, tamper, tenant, vault, write};

#[tokio::test]
async fn keys_outlive_the_process() {
    let (vault, database, root) = vault().await;
    let place = Place::of(&tenant("riverside"), member("ada"));
    let text = write(&vault, &place, "still here").await;
    let digest = vault.tenant_reservation_key(&place.tenant).await.unwrap().reservation_key("handle", "ada").digest;
    vault.close().await;
    Vault::migrate(&database).await.unwrap();
    let vault = Vault::open(&database, 2, root).await.unwrap();
    let key = vault.data_keys(&[(place.tenant.clone(), text.key())]).await.unwrap().remove(0);
    let opened = Opener::new(key.live().unwrap().clone()).open(&text, &place.aad()).unwrap();
    assert_eq!(*opened, "still here");
    let after = vault.tenant_reservation_key(&place.tenant).await.unwrap();
    assert_eq!(after.reservation_key("handle", "ada").digest, digest);
}

#[tokio::test]
async fn with_another_root_key_nothing_is_served() {
    let (vault, database, right) = vault().await;
    write(&vault, &Place::of(&tenant("riverside"), member("ada")), "words").await;
    vault.close().await;
    let wrong = root();
    let error = Vault::open(&database, 2, wrong.clone()).await.unwrap_err();
    let expected =
        format!("root key `{}` does not open this vault, which root key `{}` sealed", wrong.name(), right.name());
    assert_eq!(error.to_string(), expected);
    assert!(matches!(error, VaultError::RootKeyMismatch { .. }));
    Vault::open(&database, 2, right).await.unwrap();
}

#[tokio::test]
async fn of_two_root_keys_that_open_a_new_vault_at_once_one_seals_it() {
    let database = migrated().await;
    let opened = join_all((0..6).map(|_| Vault::open(&database, 1, root()))).await;
    let (won, lost): (Vec<_>, Vec<_>) = opened.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|lost| matches!(lost, Err(VaultError::RootKeyMismatch { .. }))), "{lost:?}");
}

#[tokio::test]
async fn a_vault_without_its_canary_is_not_sealed_anew() {
    let (vault, database, root) = vault().await;
    vault.tenant_reservation_key(&tenant("riverside")).await.unwrap();
    tamper(&database, "DELETE FROM vault_canary").await;
    let error = Vault::open(&database, 1, root).await.unwrap_err();
    assert!(matches!(error, VaultError::CanaryMissing), "{error}");
}

#[tokio::test]
async fn several_processes_make_one_key_between_them() {
    let (one, database, root) = vault().await;
    let other = Vault::open(&database, 4, root).await.unwrap();
    let (riverside, ada) = (tenant("riverside"), member("ada"));
    let calls = (0..32).map(|number| {
        let vault = if number % 2 == 0 { one.clone() } else { other.clone() };
        let riverside = riverside.clone();
        tokio::spawn(async move { vault.create_data_key(&riverside, ada, NOW).await.unwrap() })
    });
    let ids: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    let keys = [one.member_key(&riverside, ada).await.unwrap(), other.member_key(&riverside, ada).await.unwrap()];
    let secrets: Vec<_> = keys.iter().map(|key| *key.live().unwrap().secret().expose()).collect();
    assert_eq!(secrets[0], secrets[1]);
}

#[tokio::test]
async fn a_destroyed_key_leaves_no_bytes_in_its_row() {
    let (vault, database, _root) = vault().await;
    let place = Place::of(&tenant("riverside"), member("ada"));
    let text = write(&vault, &place, "words").await;
    let mut connection = PgConnection::connect_with(&database).await.unwrap();
    let mut bytes = async || -> Option<Vec<u8>> {
        sqlx::query_scalar("SELECT wrapped FROM data_keys WHERE key_id = $1")
            .bind(text.key().0)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    };
    assert_eq!(bytes().await.map(|wrapped| wrapped.len()), Some(61));
    vault.destroy(&place.tenant, place.member, NOW).await.unwrap();
    assert_eq!(bytes().await, None);
}

/// Creating and destroying race; whoever wins, nothing live is left behind an erasure.
#[tokio::test]
async fn a_key_never_comes_back_after_its_destruction() {
    let (vault, ..) = vault().await;
    let riverside = tenant("riverside");
    for round in 0..10 {
        let member = member(&format!("m{round}"));
        let create = async || {
            for _ in 0..4 {
                let result = vault.create_data_key(&riverside, member, NOW).await;
                assert!(matches!(result, Ok(_) | Err(VaultError::Erased(_))), "{result:?}");
            }
        };
        let (_, _, receipt) = tokio::join!(create(), create(), vault.destroy(&riverside, member, LATER));
        assert!(receipt.is_ok());
        assert!(matches!(vault.member_key(&riverside, member).await.unwrap(), KeyState::Destroyed));
    }
}

async fn with_two_members() -> (Vault, sqlx::postgres::PgConnectOptions, MemberId) {
    let (vault, database, _root) = vault().await;
    let (ada, bea) = (member("ada"), member("bea"));
    vault.create_data_key(&tenant("riverside"), ada, NOW).await.unwrap();
    vault.create_data_key(&tenant("riverside"), bea, NOW).await.unwrap();
    (vault, database, ada)
}

#[tokio::test]
async fn a_wrapped_key_in_another_members_row_is_damage() {
    let (vault, database, ada) = with_two_members().await;
    tamper(
        &database,
        "UPDATE data_keys SET wrapped = other.wrapped FROM data_keys other WHERE other.member <> data_keys.member",
    )
    .await;
    let id = vault.create_data_key(&tenant("riverside"), ada, NOW).await.unwrap();
    let error = vault.data_keys(&[(tenant("riverside"), id)]).await.unwrap_err();
    assert!(matches!(error, VaultError::DataKeyDamaged(damaged) if damaged == id), "{error}");
}

#[tokio::test]
async fn a_row_given_to_another_member_is_damage() {
    let (vault, database, ada) = with_two_members().await;
    let id = vault.create_data_key(&tenant("riverside"), ada, NOW).await.unwrap();
    // The last two digits of an id are free: this is another member with the same partition.
    tamper(&database, "UPDATE data_keys SET member = overlay(member::text placing '00' from 35)::uuid").await;
    let error = vault.data_keys(&[(tenant("riverside"), id)]).await.unwrap_err();
    assert!(matches!(error, VaultError::DataKeyDamaged(damaged) if damaged == id), "{error}");
}

#[tokio::test]
async fn a_row_moved_to_another_tenant_is_damage() {
    let (vault, database, ada) = with_two_members().await;
    let id = vault.create_data_key(&tenant("riverside"), ada, NOW).await.unwrap();
    vault.create_data_key(&tenant("lakeside"), member("cleo"), NOW).await.unwrap();
    tamper(&database, "UPDATE data_keys SET tenant = 'lakeside' WHERE tenant = 'riverside'").await;
    let error = vault.data_keys(&[(tenant("lakeside"), id)]).await.unwrap_err();
    assert!(matches!(error, VaultError::DataKeyDamaged(_)), "{error}");
}

#[tokio::test]
async fn damaged_and_missing_tenant_keys_are_named() {
    let (vault, database, root) = vault().await;
    let id = vault.create_data_key(&tenant("riverside"), member("ada"), NOW).await.unwrap();
    for sql in [
        "UPDATE tenant_keys SET reservation_wrapped = wrapped",
        "UPDATE tenant_keys SET wrapped = set_byte(wrapped, 20, (get_byte(wrapped, 20) + 1) % 256)",
        "DELETE FROM tenant_keys",
    ] {
        tamper(&database, sql).await;
        let restarted = Vault::open(&database, 1, root.clone()).await.unwrap();
        let error = restarted.data_keys(&[(tenant("riverside"), id)]).await.unwrap_err();
        assert_eq!(error.to_string(), "wrapped keys of tenant `riverside` are missing or damaged", "{sql}");
    }
}

#[tokio::test]
async fn a_lost_database_is_an_error_and_never_an_absent_key() {
    let (vault, database, _root) = vault().await;
    let id = vault.create_data_key(&tenant("riverside"), member("ada"), NOW).await.unwrap();
    tamper(&database, "ALTER TABLE data_keys RENAME TO elsewhere").await;
    let source: &dyn KeySource = &vault;
    let error = source.data_keys(&[(tenant("riverside"), id)]).await.unwrap_err();
    assert_eq!(error.to_string(), "fetch data keys");
    let keeper: &dyn Keeper = &vault;
    assert!(keeper.destroy(&tenant("riverside"), member("ada"), NOW).await.is_err());
}
