//! Replicas that share the tenants among them.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kindred_ids::{MemberId, TenantSlug};
use kindred_proto::matching::matching_client::MatchingClient;
use kindred_proto::matching::{FindPeopleRequest, ListIntroductionsRequest};
use kindred_service_kit::caller::{Issuer, MemberClaims, Role};
use kindred_service_kit::config::{Bounded, Peer, Replicas, Server};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::grpc::{Credentials, Forwarding, PlacedChannel, channel, checked, forwarding, placed_channel};
use kindred_service_kit::placement::{Layout, Placement, Share};
use tonic::{Code, Response, Status};
use uuid::Uuid;

use crate::support::{ANSWER, Keys, Platform, assert_refused, claims, plain_peer, settings};

/// Replicas, each of which knows where the others are.
struct Fleet {
    keys: Keys,
    placement: Placement,
    split: Vec<TenantSlug>,
    addresses: Vec<SocketAddr>,
    replicas: Vec<Option<Platform>>,
}

impl Fleet {
    async fn start(placement: Placement) -> Self {
        Self::splitting(placement, Vec::new()).await
    }

    async fn splitting(placement: Placement, split: Vec<TenantSlug>) -> Self {
        let free = || TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let held: Vec<TcpListener> = (0..placement.replicas()).map(|_| free()).collect();
        let addresses = held.iter().map(|held| held.local_addr().expect("an address")).collect();
        drop(held);
        let mut fleet = Self { keys: Keys::generate(), placement, split, addresses, replicas: Vec::new() };
        for replica in 0..placement.replicas() {
            let served = fleet.serve(replica, Share { placement, replica }).await;
            fleet.replicas.push(Some(served));
        }
        fleet
    }

    /// A replica that believes that it holds this.
    async fn serve(&self, replica: u32, share: Share) -> Platform {
        let replicas = self.channel(&self.keys.matching);
        let wrap = |routes| forwarding(routes, Forwarding { role: Role::Matching, share, replicas, anywhere: &[] });
        let listen = self.addresses[replica as usize];
        self.keys.serve(Server { listen, ..settings() }, wrap).await
    }

    fn channel(&self, issuer: &Arc<Issuer>) -> PlacedChannel {
        let one = |address: &SocketAddr| {
            let peer = Peer { url: format!("http://{address}"), ..plain_peer() };
            channel(&peer, Credentials::new(issuer.clone())).expect("a channel")
        };
        let layout = Layout::new(self.placement, self.split.iter().cloned());
        PlacedChannel::new(layout, self.addresses.iter().map(one).collect())
    }

    /// What a member of a tenant gets who asks through the gateway.
    async fn find(&self, channel: PlacedChannel, tenant: &TenantSlug) -> Result<Vec<String>, Status> {
        self.find_as(channel, &claims(tenant.as_str())).await
    }

    async fn find_as(&self, channel: PlacedChannel, member: &MemberClaims) -> Result<Vec<String>, Status> {
        let token = self.keys.gateway.member(member, &BTreeSet::new(), Duration::from_secs(60));
        let request = Credentials::request_as(token, FindPeopleRequest { limit: ANSWER });
        let answer = MatchingClient::new(channel).find_people(request).await.map(Response::into_inner);
        answer.map(|answer| answer.advice)
    }

    /// One replica, whoever holds what.
    fn only(&self, replica: u32) -> PlacedChannel {
        let platform = self.replicas[replica as usize].as_ref().expect("it runs");
        platform.channel(&self.keys.gateway).into()
    }

    /// How often each was asked since the last time.
    fn asked(&self) -> Vec<usize> {
        let count = |platform: &Platform| platform.handlers.asked.swap(0, Ordering::SeqCst);
        self.replicas.iter().map(|replica| replica.as_ref().map_or(0, count)).collect()
    }

    async fn stop(&mut self, replica: u32) {
        self.replicas[replica as usize].take().expect("it runs").end().await;
    }

    async fn end(self) {
        for replica in self.replicas.into_iter().flatten() {
            replica.end().await;
        }
    }
}

fn tenants() -> Vec<TenantSlug> {
    (0..12).map(|number| format!("hill-{number}").parse().expect("a slug")).collect()
}

#[tokio::test]
async fn whoever_asks_any_replica_is_answered_by_one_that_holds_their_tenant() {
    let fleet = Fleet::start(Placement::new(3, 1)).await;
    let mut answering = BTreeSet::new();
    for tenant in tenants() {
        let holder = fleet.placement.holders(&tenant)[0];
        answering.insert(holder);
        for replica in 0..3 {
            let seen = fleet.find(fleet.only(replica), &tenant).await.expect("an answer");
            let via = if replica == holder { "gateway" } else { "matching" };
            assert_eq!(seen[1..], [via.to_owned(), tenant.to_string()], "asked {replica}");
        }
        let mut expected = vec![0; 3];
        expected[holder as usize] = 3;
        assert_eq!(fleet.asked(), expected);
        // Whoever knows the replicas asks the right one at once.
        let seen = fleet.find(fleet.channel(&fleet.keys.gateway), &tenant).await.expect("an answer");
        assert_eq!(seen[1], "gateway");
        fleet.asked();
    }
    assert_eq!(answering.len(), 3, "every replica holds some");
    fleet.end().await;
}

#[tokio::test]
async fn in_a_split_tenant_those_are_asked_who_hold_the_caller_and_whoever_is_asked_answers() {
    let tenant = &tenants()[0];
    let mut fleet = Fleet::splitting(Placement::new(3, 2), vec![tenant.clone()]).await;
    let channel = fleet.channel(&fleet.keys.gateway);
    let mut first = BTreeSet::new();
    for number in 0..24_u8 {
        let mut id = *claims(tenant.as_str()).member.0.as_bytes();
        id[15] = number;
        let member = MemberId::try_from(Uuid::from_bytes(id)).expect("an id");
        let member = MemberClaims { member, ..claims(tenant.as_str()) };
        let part = fleet.placement.part_of(member.member);
        let seen = fleet.find_as(channel.clone(), &member).await.expect("an answer");
        assert_eq!(seen[1], "gateway");
        assert_eq!(fleet.asked()[part as usize], 1, "whoever holds part {part} is asked first");
        for replica in 0..3 {
            let seen = fleet.find_as(fleet.only(replica), &member).await.expect("an answer");
            assert_eq!(seen[1], "gateway", "{replica} hands nothing on");
        }
        assert_eq!(fleet.asked(), [1, 1, 1]);
        first.insert(part);
    }
    assert_eq!(first.len(), 3, "every replica is asked by some");
    let part = fleet.placement.part_of(claims(tenant.as_str()).member);
    fleet.stop(part).await;
    fleet.find(channel, tenant).await.expect("the other copy answers");
    assert_eq!(fleet.asked()[(part as usize + 1) % 3], 1);
    fleet.end().await;
}

#[tokio::test]
async fn where_one_that_holds_a_tenant_is_gone_the_next_answers() {
    let mut fleet = Fleet::start(Placement::new(3, 2)).await;
    let tenant = &tenants()[0];
    let holders = fleet.placement.holders(tenant);
    let other = (0..3).find(|replica| !holders.contains(replica)).expect("three replicas, two copies");
    let channel = fleet.channel(&fleet.keys.gateway);
    fleet.find(channel.clone(), tenant).await.expect("an answer");
    assert_eq!(fleet.asked()[holders[0] as usize], 1, "the first is asked while it is there");
    fleet.stop(holders[0]).await;
    assert_eq!(fleet.find(channel.clone(), tenant).await.expect("an answer")[1], "gateway");
    assert_eq!(fleet.find(fleet.only(other), tenant).await.expect("an answer")[1], "matching");
    assert_eq!(fleet.asked()[holders[1] as usize], 2);
    fleet.stop(holders[1]).await;
    assert_refused(fleet.find(fleet.only(other), tenant).await, Code::Unavailable, "REPLICA_UNREACHABLE");
    fleet.end().await;
}

#[tokio::test]
async fn replicas_that_disagree_do_not_pass_a_call_to_and_fro() {
    let mut fleet = Fleet::start(Placement::new(2, 1)).await;
    let tenant = &tenants()[0];
    let holder = fleet.placement.holders(tenant)[0];
    fleet.stop(holder).await;
    let mistaken = Share { placement: fleet.placement, replica: 1 - holder };
    let mistaken = fleet.serve(holder, mistaken).await;
    fleet.replicas[holder as usize] = Some(mistaken);
    assert_refused(fleet.find(fleet.only(1 - holder), tenant).await, Code::Unavailable, "NOT_HELD_HERE");
    assert_eq!(fleet.asked(), [0, 0]);
    fleet.end().await;
}

#[tokio::test]
async fn settings_that_do_not_hold_are_named() {
    let keys = Keys::generate();
    let credentials = Credentials::new(keys.gateway.clone());
    let peer = |url: &str| {
        let (count, copies, split_tenants) = (Bounded::new(2), Bounded::new(1), BTreeSet::new());
        let replicas = Replicas { url: url.to_owned(), count, copies, split_tenants };
        Peer { replicas: Some(replicas), ..plain_peer() }
    };
    for (url, said) in
        [("http://matching:1", "{replica}"), ("matching-{replica}", "http://"), ("https://m-{replica}", "tls")]
    {
        let error = placed_channel(&peer(url), &credentials).expect_err("refused").to_string();
        assert!(error.contains(said), "{error}");
    }
    assert!(placed_channel(&peer("http://matching-{replica}:1"), &credentials).is_ok());
}

#[tokio::test]
async fn what_a_check_does_not_let_pass_is_answered_by_it_and_the_rest_as_ever() {
    let keys = Keys::generate();
    let busy = |path: &str| match path {
        "/kindred.matching.v1.Matching/FindPeople" => Err(ApiError::unavailable("BUSY", "ask again")),
        _ => Ok(()),
    };
    let platform = keys.serve(settings(), |routes| checked(routes, busy)).await;
    assert_refused(platform.find(ANSWER).await, Code::Unavailable, "BUSY");
    let asked = Credentials::request_as(platform.member(), ListIntroductionsRequest::default());
    let other = platform.client(&platform.gateway).list_introductions(asked).await;
    assert_eq!(other.expect_err("not in this test").code(), Code::Unimplemented);
    platform.end().await;
}
