//! The life of a membership as its state sees it.

use kindred_eventsourcing::testing::given;
use kindred_ids::{CommandId, derive_root_id};

use super::*;
use crate::domain::value::JoinPolicy;

const NOW: Timestamp = Timestamp::from_millis(10);

fn pair() -> Pair {
    let id = |category| derive_root_id("riverside", "anonymous", CommandId::derived(&[b"x"]), category, 0);
    Pair { community: CommunityId(id("community")), member: MemberId(id("member")) }
}

fn join(policy: JoinPolicy) -> Join {
    Join { pair: pair(), policy, note: None, at: NOW }
}

fn joined() -> Event {
    Event::MemberJoined { pair: pair(), admitted_by: String::new(), at: NOW }
}

#[test]
fn an_open_community_is_joined_at_once_and_only_once() {
    given::<Membership>([]).when(join(JoinPolicy::Open)).then([joined()]);
    given::<Membership>([joined()]).when(join(JoinPolicy::Open)).then_nothing();
}

#[test]
fn approval_waits_and_a_declined_person_can_be_admitted_later() {
    let requested = Event::JoinRequested { pair: pair(), note: None, at: NOW };
    given::<Membership>([]).when(join(JoinPolicy::Approval)).then([requested.clone()]);
    let decide = |admit| DecideJoin { pair: pair(), admit, by: "mod".to_owned(), at: NOW };
    let declined = Event::JoinDeclined { pair: pair(), declined_by: "mod".to_owned(), at: NOW };
    given::<Membership>([requested.clone()]).when(decide(false)).then([declined.clone()]);
    let admitted = Event::MemberJoined { pair: pair(), admitted_by: "mod".to_owned(), at: NOW };
    given::<Membership>([requested, declined]).when(decide(true)).then([admitted]);
    given::<Membership>([]).when(decide(true)).then_err(Refusal::NotPending);
}

#[test]
fn an_invitation_is_needed_where_the_policy_says_so() {
    given::<Membership>([]).when(join(JoinPolicy::Invitation)).then_err(Refusal::InvitationRequired);
    let invited = Event::MemberInvited { pair: pair(), invited_by: "mod".to_owned(), at: NOW };
    given::<Membership>([invited]).when(join(JoinPolicy::Invitation)).then([joined()]);
}

#[test]
fn a_suspended_member_neither_joins_again_nor_slips_out() {
    let reason = Sealed::from_parts(
        kindred_eventsourcing::KeyId(uuid::Uuid::nil()),
        [0; 12],
        vec![],
        kindred_eventsourcing::Fingerprint([0; 16]),
    );
    let suspended = Event::MembershipSuspended { pair: pair(), reason, at: NOW };
    given::<Membership>([joined(), suspended.clone()]).when(join(JoinPolicy::Open)).then_err(Refusal::Suspended);
    given::<Membership>([joined(), suspended]).when(Leave { pair: pair(), at: NOW }).then_err(Refusal::Suspended);
}

#[test]
fn leaving_takes_the_role_away() {
    let role = Event::CommunityRoleSet { pair: pair(), role: CommunityRole::Moderator, at: NOW };
    let left = given::<Membership>([joined(), role.clone()]).when(Leave { pair: pair(), at: NOW });
    let left = left.then([Event::MemberLeft { pair: pair(), at: NOW }]).events;
    let again = [vec![joined(), role], left].concat();
    given::<Membership>(again).when(join(JoinPolicy::Open)).then([joined()]);
    given::<Membership>([]).when(Leave { pair: pair(), at: NOW }).then_err(Refusal::NotMember);
}
