//! A tenant that is split among replicas, over the logs and as they ask each other.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_eventsourcing::MemoryStore;
use kindred_ids::TenantSlug;
use kindred_matching::crowd::{Crowd, Neighbors};
use kindred_matching::grpc::ReplicasService;
use kindred_matching::index::{Holding, Index};
use kindred_matching::replicas::Here;
use kindred_matching::snapshots::{Loaded, Round, Written};
use kindred_proto::matching as wire;
use kindred_proto::matching::ask_request::Ask;
use kindred_proto::matching::ask_response::Answer;
use kindred_proto::matching::replicas_server::Replicas as _;
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::placement::{Layout, Placement};
use tonic::Request;

use crate::snapshots::{Archive, CHUNKS_WITH_CHESS, crowd};
use crate::support::{FLOOR, HASHIMOTO, Person, SPANISH, Town, refusal};

const PATIENCE: Duration = Duration::from_millis(500);

fn holding(replica: u32, split: &[&TenantSlug]) -> Holding {
    let split = split.iter().map(|tenant| (*tenant).clone());
    Holding::of(Layout::new(Placement::new(2, 1), split), replica)
}

/// Replicas that ask each other as over the network.
struct Fleet {
    replicas: Vec<ReplicasService<MemoryStore>>,
    caller: Caller,
}

impl Fleet {
    fn of(town: &Town, replicas: &[Index]) -> Arc<Self> {
        let service = |index: &Index| ReplicasService {
            store: town.facts.store.clone(),
            index: index.clone(),
            here: Here::default(),
            patience: PATIENCE,
        };
        Arc::new(Self { replicas: replicas.iter().map(service).collect(), caller: town.matching() })
    }
}

impl Neighbors for Fleet {
    fn ask(&self, replica: u32, request: wire::AskRequest) -> BoxFuture<'_, Result<wire::AskResponse, ApiError>> {
        Box::pin(async move {
            let mut request = Request::new(request);
            request.extensions_mut().insert(self.caller.clone());
            let answer = self.replicas[replica as usize].ask(request).await;
            Ok(answer.map_err(|status| ApiError::from(&status))?.into_inner())
        })
    }
}

async fn followed(town: &Town, tenant: &TenantSlug) -> Vec<Index> {
    let mut replicas = Vec::new();
    for replica in 0..2 {
        replicas.push(town.follow(Index::of(FLOOR, holding(replica, &[tenant]))).await);
    }
    replicas
}

async fn assert_same(town: &Town, fleet: &Arc<Fleet>, replicas: &[Index], people: &[Person]) {
    town.caught_up().await;
    for index in replicas {
        let crowd = Crowd::new(index.clone(), fleet.clone(), PATIENCE);
        for person in people {
            let found = crowd.find(&person.tenant, person.id, 20).await.unwrap();
            let whole = town.index.find(&person.tenant, person.id, 20);
            assert_eq!((found.matches, found.advice), (whole.matches, whole.advice));
        }
    }
}

#[tokio::test]
async fn whichever_replica_is_asked_everybody_is_found_and_gone_at_once() {
    let town = Town::new();
    let people = crowd(&town).await;
    let replicas = followed(&town, &people[0].tenant).await;
    let fleet = Fleet::of(&town, &replicas);
    let values = |index: &Index| index.values(&people[0].tenant);
    assert!(replicas.iter().all(|index| values(index) < values(&town.index)), "each has read a part of them");
    assert_same(&town, &fleet, &replicas, &people).await;
    town.consent(&people[1], false).await;
    town.write(town.facts.blocked(&people[0].tenant, people[3].id, people[0].id, true)).await;
    let head = town.write(town.facts.suspended(&people[0].tenant, people[2].id, true)).await;
    for index in &replicas {
        assert!(index.reached(head, Duration::from_secs(60)).await);
        let crowd = Crowd::new(index.clone(), fleet.clone(), PATIENCE);
        assert!(crowd.find(&people[0].tenant, people[0].id, 20).await.unwrap().matches.is_empty());
    }
    assert_same(&town, &fleet, &replicas, &people).await;
}

#[tokio::test]
async fn a_replica_answers_of_its_own_parts_and_refuses_all_else_by_name() {
    let town = Town::new();
    let people = crowd(&town).await;
    let (tenant, other) = (&people[0].tenant, town.stranger("lakeside").await.tenant);
    town.caught_up().await;
    let replicas = followed(&town, tenant).await;
    let fleet = Fleet::of(&town, &replicas);
    let request =
        |ask| wire::AskRequest { tenant: tenant.to_string(), parts: vec![0], positions: vec![0, 0, 0], ask: Some(ask) };
    let said = |person: &Person| request(Ask::Said(person.id.to_string()));
    let mut told = Vec::new();
    for person in &people {
        match fleet.ask(0, said(person)).await.unwrap().answer {
            Some(Answer::Said(answer)) => told.push(answer.said.len()),
            other => panic!("{other:?}"),
        }
    }
    assert!(told.contains(&0) && told.iter().any(|said| *said > 0), "it knows its own: {told:?}");
    let good = said(&people[0]);
    let inquiry = wire::Inquiry { viewer_id: people[0].id.to_string(), said: Vec::new(), sought: Vec::new() };
    let member = people[0].id.to_string();
    let value =
        |kind: &str| wire::Values { values: vec![wire::Value { kind: kind.to_owned(), value: "E06.3".to_owned() }] };
    let sought = |own, weight| {
        let value = value("condition").values.pop();
        let sought = vec![wire::SoughtValue { value, own, weight }];
        request(Ask::Tally(wire::Inquiry { sought, ..inquiry.clone() }))
    };
    let many = vec![value("condition").values[0].clone(); 20_001];
    let best = |inquiry, limit| request(Ask::Best(wire::AskBest { inquiry, limit }));
    let compare = |member_ids| request(Ask::Compare(wire::AskAbout { inquiry: Some(inquiry.clone()), member_ids }));
    for (request, code, reason, field) in [
        (wire::AskRequest { parts: vec![1], ..good.clone() }, "UNAVAILABLE", "NOT_HELD_HERE", None),
        (wire::AskRequest { parts: vec![0, 1], ..good.clone() }, "UNAVAILABLE", "NOT_HELD_HERE", None),
        (wire::AskRequest { tenant: other.to_string(), ..good.clone() }, "UNAVAILABLE", "NOT_HELD_HERE", None),
        (wire::AskRequest { positions: vec![1_000_000, 0, 0], ..good.clone() }, "UNAVAILABLE", "INDEX_BEHIND", None),
        (
            wire::AskRequest { tenant: String::new(), ..good.clone() },
            "INVALID_ARGUMENT",
            "TENANT_MISSING",
            Some("tenant"),
        ),
        (wire::AskRequest { parts: vec![], ..good.clone() }, "INVALID_ARGUMENT", "QUESTION_INVALID", Some("parts")),
        (
            wire::AskRequest { parts: vec![0; 1_001], ..good.clone() },
            "INVALID_ARGUMENT",
            "QUESTION_INVALID",
            Some("parts"),
        ),
        (
            wire::AskRequest { positions: vec![1], ..good.clone() },
            "INVALID_ARGUMENT",
            "QUESTION_INVALID",
            Some("positions"),
        ),
        (wire::AskRequest { ask: None, ..good.clone() }, "INVALID_ARGUMENT", "QUESTION_INVALID", Some("ask")),
        (request(Ask::Said("me".to_owned())), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("said")),
        (request(Ask::Count(value("shoe"))), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("count")),
        (request(Ask::Count(wire::Values { values: many })), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("count")),
        (best(None, 3), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("best")),
        (best(Some(inquiry.clone()), 1_001), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("best.limit")),
        (compare(vec![member; 20_001]), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("compare")),
        (sought(4, 1), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("release")),
        (sought(0, 65_536), "INVALID_ARGUMENT", "QUESTION_INVALID", Some("weight")),
    ] {
        let error = fleet.ask(0, request).await.unwrap_err();
        assert_eq!((error.code().to_string(), error.reason().to_owned()), refusal(code, reason), "{field:?}");
        assert_eq!(error.field(), field);
    }
    let empty = best(Some(inquiry.clone()), 0);
    assert_eq!(fleet.ask(0, empty).await.unwrap().answer, Some(Answer::Best(wire::BestAnswer::default())));
}

#[tokio::test]
async fn each_replica_writes_down_what_it_holds_and_starts_from_that() {
    let mut archive = Archive::open().await;
    let people = crowd(&archive.town).await;
    let tenant = people[0].tenant.clone();
    archive.write().await;
    let replicas = followed(&archive.town, &tenant).await;
    for index in &replicas {
        let snapshots = archive.of(index, archive.town.keys.clone());
        assert_eq!(snapshots.write(&mut Round::default(), true).await.unwrap(), Some(Written { written: 1, moved: 0 }));
    }
    let kept = "SELECT count(*) FROM kindred.index_snapshots WHERE whole";
    assert_eq!(archive.desk.count(kept).await, 2, "nobody reads what was written of the whole any more");
    assert_eq!(archive.desk.count(CHUNKS_WITH_CHESS).await, 1, "one of them knows it");
    archive.town.fill(&people[2], &[HASHIMOTO, SPANISH], kindred_proto::membership::Visibility::Tenant).await;
    let mut restarted = Vec::new();
    for replica in 0..2 {
        let index = Index::of(FLOOR, holding(replica, &[&tenant]));
        let loaded = archive.of(&index, archive.town.keys.clone()).load().await;
        assert_eq!(loaded, Loaded { tenants: 1, refused: Vec::new() });
        assert!(index.position() > 0, "the log is not read from its first event");
        restarted.push(archive.town.follow(index).await);
    }
    let fleet = Fleet::of(&archive.town, &restarted);
    assert_same(&archive.town, &fleet, &restarted, &people).await;
    // Where it is whole again, what one holds is not what was written down.
    let holder = (0..2).find(|replica| holding(*replica, &[]).holds(&tenant)).unwrap();
    for other in [holding(holder, &[]), Holding::all()] {
        let index = Index::of(FLOOR, other);
        let loaded = archive.of(&index, archive.town.keys.clone()).load().await;
        assert!(loaded.tenants == 0 && index.position() == 0, "{loaded:?}");
    }
    archive.town.erase(&people[2]).await;
    let gone = async || (archive.desk.count(CHUNKS_WITH_CHESS).await == 0).then_some(());
    kindred_testkit::eventually("they leave the snapshots", Duration::from_secs(60), gone).await;
}
