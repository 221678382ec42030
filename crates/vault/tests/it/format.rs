//! Frozen bytes: a change here would make every sealed text of every log unreadable, or
//! let a taken handle be taken again. The bytes come from another implementation.

use kindred_eventsourcing::{Fingerprint, Sealed};
use kindred_ids::{CommandId, EntityId, EntityKey, MemberId};
use kindred_vault::{Aad, FileRootKey, Opener, RootKey, Sealer, Secret, TenantReservationKey};

use crate::support::{data_key, tenant};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn a_text_sealed_by_the_first_release_opens() {
    let tenant = tenant("riverside");
    let member = MemberId("0c0102030405860788090a0b0c0d0e0f".parse().unwrap());
    let thread: EntityId = "1c0102030405860788090a0b0c0d0e0f".parse().unwrap();
    let command = CommandId::new(uuid::Uuid::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f)).unwrap();
    let entity = EntityKey::new(tenant.clone(), "thread", thread);
    let aad = Aad::of(&tenant, member, &entity, command, "body");
    let key = data_key(&tenant, member, 7);
    let sealed = Sealed::from_parts(
        key.id(),
        [9; 12],
        unhex("0b9711845c49e6f6bb0546d59f0fffa302a3b0f64bf9822fc7900f"),
        Fingerprint(unhex("903fd150c26acbf6ba4f6aa05891613e").try_into().unwrap()),
    );
    assert_eq!(Sealer::new(key.clone()).seal("first words", &aad).unwrap().fingerprint(), sealed.fingerprint());
    assert_eq!(*Opener::new(key).open(&sealed, &aad).unwrap(), "first words");
}

#[test]
fn a_digest_of_a_unique_value_stays() {
    let key = TenantReservationKey::new(Secret::from_slice(&[3; 32]).unwrap());
    let email = key.reservation_key("email", "ada@example.org");
    assert_eq!(email.kind, "email");
    assert_eq!(hex(&email.digest), "aee62bd62bd1d9920209385026308b34");
    assert_ne!(key.reservation_key("handle", "ada@example.org").digest, email.digest);
    assert_ne!(key.reservation_key("email", "bea@example.org").digest, email.digest);
    let other = TenantReservationKey::new(Secret::from_slice(&[4; 32]).unwrap());
    assert_ne!(other.reservation_key("email", "ada@example.org").digest, email.digest);
}

#[tokio::test]
async fn a_key_wrapped_by_the_first_release_unwraps() {
    let root = FileRootKey::from_secret(Secret::from_slice(&[5; 32]).unwrap());
    assert_eq!(root.name(), "file:73f8d8e5c1ee");
    let key = root.unwrap(&unhex("010a0a0a0a0a0a0a0a0a0a0a0adcf7b34fb514ab44c6097b4177590174727726f8964b82c53527ddbdaf9f3e48b7820f3eacfde0e551c1a8977060fbac"), b"what it is").await.unwrap();
    assert_eq!(key.expose(), &[6; 32]);
    assert!(root.unwrap(&unhex("010a0a0a0a0a0a0a0a0a0a0a0adcf7b34fb514ab44c6097b4177590174727726f8964b82c53527ddbdaf9f3e48b7820f3eacfde0e551c1a8977060fbac"), b"something else").await.is_err());
}
