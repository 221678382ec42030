//! The composition root: the one place that knows every concrete type.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_jetstream::JetStreamStore;
use kindred_projections::{Person, Waiter};
use kindred_service_host::{
    ContextErasure, Host, KeyServiceSource, Part, Running, ServiceConfig, Wiring, confirm_by_call,
};
use kindred_service_kit::caller::Role;
use kindred_service_kit::config::{Bounded, Millis};
use kindred_service_kit::error::chain;
use kindred_service_kit::lifecycle::{Stage, Tasks};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::application::{
    Acquaintances, Application, Introductions as IntroductionList, Limits, Mentors as MentorList,
    Pairings as PairingList, People, Release, Restraint, Rhythm, Rounds,
};
use crate::clients::MembershipClient;
use crate::domain::round::Mode;
use crate::grpc::Lists;
use crate::index::feed::Feed;
use crate::index::listen::Listener;
use crate::index::weighing::Weighing;
use crate::index::{Index, LogName};
use crate::projections::{Introductions, MentorWaits, Mentors, Pairings, Rounds as RoundList};
use crate::reactions::{FollowPairings, HoldRounds, PutProposals, ReleasePlaces, RetractProposals};
use crate::snapshots::{self, Log, Round, Snapshots, Written};

/// This context's name: its stream, its role.
pub const CONTEXT: &str = "matching";

/// The defaults of every setting.
pub const DEFAULTS: &str =
    concat!(include_str!("../../../crates/service-host/host.default.toml"), include_str!("../config.default.toml"));

/// Settings that only matching has.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many people of a tenant must release a value before it counts.
    pub cohort_floor: Bounded<1, 1_000>,
    /// How long an answer waits for the index.
    pub patience_millis: Millis<1, 5_000>,
    /// How often to look whether a tenant's weights are to be fixed.
    pub weights_check_millis: Millis<100, 86_400_000>,
    /// How many people a member may ask to meet in a day.
    pub introductions_a_day: Bounded<1, 100>,
    /// How often to write down what the index holds; 0 for never.
    pub snapshot_minutes: Bounded<0, 10_080>,
    /// How many new pairings within seven days are enough for a mentor.
    pub mentor_new_in_a_week: Bounded<1, 1_000>,
    /// How many who wait are enough for a round to run by itself; 0 if none does.
    pub mentor_round_from: Bounded<0, 20_000>,
    /// How many hours of waiting are, however few wait.
    pub mentor_round_after_hours: Bounded<1, 8_760>,
    /// How a round that runs by itself chooses.
    pub mentor_round_mode: RoundMode,
    /// For how many days a mentor is asked by a round.
    pub mentor_answer_days: Bounded<1, 365>,
    /// How often to look whether a round, or what one asked, is due.
    pub mentor_round_check_millis: Millis<100, 86_400_000>,
}

impl Settings {
    fn rhythm(&self) -> anyhow::Result<Rhythm> {
        Ok(Rhythm {
            from: self.mentor_round_from.as_usize(),
            after_seconds: i64::try_from(self.mentor_round_after_hours.get())? * 3_600,
            answer_seconds: i64::try_from(self.mentor_answer_days.get())? * 24 * 3_600,
            mode: match self.mentor_round_mode {
                RoundMode::Cheapest => Mode::Cheapest,
                RoundMode::Stable => Mode::Stable,
            },
        })
    }
}

/// How a round chooses, as a setting.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundMode {
    /// As many as can be, at the least cost.
    Cheapest,
    /// So that no two would both rather have each other.
    Stable,
}

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
    let index = Index::new(u32::try_from(own.cohort_floor.get())?);
    let patience = own.patience_millis.duration();
    let log = host.stream("membership").await?;
    let snapshots = Snapshots::new(
        index.clone(),
        host.database().clone(),
        Log { store: log.clone(), identity: log.identity().to_string() },
        Log { store: host.store().clone(), identity: host.store().identity().to_string() },
        keys.clone(),
    );
    let start = Start::default();
    feed(&host, Feed::new(index.clone(), log.clone(), keys.clone()), snapshots.clone(), &start);
    listen(&host, &index, host.stream("posting").await?, &start);
    weigh(&host, &index, own.weights_check_millis.duration(), &start);
    keep(&host, snapshots, own.snapshot_minutes.get(), &start);
    let client = Arc::new(MembershipClient::new(membership.clone()));
    let acquaintances = Acquaintances::new(index.clone(), Arc::new(log), client, patience);
    let limits = Limits { introductions_a_day: u32::try_from(own.introductions_a_day.get())? };
    let application = Application::new(host.executor(), keys.clone(), acquaintances.clone(), limits, host.clock());
    let restraint = Restraint { new_in_a_week: i64::try_from(own.mentor_new_in_a_week.get())? };
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
    let wiring = projections(host.wiring(keys))
        .reaction(HoldRounds::new(rounds.clone()))
        .reaction(PutProposals::new(rounds.clone()))
        .reaction(RetractProposals::new(rounds.clone()))
        .reaction(FollowPairings::new(rounds, release.clone()))
        .reaction(ReleasePlaces::new(release))
        .erasure(erasure);
    let clock = host.clock();
    host.start(wiring, move |queries| {
        let lists = Lists {
            people: People::new(index.clone(), patience),
            introductions: IntroductionList::new(queries.clone(), index.clone()),
            mentors: MentorList::new(queries.clone(), acquaintances, restraint, clock),
            pairings: PairingList::new(queries.clone(), index),
        };
        Ok(crate::grpc::routes(application, lists, queries))
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

/// Rounds that run by themselves, and questions that nobody answers.
fn look_after(host: &Host, rounds: Rounds<JetStreamStore>, every: Duration) {
    let stop = host.tasks().token(Stage::Serving);
    host.tasks().spawn("mentor-rounds", Stage::Serving, async move {
        rounds.run(every, stop).await;
        anyhow::Ok(())
    });
}

/// What a start waits for, each cancelled once it is there.
#[derive(Default)]
struct Start {
    /// What snapshots hold is in the index, or they are of no use.
    loaded: CancellationToken,
    /// The index has come to where the log ended.
    caught_up: CancellationToken,
}

/// The index goes on from its snapshots and follows membership's log; matching is ready
/// once it has caught up.
fn feed(host: &Host, feed: Feed<JetStreamStore>, snapshots: Snapshots<JetStreamStore>, start: &Start) {
    let (ready, stop) = (host.health().condition("index"), host.tasks().token(Stage::Supporting));
    let (loaded, caught_up) = (start.loaded.clone(), start.caught_up.clone());
    host.tasks().spawn("index", Stage::Supporting, async move {
        if stop.run_until_cancelled(snapshots.load()).await.is_none() {
            return Ok(());
        }
        loaded.cancel();
        let told = move |met| {
            ready.set(met);
            if met {
                caught_up.cancel();
            }
        };
        feed.run(told, stop).await
    });
}

/// What the index holds is written down now and then, so that the next start need not read
/// all of the log.
fn keep(host: &Host, snapshots: Snapshots<JetStreamStore>, minutes: u64, start: &Start) {
    let (every, caught_up) = (Duration::from_secs(60 * minutes), start.caught_up.clone());
    let stop = host.tasks().token(Stage::Supporting);
    if every.is_zero() {
        return;
    }
    host.tasks().spawn("snapshots", Stage::Supporting, async move {
        let mut round = Round::default();
        stop.run_until_cancelled(caught_up.cancelled()).await;
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            match stop.run_until_cancelled(snapshots.write(&mut round, false)).await {
                Some(Ok(Some(Written { written, moved }))) => {
                    tracing::info!(written, moved, "snapshots of the index are written");
                }
                // Another process writes them, or this one stops.
                Some(Ok(None)) | None => {}
                Some(Err(error)) => {
                    tracing::warn!(chain = %chain(&error), "snapshots of the index are written later");
                }
            }
        }
        anyhow::Ok(())
    });
}

/// The index follows who speaks where; matching is ready once it has caught up.
fn listen(host: &Host, index: &Index, log: JetStreamStore, start: &Start) {
    let (ready, stop) = (host.health().condition("talk"), host.tasks().token(Stage::Supporting));
    let (feed, loaded) = (Listener::to_posting(index.clone(), log), start.loaded.clone());
    host.tasks().spawn("talk", Stage::Supporting, async move {
        stop.run_until_cancelled(loaded.cancelled()).await;
        feed.run(move |met| ready.set(met), stop).await
    });
}

/// Weights are taken in as the log fixes them, and fixed when it is time.
fn weigh(host: &Host, index: &Index, every: Duration, start: &Start) {
    let (ready, stop) = (host.health().condition("weights"), host.tasks().token(Stage::Supporting));
    let (feed, loaded) = (Listener::to_own(index.clone(), host.store().clone()), start.loaded.clone());
    host.tasks().spawn("weights", Stage::Supporting, async move {
        stop.run_until_cancelled(loaded.cancelled()).await;
        feed.run(move |met| ready.set(met), stop).await
    });
    let weighing = Weighing::new(index.clone(), host.executor(), host.clock());
    let (index, stop) = (index.clone(), host.tasks().token(Stage::Supporting));
    host.tasks().spawn("weighing", Stage::Supporting, async move {
        while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
            if let Some(sequence) = weighing.fix_due().await {
                index.reached_in(LogName::Matching, sequence, every).await;
            }
        }
        anyhow::Ok(())
    });
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use kindred_service_kit::config::load_from;

    use super::*;

    const REQUIRED: [(&str, &str); 4] = [
        ("KINDRED__DATABASE__URL_FILE", "/run/database"),
        ("KINDRED__IDENTITY__ROLE", "matching"),
        ("KINDRED__IDENTITY__SIGNING_KEY_FILE", "/run/key"),
        ("KINDRED__POSITION__POSITION_KEY_FILE", "/run/position"),
    ];

    fn config(more: (&str, &str)) -> Result<Config, String> {
        let variables = REQUIRED.into_iter().chain([more]);
        let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        load_from(DEFAULTS, None, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_hold_and_single_settings_override_them() {
        let own = config(("KINDRED__SERVICE__COHORT_FLOOR", "3")).expect("settings").split().1;
        assert_eq!((own.cohort_floor.get(), own.patience_millis.duration().as_secs()), (3, 2));
        assert_eq!((own.mentor_new_in_a_week.get(), own.snapshot_minutes.get()), (3, 30));
        let rhythm = own.rhythm().expect("a rhythm");
        let told = (rhythm.from, rhythm.after_seconds, rhythm.answer_seconds, rhythm.mode);
        assert_eq!(told, (10, 24 * 3_600, 7 * 24 * 3_600, Mode::Cheapest));
    }

    #[test]
    fn what_does_not_hold_is_named() {
        for (name, value, key) in [
            ("KINDRED__SERVICE__COHORT_FLOOR", "0", "service.cohort_floor"),
            ("KINDRED__SERVICE__COHORT_FLOR", "3", "cohort_flor"),
            ("KINDRED__SERVICE__WEIGHTS_CHECK_MILLIS", "1", "service.weights_check_millis"),
            ("KINDRED__SERVICE__SNAPSHOT_MINUTES", "10081", "service.snapshot_minutes"),
            ("KINDRED__SERVICE__MENTOR_ROUND_MODE", "fastest", "mentor_round_mode"),
            ("KINDRED__SERVICE__MENTOR_ANSWER_DAYS", "0", "service.mentor_answer_days"),
        ] {
            let error = config((name, value)).expect_err("refused");
            assert!(error.contains(key), "{error}");
        }
    }
}
