//! Every event of membership reads back as it was written.

use kindred_eventsourcing::{Contract, DomainEvent, Fingerprint, KeyId, Sealed, Timestamp};
use kindred_ids::{CommandId, CommunityId, EntityId, MemberId, derive_root_id};
use uuid::Uuid;

use crate::domain::value::{CommunityRole, FieldKind, JoinPolicy, TenantRole, Visibility};
use crate::domain::{block, community, consent, member, membership, programme, session, sign_in_link, tenant};

const AT: Timestamp = Timestamp::from_millis(12);
const KEY: KeyId = KeyId(Uuid::from_u128(9));

fn entity(category: &str) -> EntityId {
    derive_root_id("riverside", "anonymous", CommandId::derived(&[b"x"]), category, 0)
}

fn sealed(seed: u8) -> Sealed {
    Sealed::from_parts(KEY, [seed; 12], vec![seed; 20], Fingerprint([seed; 16]))
}

/// Every event reads back as it was written, under its own name.
#[track_caller]
fn read_back<D: Contract>(events: impl IntoIterator<Item = D::Event>)
where
    D::Event: std::fmt::Debug + PartialEq,
{
    for event in events {
        let record = D::encode(&event);
        assert_eq!(record.event_type, event.event_type());
        assert_eq!(D::decode(&record).expect("reads back"), event);
        let newer = kindred_eventsourcing::Record { version: 99, ..record.clone() };
        assert!(D::decode(&newer).is_err(), "a version from the future was read");
        let broken = kindred_eventsourcing::Record { data: vec![0xff; 3].into(), ..record };
        assert!(D::decode(&broken).is_err(), "broken bytes were read");
    }
}

#[test]
fn events_of_programmes_tenants_and_communities_read_back() {
    let (programme, tenant) = ("north".parse().expect("a slug"), "riverside".parse().expect("a slug"));
    read_back::<programme::Programme>([programme::Event::ProgrammeCreated {
        programme: "north".parse().expect("a slug"),
        name: "North".to_owned(),
        at: AT,
    }]);
    let profile = tenant::Profile { name: "Riverside".to_owned(), hue: 20, open_registration: true };
    read_back::<tenant::Tenant>([
        tenant::Event::TenantCreated { tenant, programme, profile, at: AT },
        tenant::Event::TenantSuspended { reason: "unpaid".to_owned(), at: AT },
        tenant::Event::TenantResumed { at: AT },
    ]);
    let profile = community::Profile {
        name: "Thyroid circle".to_owned(),
        purpose: "Living with it".to_owned(),
        join_policy: JoinPolicy::Approval,
        guidelines: String::new(),
    };
    read_back::<community::Community>([
        community::Event::CommunityCreated { profile: profile.clone(), at: AT },
        community::Event::CommunityChanged { profile, at: AT },
    ]);
}

#[test]
fn events_of_members_read_back() {
    let registration = member::Registration {
        email: sealed(1),
        handle: sealed(2),
        name: Some(sealed(3)),
        email_digest: [4; 16],
        handle_digest: [5; 16],
        roles: vec![TenantRole::PrivacyOfficer],
        key: KEY,
        at: AT,
    };
    let field = member::Field { kind: FieldKind::Condition, visibility: Visibility::Matched, content: sealed(6) };
    read_back::<member::Member>([
        member::Event::MemberRegistered(Box::new(registration)),
        member::Event::ProfileReplaced { fields: vec![field], at: AT },
        member::Event::MemberSuspended { reason: sealed(7), at: AT },
        member::Event::MemberReinstated { at: AT },
        member::Event::TenantRoleGranted { role: TenantRole::Administrator, at: AT },
        member::Event::TenantRoleRevoked { role: TenantRole::Administrator, at: AT },
        member::Event::MemberErased { key: KEY, at: AT },
        member::Event::DataKeyDestroyed { key: KEY, at: AT },
        member::Event::ErasureConfirmed { context: "posting".to_owned(), at: AT },
        member::Event::ErasureCertified { at: AT },
    ]);
    let (member, purpose) = (MemberId(entity("member")), consent::Purpose::Matching.as_str().to_owned());
    read_back::<consent::Consent>([
        consent::Event::ConsentGiven { member, purpose: purpose.clone(), text_version: 1, at: AT },
        consent::Event::ConsentWithdrawn { member, purpose, at: AT },
    ]);
    let blocked = MemberId(entity("other"));
    read_back::<block::Block>([
        block::Event::MemberBlocked { member, blocked, at: AT },
        block::Event::MemberUnblocked { member, blocked, at: AT },
    ]);
}

#[test]
fn events_of_memberships_and_sign_in_read_back() {
    let (community, member) = (CommunityId(entity("community")), MemberId(entity("member")));
    let (pair, by) = (membership::Pair { community, member }, "someone".to_owned());
    read_back::<membership::Membership>([
        membership::Event::JoinRequested { pair, note: Some(sealed(1)), at: AT },
        membership::Event::JoinRequested { pair, note: None, at: AT },
        membership::Event::MemberInvited { pair, invited_by: by.clone(), at: AT },
        membership::Event::MemberJoined { pair, admitted_by: by.clone(), at: AT },
        membership::Event::JoinDeclined { pair, declined_by: by, at: AT },
        membership::Event::MemberLeft { pair, at: AT },
        membership::Event::MembershipSuspended { pair, reason: sealed(2), at: AT },
        membership::Event::MembershipReinstated { pair, at: AT },
        membership::Event::CommunityRoleSet { pair, role: CommunityRole::Mentor, at: AT },
    ]);
    read_back::<session::Session>([
        session::Event::SessionOpened { member, secret_hash: [1; 32], authenticated_at: AT, expires_at: AT },
        session::Event::SessionClosed { at: AT },
    ]);
    read_back::<sign_in_link::SignInLink>([
        sign_in_link::Event::SignInLinkIssued { member, secret_hash: [1; 32], expires_at: AT, at: AT },
        sign_in_link::Event::SignInLinkRedeemed { at: AT },
    ]);
}
