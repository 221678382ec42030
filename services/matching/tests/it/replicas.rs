//! Replicas that share the tenants among them: each holds its own, and no other.

use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use kindred_eventsourcing::{EventStore, LogReader as _, RecordedCommit};
use kindred_ids::{MemberId, TenantSlug};
use kindred_matching::grpc::ReplicasService;
use kindred_matching::index::Index;
use kindred_matching::replicas::{Elsewhere, Here, WhereHeld};
use kindred_projections::{ReactError, Reaction};
use kindred_proto::matching as wire;
use kindred_proto::matching::replicas_server::Replicas as _;
use kindred_proto::membership::Visibility;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::placement::{Placement, Share};
use tonic::Request;

use crate::support::{FLOOR, HASHIMOTO, Person, SPANISH, Town, refusal};

const TENANTS: [&str; 5] = ["riverside", "lakeside", "hill", "north", "valley"];

fn share(replica: u32) -> Share {
    Share { placement: Placement::new(2, 1), replica }
}

fn slug(name: &str) -> TenantSlug {
    name.parse().unwrap()
}

/// Three who have things in common in each tenant.
async fn crowds(town: &Town) -> Vec<Person> {
    let mut people = Vec::new();
    for tenant in TENANTS {
        for _ in 0..3 {
            let person = town.stranger(tenant).await;
            town.consent(&person, true).await;
            town.fill(&person, &[HASHIMOTO, SPANISH], Visibility::Tenant).await;
            people.push(person);
        }
    }
    town.caught_up().await;
    people
}

fn finds(index: &Index, person: &Person) -> Vec<MemberId> {
    index.find(&person.tenant, person.id, 20).matches.into_iter().map(|found| found.member).collect()
}

#[tokio::test]
async fn each_replica_holds_its_tenants_and_nothing_of_another() {
    let town = Town::new();
    let people = crowds(&town).await;
    let replicas = [0, 1].map(|replica| Index::of(FLOOR, share(replica)));
    for index in &replicas {
        town.follow(index.clone()).await;
    }
    for person in &people {
        let (holder, other) = if share(0).holds(&person.tenant) { (0, 1) } else { (1, 0) };
        assert_eq!(finds(&replicas[holder], person), finds(&town.index, person));
        assert_eq!(finds(&replicas[holder], person).len(), 2);
        assert!(finds(&replicas[other], person).is_empty());
        replicas[other].forget(&person.tenant, person.id);
    }
    for index in &replicas {
        let held: Vec<TenantSlug> =
            TENANTS.map(slug).into_iter().filter(|tenant| index.holding().holds(tenant)).collect();
        let mut known = index.tenants();
        known.sort();
        let mut expected = held;
        expected.sort();
        assert_eq!(known, expected, "an erasure of somebody of another tenant makes it known to none");
        assert!(!known.is_empty() && known.len() < TENANTS.len());
    }
}

/// Says what it was asked, and does as it is told.
#[derive(Default)]
struct Told(Mutex<Vec<(String, u64)>>);

impl Elsewhere for Told {
    fn react<'a>(
        &'a self,
        tenant: &'a TenantSlug,
        reaction: &'static str,
        sequence: u64,
    ) -> BoxFuture<'a, Result<(), ReactError>> {
        self.0.lock().unwrap().push((format!("{tenant} {reaction}"), sequence));
        Box::pin(async { Err(ReactError::poison(7, "told so")) })
    }
}

/// Counts, and finds fault with the second commit that it sees.
#[derive(Default)]
struct Counts(Mutex<Vec<u64>>);

impl Reaction for Counts {
    const NAME: &'static str = "counts";
    const CONTEXT: &'static str = "matching";

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let mut seen = self.0.lock().unwrap();
        seen.push(commit.sequence);
        match seen.len() {
            1 => Ok(()),
            2 => Err(ReactError::poison(3, "not this one")),
            _ => Err(ReactError::transient(ApiError::unavailable("BUSY", "ask again"))),
        }
    }
}

/// A commit of each of two tenants, one of each share.
async fn commits(town: &Town) -> [RecordedCommit; 2] {
    let mut reader = town.facts.store.reader(0, None).await.unwrap();
    let batch = reader.next(1_000, std::time::Duration::from_secs(1)).await.unwrap();
    [0, 1].map(|replica| {
        let held =
            |commit: &&RecordedCommit| commit.key.scope().tenant().is_some_and(|tenant| share(replica).holds(tenant));
        batch.commits.iter().find(held).expect("a commit of a tenant").clone()
    })
}

#[tokio::test]
async fn a_reaction_runs_where_its_tenant_is_held() {
    let town = Town::new();
    crowds(&town).await;
    let [here, there] = commits(&town).await;
    let (counts, told) = (Arc::new(Counts::default()), Arc::new(Told::default()));
    let elsewhere: Arc<dyn Elsewhere> = told.clone();
    let reaction = WhereHeld::new(&counts, &Index::of(FLOOR, share(0)), &elsewhere);
    assert!(reaction.wants(&here) && reaction.wants(&there));
    reaction.react(&here).await.unwrap();
    let refused = reaction.react(&there).await.unwrap_err().to_string();
    assert_eq!(refused, "event 7 cannot be reacted to: told so");
    assert_eq!(*counts.0.lock().unwrap(), [here.sequence]);
    let asked = format!("{} counts", there.key.scope().tenant().unwrap());
    assert_eq!(*told.0.lock().unwrap(), [(asked, there.sequence)]);
    // One that holds everything asks nobody.
    let alone = WhereHeld::new(&Arc::new(Counts::default()), &Index::new(FLOOR), &elsewhere);
    alone.react(&there).await.unwrap();
    assert_eq!(told.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_replica_reacts_for_another_and_says_what_came_of_it() {
    let town = Town::new();
    crowds(&town).await;
    let [here, there] = commits(&town).await;
    let tenant = |commit: &RecordedCommit| commit.key.scope().tenant().unwrap().to_string();
    let counts = Arc::new(Counts::default());
    let service = ReplicasService {
        store: town.facts.store.clone(),
        index: Index::of(FLOOR, share(0)),
        here: Here::default().with(&counts),
        patience: std::time::Duration::from_millis(100),
    };
    let ask = async |tenant: String, reaction: &str, sequence: u64| {
        let mut request = Request::new(wire::ReactRequest { tenant, reaction: reaction.to_owned(), sequence });
        request.extensions_mut().insert(town.matching());
        let answer = service.react(request).await.map_err(|status| ApiError::from(&status))?;
        Ok::<_, ApiError>(answer.into_inner().poisoned)
    };
    let why = |error: ApiError| (error.code().to_string(), error.reason().to_owned());
    assert_eq!(ask(tenant(&here), "counts", here.sequence).await.unwrap(), None);
    let poisoned = wire::Poisoned { event: 3, reason: "not this one".to_owned() };
    assert_eq!(ask(tenant(&here), "counts", here.sequence).await.unwrap(), Some(poisoned));
    let busy = ask(tenant(&here), "counts", here.sequence).await.unwrap_err();
    assert_eq!(why(busy), refusal("UNAVAILABLE", "BUSY"));
    for (tenant, reaction, sequence, code, reason) in [
        (tenant(&there), "counts", there.sequence, "UNAVAILABLE", "NOT_HELD_HERE"),
        (tenant(&here), "count", here.sequence, "INVALID_ARGUMENT", "REACTION_UNKNOWN"),
        (tenant(&here), "counts", there.sequence, "NOT_FOUND", "COMMIT_UNKNOWN"),
        (tenant(&here), "counts", 1_000_000, "NOT_FOUND", "COMMIT_UNKNOWN"),
        (String::new(), "counts", here.sequence, "INVALID_ARGUMENT", "TENANT_MISSING"),
    ] {
        assert_eq!(why(ask(tenant, reaction, sequence).await.unwrap_err()), refusal(code, reason));
    }
    assert_eq!(counts.0.lock().unwrap().len(), 3);
}
