//! Tokens: what is in them, what is refused, and for how long they count.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, SessionId, TenantSlug};
use serde_json::{Value, json};

use super::*;
use crate::clock::{Clock as _, FixedClock};

const NOW: i64 = 1_800_000_000_000;
const MEMBER: &str = "0123456789ab8def8123456789abcdef";
const SESSION: &str = "fedcba98765488108123456789abcdef";

struct Fixture {
    clock: Arc<FixedClock>,
    gateway: Issuer,
    posting: Issuer,
    operator: Issuer,
    stranger: SigningKey,
    verifier: Verifier,
}

fn fixture() -> Fixture {
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW)));
    let mut trust = Trust::new();
    let mut issuer = |role| {
        let (key, _pem) = SigningKey::generate().expect("a key");
        trust = std::mem::take(&mut trust).with(role, key.public());
        Issuer::new(role, key, clock.clone())
    };
    let (gateway, posting, operator) = (issuer(Role::Gateway), issuer(Role::Posting), issuer(Role::Operator));
    let (stranger, _pem) = SigningKey::generate().expect("a key");
    Fixture { clock, gateway, posting, operator, stranger, verifier: Verifier::new(trust) }
}

fn claims() -> MemberClaims {
    MemberClaims {
        tenant: "riverside".parse().expect("a slug"),
        member: MEMBER.parse().expect("a member id"),
        session: SESSION.parse().expect("a session id"),
        roles: BTreeSet::from([TenantRole::PrivacyOfficer]),
        authenticated_at: Timestamp::from_millis(NOW - 60_000),
    }
}

fn member_payload() -> Value {
    json!({
        "iss": "gateway", "kind": "member", "tenant": "riverside", "member": MEMBER, "session": SESSION,
        "roles": ["privacy_officer"], "auth": NOW - 60_000, "iat": NOW, "exp": NOW + 300_000,
    })
}

/// Signs any text as a payload, as an issuer gone wrong would.
fn sign_raw(key: &SigningKey, payload: &str) -> String {
    let signed = format!("kct1.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn with(changes: Value) -> String {
    let mut payload = member_payload();
    for (key, value) in changes.as_object().expect("an object") {
        match value {
            Value::Null => payload.as_object_mut().expect("an object").remove(key),
            value => payload.as_object_mut().expect("an object").insert(key.clone(), value.clone()),
        };
    }
    payload.to_string()
}

impl Fixture {
    fn verify(&self, token: &str) -> Result<Caller, TokenError> {
        Caller::verify(&self.verifier, token, None, self.clock.now())
    }
}

#[test]
fn a_members_token_says_who_they_are() {
    let fixture = fixture();
    let scopes = BTreeSet::from(["read".to_owned()]);
    let token = fixture.gateway.member(&claims(), &scopes, Duration::from_secs(60));
    let caller = fixture.verify(token.as_str()).expect("a good token");
    assert_eq!(caller.subject(), &Subject::Member(claims()));
    assert_eq!(caller.actor().0, MEMBER);
    assert!(caller.has_scope("read") && !caller.has_scope("write"));
    assert!(caller.has_role(TenantRole::PrivacyOfficer) && !caller.has_role(TenantRole::Administrator));
    assert_eq!(caller.expires_at().millis(), NOW + 60_000);
}

#[test]
fn every_kind_of_subject_survives_its_token() {
    let fixture = fixture();
    let riverside: TenantSlug = "riverside".parse().expect("a slug");
    let rows = [
        (fixture.gateway.anonymous(None), Subject::Anonymous { tenant: None }),
        (fixture.gateway.anonymous(Some(&riverside)), Subject::Anonymous { tenant: Some(riverside) }),
        (fixture.posting.service(), Subject::Service(Role::Posting)),
        (fixture.operator.operator("ada"), Subject::Operator { name: "ada".into() }),
    ];
    for (token, subject) in rows {
        assert_eq!(fixture.verify(token.as_str()).expect("a good token").subject(), &subject);
    }
}

#[test]
fn a_token_that_is_not_right_in_every_way_is_refused() {
    use TokenError::*;
    let fixture = fixture();
    let key = |issuer: &Issuer, payload: String| issuer.sign_text(&payload);
    let gateway = |changes: Value| key(&fixture.gateway, with(changes));
    let good = gateway(json!({}));
    assert!(fixture.verify(&good).is_ok(), "the base of the table must hold");
    let (signed, signature) = good.rsplit_once('.').expect("two dots");
    let other_payload = URL_SAFE_NO_PAD.encode(with(json!({"roles": ["administrator"]})));
    let rs = |character: char| good.replacen("kct1", &format!("kct{character}"), 1);

    let rows: Vec<(&str, String, TokenError)> = vec![
        ("empty", String::new(), Malformed),
        ("no dots", "kct1".into(), Malformed),
        ("prefix only", "kct1..".into(), Malformed),
        ("other version", rs('2'), Malformed),
        ("no prefix", good.trim_start_matches("kct1.").into(), Malformed),
        ("a part more", format!("{good}.AAAA"), Malformed),
        ("a JWT without algorithm", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJnYXRld2F5In0.".into(), Malformed),
        ("cut signature", format!("{signed}.{}", URL_SAFE_NO_PAD.encode([7; 60])), BadSignature),
        ("cut in the middle of a byte", good[..good.len() - 1].into(), Malformed),
        ("cut payload", format!("{}.{signature}", &signed[..signed.len() - 4]), Malformed),
        ("no signature", format!("{signed}."), BadSignature),
        ("signature of zeros", format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 64])), BadSignature),
        ("other payload, same signature", format!("kct1.{other_payload}.{signature}"), BadSignature),
        ("payload padded", format!("kct1.{}==.{signature}", &signed[5..]), Malformed),
        ("standard base64", format!("{signed}.{}", STANDARD.encode([0xff; 64])), Malformed),
        ("padded base64", format!("{signed}.{}", URL_SAFE.encode([0xff; 64])), Malformed),
        ("white space", format!(" {good}"), Malformed),
        ("line break inside", good.replacen('.', ".\n", 1), Malformed),
        ("one megabyte", format!("kct1.{}", "A".repeat(1 << 20)), TooLarge),
        ("signed by a stranger", sign_raw(&fixture.stranger, &with(json!({}))), BadSignature),
        ("signed by another trusted key", key(&fixture.posting, with(json!({}))), BadSignature),
        ("issuer that nobody knows", gateway(json!({"iss": "root"})), UnknownIssuer),
        ("issuer without a key here", gateway(json!({"iss": "matching"})), UnknownIssuer),
        ("issuer missing", gateway(json!({"iss": null})), Malformed),
        ("issuer like a path", gateway(json!({"iss": "../gateway"})), UnknownIssuer),
        ("unknown claim", gateway(json!({"admin": true})), Malformed),
        ("unknown kind", gateway(json!({"kind": "root"})), Malformed),
        ("kind missing", gateway(json!({"kind": null})), Malformed),
        ("tenant missing", gateway(json!({"tenant": null})), Malformed),
        ("tenant as a list", gateway(json!({"tenant": ["riverside", "hill"]})), Malformed),
        ("tenant no slug", gateway(json!({"tenant": "_"})), Malformed),
        ("member missing", gateway(json!({"member": null})), Malformed),
        ("member no entity", gateway(json!({"member": "7d4448409dc011d1b2455ffdce74fad2"})), Malformed),
        ("session missing", gateway(json!({"session": null})), Malformed),
        ("authentication time missing", gateway(json!({"auth": null})), Malformed),
        ("unknown role", gateway(json!({"roles": ["root"]})), Malformed),
        ("role twice", gateway(json!({"roles": ["administrator", "administrator"]})), Malformed),
        ("member with a service's name", gateway(json!({"name": "posting"})), Malformed),
        ("scope twice", gateway(json!({"scopes": ["a", "a"]})), Malformed),
        ("scope with a space", gateway(json!({"scopes": ["a b"]})), Malformed),
        ("expiry missing", gateway(json!({"exp": null})), Malformed),
        ("issue time missing", gateway(json!({"iat": null})), Malformed),
        ("expiry as text", gateway(json!({"exp": "never"})), Malformed),
        (
            "expiry beyond all numbers",
            key(&fixture.gateway, with(json!({})).replace(&(NOW + 300_000).to_string(), "1e400")),
            Malformed,
        ),
        ("expired", gateway(json!({"iat": NOW - 300_000, "exp": NOW - 5_000})), Expired),
        ("not begun", gateway(json!({"iat": NOW + 5_001, "exp": NOW + 300_000})), NotYetValid),
        ("longer than five minutes", gateway(json!({"exp": NOW + 300_001})), TooLongLived),
        ("for ever", gateway(json!({"exp": i64::MAX})), TooLongLived),
        ("from the beginning of time", gateway(json!({"iat": i64::MIN})), Malformed),
        ("over before it begins", gateway(json!({"exp": NOW - 1})), Malformed),
        ("no time at all", gateway(json!({"exp": NOW})), Malformed),
        ("service speaks for a member", key(&fixture.posting, with(json!({"iss": "posting"}))), NotForIssuer),
        ("operator speaks for a member", key(&fixture.operator, with(json!({"iss": "operator"}))), NotForIssuer),
        ("gateway speaks for an operator", key(&fixture.gateway, bare("gateway", "operator", "ada")), NotForIssuer),
        ("gateway speaks for a service", key(&fixture.gateway, bare("gateway", "service", "posting")), NotForIssuer),
        ("service speaks for another", key(&fixture.posting, bare("posting", "service", "membership")), NotForIssuer),
        ("operator as a service", key(&fixture.operator, bare("operator", "service", "operator")), NotForIssuer),
        ("operator with a line break", key(&fixture.operator, bare("operator", "operator", "a\nb")), Malformed),
        ("operator without a name", key(&fixture.operator, bare("operator", "operator", "")), Malformed),
        ("a claim twice", key(&fixture.gateway, with(json!({})).replacen('{', "{\"kind\":\"member\",", 1)), Malformed),
        ("two payloads", key(&fixture.gateway, format!("{}{}", with(json!({})), with(json!({})))), Malformed),
        ("nothing in it", key(&fixture.gateway, "{}".into()), Malformed),
        ("a list", key(&fixture.gateway, "[]".into()), Malformed),
        ("nested without end", key(&fixture.gateway, "[".repeat(1_000)), Malformed),
        ("not UTF-8", fixture.gateway.sign_bytes(&[b'{', 0xff, 0xfe, b'}']), Malformed),
    ];
    for (what, token, expected) in &rows {
        assert_eq!(fixture.verify(token).map(|_| ()), Err(*expected), "{what}");
    }
    assert!(rows.len() >= 60);
}

fn bare(iss: &str, kind: &str, name: &str) -> String {
    json!({"iss": iss, "kind": kind, "name": name, "iat": NOW, "exp": NOW + 1_000}).to_string()
}

impl Issuer {
    fn sign_text(&self, payload: &str) -> String {
        self.sign_bytes(payload.as_bytes())
    }

    fn sign_bytes(&self, payload: &[u8]) -> String {
        self.sign_encoded(format!("kct1.{}", URL_SAFE_NO_PAD.encode(payload))).as_str().to_owned()
    }
}

#[test]
fn clocks_may_differ_by_five_seconds_and_no_more() {
    let fixture = fixture();
    let token = fixture.gateway.member(&claims(), &BTreeSet::new(), Duration::from_secs(60));
    let rows = [
        (-5_001, Err(TokenError::NotYetValid)),
        (-5_000, Ok(())),
        (0, Ok(())),
        (64_999, Ok(())),
        (65_000, Err(TokenError::Expired)),
    ];
    for (offset, expected) in rows {
        fixture.clock.set(Timestamp::from_millis(NOW + offset));
        assert_eq!(fixture.verify(token.as_str()).map(|_| ()), expected, "{offset} ms from issue");
    }
}

#[test]
fn a_remembered_token_still_expires() {
    let fixture = fixture();
    let token = fixture.gateway.member(&claims(), &BTreeSet::new(), Duration::from_secs(60));
    assert!(fixture.verify(token.as_str()).is_ok());
    fixture.clock.advance_millis(70_000);
    assert_eq!(fixture.verify(token.as_str()).map(|_| ()), Err(TokenError::Expired));
}

#[test]
fn a_key_can_be_rotated_and_then_no_longer_counts() {
    let fixture = fixture();
    let (old, new) = (SigningKey::generate().expect("a key").0, SigningKey::generate().expect("a key").0);
    let during = Verifier::new(Trust::new().with(Role::Gateway, old.public()).with(Role::Gateway, new.public()));
    let after = Verifier::new(Trust::new().with(Role::Gateway, new.public()));
    let token = sign_raw(&old, &with(json!({})));
    let verify =
        |verifier: &Verifier, token: &str| Caller::verify(verifier, token, None, fixture.clock.now()).map(|_| ());
    assert_eq!(verify(&during, &token), Ok(()));
    assert_eq!(verify(&during, &sign_raw(&new, &with(json!({})))), Ok(()));
    assert_eq!(verify(&after, &token), Err(TokenError::BadSignature));
}

#[test]
fn a_service_acts_for_a_member_only_with_its_own_token_beside() {
    let fixture = fixture();
    let now = fixture.clock.now();
    let member = fixture.gateway.member(&claims(), &BTreeSet::new(), Duration::from_secs(60));
    let service = fixture.posting.service();
    let caller = Caller::verify(&fixture.verifier, member.as_str(), Some(service.as_str()), now).expect("two tokens");
    assert_eq!((caller.via(), caller.subject()), (Some(Role::Posting), &Subject::Member(claims())));
    for (beside, expected) in [
        (member.as_str(), TokenError::NotAService),
        (fixture.operator.operator("ada").as_str(), TokenError::NotAService),
        ("nonsense", TokenError::Malformed),
        ("", TokenError::Malformed),
    ] {
        let refused = Caller::verify(&fixture.verifier, member.as_str(), Some(beside), now).map(|_| ());
        assert_eq!(refused, Err(expected));
    }
}

#[test]
fn a_services_own_token_is_kept_until_it_is_nearly_over() {
    let fixture = fixture();
    let first = fixture.posting.service();
    fixture.clock.advance_millis(239_999);
    assert!(fixture.posting.service() == first);
    fixture.clock.advance_millis(1);
    let second = fixture.posting.service();
    assert!(second != first);
    assert!(fixture.verify(second.as_str()).is_ok());
}

#[test]
fn whoever_is_revoked_is_refused_until_readmitted() {
    let tenant: TenantSlug = "riverside".parse().expect("a slug");
    let other: TenantSlug = "hill".parse().expect("a slug");
    let member: MemberId = MEMBER.parse().expect("a member id");
    let session: SessionId = SESSION.parse().expect("a session id");
    let revocations = Revocations::new();
    let reason = || revocations.check(&Subject::Member(claims())).map_err(|error| error.reason().to_owned());
    assert_eq!(reason(), Ok(()));
    revocations.bar_member(&other, member);
    revocations.bar_tenant(&other);
    revocations.end_session(&other, session, Timestamp::from_millis(NOW));
    assert_eq!(reason(), Ok(()), "another tenant's news");
    revocations.end_session(&tenant, session, Timestamp::from_millis(NOW));
    assert_eq!(reason(), Err("SESSION_ENDED".into()));
    revocations.bar_member(&tenant, member);
    assert_eq!(reason(), Err("MEMBER_BARRED".into()));
    revocations.bar_tenant(&tenant);
    assert_eq!(reason(), Err("TENANT_SUSPENDED".into()));
    let stranger = Subject::Anonymous { tenant: Some(tenant.clone()) };
    assert!(revocations.check(&stranger).is_err(), "a suspended tenant's pages are shut to strangers too");
    assert!(revocations.check(&Subject::Service(Role::Posting)).is_ok());
    revocations.readmit_tenant(&tenant);
    revocations.readmit_member(&tenant, member);
    assert_eq!(reason(), Err("SESSION_ENDED".into()));
    revocations.forget_sessions_ended(Timestamp::from_millis(NOW + 1));
    assert_eq!(reason(), Ok(()));
}

#[test]
fn a_key_survives_its_file_and_is_never_printed() {
    let (key, pem) = SigningKey::generate().expect("a key");
    let again: SigningKey = pem.parse().expect("the PEM text");
    assert_eq!(again.public(), key.public());
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    assert_eq!(bare.parse::<SigningKey>().expect("bare base64").public(), key.public());
    assert_eq!(key.public().to_string().parse::<PublicKey>().expect("base64"), key.public());
    let issuer = Issuer::new(Role::Posting, again, Arc::new(FixedClock::default()));
    let printed = format!("{key:?} {issuer:?} {:?}", issuer.service());
    // Header and private half: the first 48 bytes, 64 characters.
    assert!(bare.as_bytes()[..64].windows(12).all(|part| !printed.contains(std::str::from_utf8(part).expect("ASCII"))));
    assert!(!printed.contains("kct1"));
}

#[test]
fn a_statement_counts_for_its_kind_and_key_alone() {
    let (key, _pem) = SigningKey::generate().expect("a key");
    let (other, _pem) = SigningKey::generate().expect("a key");
    let signature = key.sign_statement("heads", b"posting");
    assert!(key.public().verifies_statement("heads", b"posting", &signature));
    for (kind, statement) in [("heads", "posting "), ("head", "sposting"), ("other", "posting"), ("", "posting")] {
        assert!(!key.public().verifies_statement(kind, statement.as_bytes(), &signature), "{kind} {statement}");
    }
    assert!(!other.public().verifies_statement("heads", b"posting", &signature));
    for wrong in ["", "nonsense", &signature[1..], &STANDARD.encode([0; 64])] {
        assert!(!key.public().verifies_statement("heads", b"posting", wrong), "{wrong}");
    }
    let issuer = Issuer::new(Role::Posting, key, Arc::new(FixedClock::default()));
    assert_eq!(issuer.statement("heads", b"posting"), signature, "Ed25519 draws nothing");
}

#[test]
fn a_text_that_is_no_key_is_refused() {
    for bad in ["", "x", "AAAA", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
        assert!(matches!(bad.parse::<SigningKey>(), Err(KeyError::NotAPrivateKey)), "{bad:?}");
        assert!(matches!(bad.parse::<PublicKey>(), Err(KeyError::NotAPublicKey)), "{bad:?}");
    }
    let missing = SigningKey::load(std::path::Path::new("no-such-file.pem"));
    assert!(matches!(missing, Err(KeyError::Read { .. })));
}

mod tenants {
    use super::*;

    #[test]
    fn a_members_tenant_is_their_own_whatever_the_request_says() {
        let fixture = fixture();
        let token = fixture.gateway.member(&claims(), &BTreeSet::new(), Duration::from_secs(60));
        let caller = fixture.verify(token.as_str()).expect("a good token");
        assert_eq!(caller.tenant_for("").expect("own").as_str(), "riverside");
        assert_eq!(caller.tenant_for("riverside").expect("own").as_str(), "riverside");
        assert_eq!(caller.tenant_for("hill").expect_err("another's").reason(), "TENANT_UNKNOWN");
        assert_eq!(caller.tenant_for("No Slug").expect_err("no slug").reason(), "TENANT_MALFORMED");
    }

    #[test]
    fn services_and_operators_must_say_which_tenant_they_mean() {
        let fixture = fixture();
        for token in [fixture.posting.service(), fixture.operator.operator("ada")] {
            let caller = fixture.verify(token.as_str()).expect("a good token");
            assert_eq!(caller.tenant_for("hill").expect("named").as_str(), "hill");
            assert_eq!(caller.tenant().expect_err("none named").reason(), "TENANT_MISSING");
            assert_eq!(caller.member().map(|_| ()).expect_err("no member").reason(), "MEMBERS_ONLY");
        }
    }
}

#[test]
fn a_call_passed_on_has_only_the_time_that_is_left() {
    let fixture = fixture();
    let token = fixture.gateway.member(&claims(), &BTreeSet::new(), Duration::from_secs(60));
    let mut caller = fixture.verify(token.as_str()).expect("a good token");
    assert!(caller.request(()).metadata().get("grpc-timeout").is_none());
    caller.deadline = Some(std::time::Instant::now() + Duration::from_secs(5));
    let left = caller.request(()).metadata().get("grpc-timeout").cloned().expect("a timeout");
    let micros: u64 = left.to_str().expect("ASCII").trim_end_matches('u').parse().expect("microseconds");
    assert!((4_000_000..=5_000_000).contains(&micros), "{left:?}");
    caller.deadline = Some(std::time::Instant::now());
    let left = caller.request(()).metadata().get("grpc-timeout").cloned().expect("a timeout");
    assert!(left.to_str().expect("ASCII").starts_with('0'), "{left:?}");
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(10_000))]

    #[test]
    fn no_text_makes_the_token_parser_panic(text in "(kct1\\.)?.{0,60}(\\..{0,40})?") {
        let _refused = token::Unverified::parse(&text).map(|_| ());
    }

    #[test]
    fn no_signed_payload_makes_the_claims_parser_panic(
        iss in "gateway|operator|posting|.{0,9}", kind in "member|service|operator|anonymous|.{0,9}",
        name in proptest::option::of(".{0,70}"), tenant in proptest::option::of("riverside|.{0,50}"),
        roles in proptest::collection::vec("administrator|.{0,9}", 0..3), iat in proptest::num::i64::ANY,
        exp in proptest::num::i64::ANY,
    ) {
        let payload = json!({"iss": iss, "kind": kind, "name": name, "tenant": tenant, "roles": roles, "iat": iat, "exp": exp});
        let payload: token::Payload = match serde_json::from_value(payload) {
            Ok(payload) => payload,
            Err(_) => return Ok(()),
        };
        // What passes is a closed, small thing: nothing of it is longer than what it names.
        if let Ok(claims) = payload.claims() {
            proptest::prop_assert!(!matches!(claims.subject, Subject::Member(_)), "a member without a session");
        }
    }
}
