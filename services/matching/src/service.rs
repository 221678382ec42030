//! The composition root: the one place that knows every concrete type.

mod settings;
mod upkeep;

use std::sync::Arc;

use futures::future::BoxFuture;
use kindred_projections::{Person, Waiter};
use kindred_service_host::{
    ContextErasure, Host, KeyServiceSource, Part, Running, ServiceConfig, Wiring, confirm_by_call,
};
use kindred_service_kit::caller::Role;
use kindred_service_kit::grpc::{Forwarding, checked, forwarding};
use kindred_service_kit::lifecycle::Tasks;

use crate::application::{
    Acquaintances, Application, Introductions as IntroductionList, Limits, Mentors as MentorList,
    Pairings as PairingList, People, Release, Restraint, Rounds,
};
use crate::clients::{MembershipClient, PostingClient, Replicas};
use crate::crowd::Crowd;
use crate::grpc::{ANYWHERE, Lists, ReplicasService};
use crate::index::Index;
use crate::index::feed::Feed;
use crate::projections::{Introductions, MentorWaits, Mentors, Pairings, Rounds as RoundList};
use crate::reactions::{FollowPairings, HoldRounds, PutProposals, ReleasePlaces, RetractProposals};
use crate::replicas::{Elsewhere, Here, WhereHeld};
use crate::snapshots::{self, Log, Snapshots};
pub use settings::{RoundMode, Settings};
use upkeep::{Start, feed, keep, listen, look_after, once_started, weigh};

/// This context's name: its stream, its role.
pub const CONTEXT: &str = "matching";

/// The defaults of every setting.
pub const DEFAULTS: &str =
    concat!(include_str!("../../../crates/service-host/host.default.toml"), include_str!("../config.default.toml"));

/// Settings of the matching service.
pub type Config = ServiceConfig<Settings>;

/// Starts the service; it runs until its tasks are told to stop.
///
/// # Errors
///
/// If a setting does not hold or something it stands on cannot be reached.
pub fn start(config: Config, tasks: Tasks) -> BoxFuture<'static, anyhow::Result<Running>> {
    // Boxed, so that the service is compiled here and not again wherever it is started.
    Box::pin(compose(config, tasks))
}

async fn compose(config: Config, tasks: Tasks) -> anyhow::Result<Running> {
    let (shared, own) = config.split();
    let parts = shared.host.parts.clone();
    let host = Host::connect(CONTEXT, shared, tasks).await?;
    let membership = host.channel(Role::Membership)?;
    let keys = host.keys(KeyServiceSource::new(membership.clone()))?;
    let (holding, channel) = (own.holding(host.peer(Role::Matching))?, host.replicas(Role::Matching)?);
    let (share, replicas) = (holding.share(), Arc::new(Replicas::new(channel.clone())));
    let index = Index::of(u32::try_from(own.cohort_floor.get())?, holding);
    let patience = own.patience_millis.duration();
    let crowd = Crowd::new(index.clone(), replicas.clone(), patience);
    let log = host.stream("membership").await?;
    let posting = host.stream("posting").await?;
    let logs = [&log, &posting, host.store()];
    let logs = logs.map(|log| Log { store: log.clone(), identity: log.identity().to_string() });
    let snapshots = Snapshots::new(index.clone(), host.database().clone(), logs, keys.clone());
    let start = Start::default();
    feed(&host, Feed::new(index.clone(), log.clone(), keys.clone()), snapshots.clone(), &start);
    listen(&host, &index, posting, &start);
    weigh(&host, &crowd, own.weights_check_millis.duration(), &start);
    keep(&host, snapshots, own.snapshot_minutes.get(), &start);
    let client = Arc::new(MembershipClient::new(membership.clone()));
    let acquaintances = Acquaintances::new(crowd.clone(), Arc::new(log), client, patience);
    let limits = Limits { introductions_a_day: u32::try_from(own.introductions_a_day.get())? };
    let application = Application::new(host.executor(), keys.clone(), acquaintances.clone(), limits, host.clock());
    let restraint = Restraint { new_in_a_week: i64::try_from(own.mentor_new_in_a_week.get())? };
    let writing = Arc::new(PostingClient::new(host.channel(Role::Posting)?));
    let forgotten = index.clone();
    let erasure = ContextErasure::new(CONTEXT, keys.clone(), confirm_by_call(CONTEXT, membership))
        .redacting(Arc::new(|connection, person| Box::pin(snapshots::redact(connection, person))))
        .forgetting(Arc::new(move |person: Person| {
            forgotten.forget(&person.tenant, person.member);
            Box::pin(async { Ok(()) })
        }));
    let (database, waiter) = (host.database().clone(), Waiter::new(host.database().clone()));
    let release = Release::new(application.clone(), database.clone(), waiter.clone());
    let rounds = Rounds::new(application.clone(), database, waiter, restraint, own.rhythm()?);
    if parts.contains(&Part::Reactor) {
        look_after(&host, rounds.clone(), own.mentor_round_check_millis.duration());
    }
    let hold = Arc::new(HoldRounds::new(rounds.clone()));
    let put = Arc::new(PutProposals::new(rounds.clone()));
    let follow = Arc::new(FollowPairings::new(rounds.clone(), release.clone()));
    let elsewhere: Arc<dyn Elsewhere> = replicas;
    let wiring = projections(host.wiring(keys))
        .reaction(WhereHeld::new(&hold, &index, &elsewhere))
        .reaction(WhereHeld::new(&put, &index, &elsewhere))
        .reaction(WhereHeld::new(&follow, &index, &elsewhere))
        .reaction(RetractProposals::new(rounds))
        .reaction(ReleasePlaces::new(release))
        .erasure(erasure);
    let here = Here::default().with(&hold).with(&put).with(&follow);
    let answering = ReplicasService { store: host.store().clone(), index: index.clone(), here, patience };
    let (clock, health) = (host.clock(), host.health().clone());
    host.start(wiring, move |queries| {
        let lists = Lists {
            people: People::new(crowd, patience).comparing(writing),
            introductions: IntroductionList::new(queries.clone(), index.clone()),
            mentors: MentorList::new(queries.clone(), acquaintances, restraint, clock),
            pairings: PairingList::new(queries.clone(), index),
        };
        let routes = crate::grpc::routes(application, lists, queries, answering);
        let routes = checked(routes, once_started(health));
        Ok(match channel {
            Some(replicas) => {
                forwarding(routes, Forwarding { role: Role::Matching, share, replicas, anywhere: ANYWHERE })
            }
            None => routes,
        })
    })
    .await
}

fn projections(wiring: Wiring) -> Wiring {
    wiring
        .projection(Introductions)
        .projection(Mentors)
        .projection(MentorWaits)
        .projection(Pairings)
        .projection(RoundList)
}
