//! Rounds that run by themselves, that are killed, and that are read again: each done once.

use std::collections::HashSet;
use std::time::Duration;

use kindred_eventsourcing::{Actor, CommandContext, EventStore as _, Executor};
use kindred_ids::{EntityKey, RoundId};
use kindred_matching::application::{Application, Cause};
use kindred_matching::domain::Round;
use kindred_matching::domain::pairing::{Standing, pairing_id};
use kindred_matching::domain::round::{Mode, Proposal, ProposeMentors};
use kindred_service_kit::error::ApiError;

use crate::rounds::{DAY_MILLIS, finished, proposed, stands};
use crate::support::database::Desk;
use crate::support::mortal::Mortal;
use crate::support::{LIMITS, START, Town};

#[tokio::test]
async fn a_round_runs_by_itself_once_enough_wait_or_one_waits_too_long() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let rounds = async || desk.dump_of("rounds_v1").await.lines().count();
    let tend = async || {
        // Two replicas at the same moment.
        let other = desk.rounds_over(town.application.clone());
        futures::join!(desk.rounds.tend(), other.tend());
    };
    town.mentor(9).await;
    let (ann, ben) = (town.waiting().await, town.waiting().await);
    desk.since(&ben, &desk.end(&town, &ben).await).await;
    tend().await;
    let cleo = town.waiting().await;
    let head = town.store.head().await.unwrap();
    desk.since(&cleo, &desk.end(&town, &cleo).await).await;
    assert_eq!(rounds().await, 0, "two are not enough");
    tend().await;
    for one in [&ann, &ben, &cleo] {
        proposed(&town, one, true).await;
    }
    tend().await;
    assert!(town.store.head().await.unwrap() > head);
    desk.queue(&town.administrator().await, &desk.end(&town, &cleo).await).await;
    assert_eq!(rounds().await, 1, "one round, whoever saw that it was time");
    let dan = town.waiting().await;
    town.mentor(9).await;
    town.clock.advance_millis(DAY_MILLIS);
    desk.since(&dan, &desk.end(&town, &dan).await).await;
    tend().await;
    proposed(&town, &dan, true).await;
}

/// What a round is held and put by, in a process that dies after so many commits.
async fn mortal(town: &Town, desk: &Desk, round: RoundId, lives: u64) -> Result<(), ApiError> {
    let executor = Executor::new(Mortal::new(town.store.clone(), lives), 1_000);
    let (keys, acquaintances) = (town.keys.clone(), town.acquaintances.clone());
    let rounds = desk.rounds_over(Application::new(executor, keys, acquaintances, LIMITS, town.clock.clone()));
    let (tenant, command) = ("riverside".parse().unwrap(), round.0.as_uuid());
    let cause = |name: &str| Cause {
        event: command,
        correlation: command,
        at: START.plus_seconds(100_000),
        command_id: kindred_projections::reaction_command_id(name, command, 0),
    };
    rounds.hold(&tenant, round, &cause("hold_rounds")).await?;
    rounds.put(&tenant, round, &cause("put_proposals")).await
}

#[tokio::test]
async fn killed_anywhere_a_round_completes_once() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push((town.mentor(1).await, town.waiting().await));
    }
    let round = town.round(Mode::Cheapest).await;
    // One commit finishes the round, and two put each proposal.
    let mut deaths = 0;
    while let Err(error) = mortal(&town, &desk, round, 1).await {
        assert!(["OUTCOME_UNKNOWN", "LOG_BUSY", "LOG_UNAVAILABLE"].contains(&error.reason()), "{}", error.reason());
        deaths += 1;
        assert!(deaths < 100, "it never completes");
    }
    assert_eq!(deaths, 7, "every commit was the last one of a process");
    let head = town.store.head().await.unwrap();
    mortal(&town, &desk, round, 100).await.unwrap();
    assert_eq!(town.store.head().await.unwrap(), head, "once more changes nothing");
    let outcome = town.outcome(&people[0].0.tenant, round).await.unwrap();
    assert_eq!(outcome.len(), 3);
    assert_eq!(outcome.iter().map(|one| one.mentor).collect::<HashSet<_>>().len(), 3);
    for proposal in outcome {
        let (mentor, _) = people.iter().find(|(mentor, _)| mentor.id == proposal.mentor).unwrap();
        let (_, mentee) = people.iter().find(|(_, mentee)| mentee.id == proposal.mentee).unwrap();
        assert_eq!(town.asked(mentee, mentor).await, Some(Standing::Open));
        assert_eq!(town.wait_of(mentee).await.unwrap().proposed.unwrap().mentor, mentor.id);
    }
}

#[tokio::test]
async fn what_a_killed_process_wrote_down_of_a_round_holds_nothing() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (mentor, ann) = (town.mentor(1).await, town.waiting().await);
    let round = town.round(Mode::Cheapest).await;
    let key = EntityKey::new(ann.tenant.clone(), "round", round);
    let nobody = Proposal { mentee: mentor.id, mentor: ann.id, score: 1 };
    let part = ProposeMentors { attempt: 1, part: 0, proposals: vec![nobody], last: None, at: START };
    let context = CommandContext::new(town.command(), Actor("matching".to_owned()), START);
    Executor::new(town.store.clone(), 1).run::<Round>(&key, &part.into(), &context).await.unwrap();
    assert_eq!(town.outcome(&ann.tenant, round).await, None);
    mortal(&town, &desk, round, 100).await.unwrap();
    assert_eq!(
        town.outcome(&ann.tenant, round).await.unwrap(),
        [Proposal { mentee: ann.id, mentor: mentor.id, score: 0 }]
    );
    assert_eq!(town.asked(&mentor, &ann).await, None);
}

#[tokio::test]
async fn a_mentor_who_cannot_be_asked_any_more_leaves_the_mentee_waiting() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (mentor, ann) = (town.mentor(1).await, town.waiting().await);
    let round = town.round(Mode::Cheapest).await;
    // It finishes, and its process dies before anything is put.
    mortal(&town, &desk, round, 1).await.unwrap_err();
    town.pause(&mentor, true).await.unwrap();
    mortal(&town, &desk, round, 100).await.unwrap();
    assert_eq!(town.asked(&ann, &mentor).await, None);
    assert_eq!(town.wait_of(&ann).await.unwrap().proposed, None);
    town.pause(&mentor, false).await.unwrap();
    mortal(&town, &desk, round, 100).await.unwrap();
    assert_eq!(town.asked(&ann, &mentor).await, None, "a later look at the same round asks nobody");
}

#[tokio::test]
async fn the_read_models_come_back_as_they_were() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let (mentor, ann, ben) = (town.mentor(1).await, town.waiting().await, town.waiting().await);
    let round = town.round(Mode::Cheapest).await;
    assert_eq!(finished(&town, &ann, round).await.len(), 1);
    stands(&town, &ann, &mentor, Standing::Open).await;
    town.stop_waiting(&ben).await.unwrap();
    let id = pairing_id(&ann.tenant, ann.id, mentor.id);
    town.reply(&mentor, id, false).await.unwrap();
    proposed(&town, &ann, false).await;
    for by in [&ann, &ben, &mentor] {
        desk.pairings_at(by, &desk.end(&town, by).await).await;
    }
    for (projection, view) in
        [("mentor_waits", "mentor_waits_v1"), ("rounds", "rounds_v1"), ("pairings", "pairings_v2")]
    {
        let before = desk.dump_of(view).await;
        assert!(!before.is_empty(), "{view}");
        let rebuild = desk.operations().rebuild(projection).await.unwrap();
        let rebuilt = desk.operations().finished(projection, rebuild, Duration::from_secs(60)).await.unwrap();
        assert_eq!((rebuilt.state.as_str(), desk.dump_of(view).await), ("live", before), "{rebuilt:?}");
    }
}
