//! Sealing and opening: only the right key at the right place opens, and only what was sealed.

use kindred_eventsourcing::{Fingerprint, KeyId, Sealed};
use kindred_ids::{EntityKey, derive_root_id};
use kindred_vault::{KeyState, Keys, LONGEST_TEXT, OpenError, Opened, Opener, SealError, Sealer, check_size};
use proptest::prelude::*;

use crate::support::{Place, command, data_key, member, tenant};

fn place() -> Place {
    Place::of(&tenant("riverside"), member("ada"))
}

fn sealed(text: &str) -> Sealed {
    Sealer::new(data_key(&place().tenant, place().member, 7)).seal(text, &place().aad()).unwrap()
}

fn open(sealed: &Sealed, place: &Place) -> Result<String, OpenError> {
    let key = data_key(&place.tenant, place.member, 7);
    Opener::new(key).open(sealed, &place.aad()).map(|text| text.to_string())
}

fn damaged<T>(result: &Result<T, OpenError>) -> bool {
    matches!(result, Err(OpenError::Damaged { .. }))
}

proptest! {
    #[test]
    fn what_is_sealed_opens_at_its_place(text in any::<String>(), field in "[a-z_]{1,20}", name in "[a-z]{1,8}") {
        let mut place = Place::of(&tenant("riverside"), member(&name));
        place.field = field;
        let sealed = Sealer::new(data_key(&place.tenant, place.member, 7)).seal(&text, &place.aad()).unwrap();
        prop_assert_eq!(open(&sealed, &place), Ok(text));
    }

    #[test]
    fn no_bytes_panic_the_opener(nonce: [u8; 12], fingerprint: [u8; 16], bytes: Vec<u8>) {
        let sealed = Sealed::from_parts(sealed("").key(), nonce, bytes, Fingerprint(fingerprint));
        prop_assert!(open(&sealed, &place()).is_err());
    }
}

#[test]
fn each_part_of_the_place_is_bound() {
    let text = sealed("I was told on a Tuesday");
    assert_eq!(open(&text, &place()).unwrap(), "I was told on a Tuesday");
    let home = place();
    // The same key material under another tenant or owner: as if rows had been swapped.
    let tenant_moved = Place { tenant: tenant("lakeside"), ..home.clone() };
    let owner_moved = Place { member: member("bea"), ..home.clone() };
    let other = derive_root_id("riverside", "anonymous", command("other"), "thread", 0);
    let entity_moved = Place { entity: EntityKey::new(home.tenant.clone(), "thread", other), ..home.clone() };
    let id = home.entity.id().unwrap();
    let category_moved = Place { entity: EntityKey::new(home.tenant.clone(), "comment", id), ..home.clone() };
    let scope_moved = Place { entity: EntityKey::new(tenant("lakeside"), "thread", id), ..home.clone() };
    let command_moved = Place { command_id: command("again"), ..home.clone() };
    let field_moved = Place { field: "title".to_owned(), ..home };
    let places = [tenant_moved, owner_moved, entity_moved, category_moved, scope_moved, command_moved, field_moved];
    for (number, place) in places.iter().enumerate() {
        assert!(damaged(&open(&text, place)), "place {number} opened it");
    }
}

#[test]
fn every_changed_byte_is_seen() {
    let text = sealed("the second biopsy");
    let (key, nonce, body, fingerprint) = (text.key(), *text.nonce(), text.ciphertext().to_vec(), text.fingerprint().0);
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    for at in 0..body.len() {
        let changed = Sealed::from_parts(key, nonce, flipped(&body, at), Fingerprint(fingerprint));
        assert!(damaged(&open(&changed, &place())), "byte {at} of the ciphertext");
    }
    for at in 0..12 {
        let nonce = flipped(&nonce, at).try_into().unwrap();
        let changed = Sealed::from_parts(key, nonce, body.clone(), Fingerprint(fingerprint));
        assert!(damaged(&open(&changed, &place())), "byte {at} of the nonce");
    }
    for at in 0..16 {
        let fingerprint = Fingerprint(flipped(&fingerprint, at).try_into().unwrap());
        let changed = Sealed::from_parts(key, nonce, body.clone(), fingerprint);
        assert!(damaged(&open(&changed, &place())), "byte {at} of the fingerprint");
    }
    let longer = Sealed::from_parts(key, nonce, [&body[..], &[0]].concat(), Fingerprint(fingerprint));
    let shorter = Sealed::from_parts(key, nonce, body[..body.len() - 1].to_vec(), Fingerprint(fingerprint));
    assert!(damaged(&open(&longer, &place())) && damaged(&open(&shorter, &place())));
}

#[test]
fn a_key_opens_and_seals_only_what_is_its_owners() {
    let home = place();
    let ours = data_key(&home.tenant, home.member, 7);
    let theirs = Place::of(&home.tenant, member("bea"));
    assert_eq!(Sealer::new(ours.clone()).seal("x", &theirs.aad()), Err(SealError::OtherOwner(ours.id())));
    assert_eq!(Opener::new(ours.clone()).open(&sealed("x"), &theirs.aad()), Err(OpenError::OtherOwner(ours.id())));
    let other = data_key(&home.tenant, home.member, 8);
    let wrong = OpenError::OtherKey { sealed: ours.id(), given: other.id() };
    assert_eq!(Opener::new(other).open(&sealed("x"), &home.aad()), Err(wrong));
}

#[test]
fn fingerprints_tell_equal_texts_of_one_person_and_field_and_nothing_else() {
    let home = place();
    assert_eq!(sealed("same").fingerprint(), sealed("same").fingerprint());
    assert_eq!(sealed("same"), sealed("same"));
    assert_ne!(sealed("same").ciphertext(), sealed("same").ciphertext(), "a nonce was used twice");
    assert_ne!(sealed("same").fingerprint(), sealed("sane").fingerprint());
    let ours = Sealer::new(data_key(&home.tenant, home.member, 7));
    let in_title = ours.seal("same", &home.aad().field("title")).unwrap();
    assert_ne!(sealed("same").fingerprint(), in_title.fingerprint());
    let shifted = |field: &str, text: &str| ours.seal(text, &home.aad().field(field)).unwrap().fingerprint();
    assert_ne!(shifted("ab", "c"), shifted("a", "bc"));
    let bea = Place::of(&home.tenant, member("bea"));
    let of_bea = Sealer::new(data_key(&bea.tenant, bea.member, 8)).seal("same", &bea.aad()).unwrap();
    assert_ne!(sealed("same").fingerprint(), of_bea.fingerprint());
}

#[test]
fn a_text_past_the_limit_is_refused_by_name() {
    let sealer = Sealer::new(data_key(&place().tenant, place().member, 7));
    let longest = sealer.seal(&"a".repeat(LONGEST_TEXT), &place().aad()).unwrap();
    assert_eq!(check_size(&longest), Ok(()));
    assert_eq!(open(&longest, &place()).unwrap().len(), LONGEST_TEXT);
    let refusal = sealer.seal(&"a".repeat(LONGEST_TEXT + 1), &place().aad()).unwrap_err();
    assert_eq!(refusal.to_string(), "text of 98305 bytes in `body` is longer than can be sealed (98304)");
    let oversized = Sealed::from_parts(longest.key(), [0; 12], vec![0; LONGEST_TEXT + 17], Fingerprint([0; 16]));
    assert_eq!(check_size(&oversized), Err(OpenError::Size(LONGEST_TEXT + 17)));
    let stub = Sealed::from_parts(longest.key(), [0; 12], vec![0; 15], Fingerprint([0; 16]));
    assert_eq!(check_size(&stub), Err(OpenError::Size(15)));
}

#[test]
fn a_set_of_keys_opens_redacts_and_says_what_was_not_asked() {
    let home = place();
    let text = sealed("mine");
    let with = |state| -> Keys { [((home.tenant.clone(), text.key()), state)].into_iter().collect() };
    let live = with(KeyState::Live(data_key(&home.tenant, home.member, 7)));
    assert_eq!(live.open(&text, &home.aad()).unwrap().text(), Some("mine"));
    assert_eq!(with(KeyState::Destroyed).open(&text, &home.aad()), Ok(Opened::Redacted));
    assert_eq!(with(KeyState::Unknown).open(&text, &home.aad()), Ok(Opened::Redacted));
    assert_eq!(Keys::default().open(&text, &home.aad()), Err(OpenError::NotAsked(text.key())));
}

#[test]
fn nothing_secret_is_printed() {
    let home = place();
    let key = data_key(&home.tenant, home.member, 7);
    let opened = Opened::Text(kindred_vault::Zeroizing::new("the biopsy".to_owned()));
    let printed = format!(
        "{key:?} {:?} {:?} {:?} {:?} {opened:?} {:?}",
        key.secret(),
        Sealer::new(key.clone()),
        Opener::new(key.clone()),
        KeyState::Live(key.clone()),
        sealed("the biopsy"),
    );
    assert_eq!(
        printed.matches("7, 7").count() + printed.matches("0707").count() + printed.matches("biopsy").count(),
        0
    );
    assert!(printed.contains("Secret(..)") && printed.contains("Text(..)"), "{printed}");
    assert_eq!(KeyId(uuid::Uuid::from_u128(7)), key.id());
}
