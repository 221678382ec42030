//! Waiting for a mentor and rounds, from the wish to the yes: who is brought together, and
//! what whoever waits is told.

use std::time::Duration;

use kindred_ids::RoundId;
use kindred_matching::domain::pairing::{Reason, Standing, pairing_id};
use kindred_matching::domain::round::{Mode, Proposal};
use kindred_proto::matching as wire;
use kindred_proto::matching::PairingState as State;
use kindred_proto::matching::mentoring_server::Mentoring as _;
use kindred_proto::membership::Visibility;
use kindred_service_kit::error::ApiError;
use kindred_testkit::eventually;

use crate::support::database::Desk;
use crate::support::{HASHIMOTO, Person, START, Town, WALKING, refusal, refused};

const BOUND: Duration = Duration::from_secs(60);
pub const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;

/// Waits until the log says so of a question to a mentor.
pub async fn stands(town: &Town, mentee: &Person, mentor: &Person, standing: Standing) {
    eventually("the question", BOUND, async || (town.asked(mentee, mentor).await == Some(standing)).then_some(()))
        .await;
}

/// Waits until whoever waits is in no round, or is in one.
pub async fn proposed(town: &Town, mentee: &Person, is: bool) {
    let look = async || town.wait_of(mentee).await.filter(|wait| wait.proposed.is_some() == is).map(drop);
    eventually("the wait", BOUND, look).await;
}

pub async fn finished(town: &Town, by: &Person, round: RoundId) -> Vec<Proposal> {
    eventually("the round", BOUND, async || town.outcome(&by.tenant, round).await).await
}

#[tokio::test]
async fn whoever_waits_is_told_only_of_a_yes() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let (mentor, ann) = (town.mentor(1).await, town.member(&[]).await);
    let began = town.wait(&ann).await.unwrap();
    let since = desk.since(&ann, &desk.token(&began)).await;
    assert!(since > START.millis());
    let again = town.wait(&ann).await.unwrap();
    assert_eq!((again.changed, again.version), (false, began.version), "waiting twice is waiting once");
    let round = town.round(Mode::Cheapest).await;
    let outcome = finished(&town, &ann, round).await;
    assert_eq!(outcome, [Proposal { mentee: ann.id, mentor: mentor.id, score: 0 }]);
    stands(&town, &ann, &mentor, Standing::Open).await;
    let end = desk.end(&town, &ann).await;
    let open = desk.pairings_at(&mentor, &end).await;
    assert_eq!((open.len(), open[0].state(), open[0].note.as_str()), (1, State::Open, ""));
    assert_eq!(desk.pairings_at(&ann, &end).await, [], "nobody said yes yet");
    assert_eq!(desk.since(&ann, &end).await, since);
    assert_eq!(desk.free(&ann, &end).await, [mentor.id.to_string()], "she may ask them herself");
    let id = open[0].pairing_id.parse().unwrap();
    for hidden in [town.take_back(&ann, id).await, town.end(&ann, id, Reason::Other).await] {
        assert_eq!(refused(hidden), refusal("NOT_FOUND", "PAIRING_UNKNOWN"));
    }
    town.reply(&mentor, id, true).await.unwrap();
    eventually("the end of the wait", BOUND, async || town.wait_of(&ann).await.is_none().then_some(())).await;
    let end = desk.end(&town, &ann).await;
    assert_eq!(desk.since(&ann, &end).await, 0);
    assert_eq!(desk.pairings_at(&ann, &end).await[0].state(), State::Active);
    let staff = town.administrator().await;
    let queue = desk.queue(&staff, &end).await;
    let last = queue.last_round.clone().unwrap();
    assert_eq!((queue.waiting, queue.longest_since, queue.exposures, queue.exposure_gini_permille), (0, 0, 1, 0));
    assert_eq!((last.waiting, last.mentors, last.places, last.proposed, last.accepted), (1, 1, 1, 1, 1));
    assert_eq!((last.round_id.clone(), last.longest_wait_millis > 0), (round.to_string(), true));
    assert!(last.finished_at >= last.started_at);
}

#[tokio::test]
async fn after_a_no_they_wait_on_since_they_first_asked_and_never_hear_of_it() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let (declining, ann) = (town.mentor(1).await, town.waiting().await);
    let since = town.wait_of(&ann).await.unwrap().since;
    town.round(Mode::Cheapest).await;
    stands(&town, &ann, &declining, Standing::Open).await;
    let seen = async || {
        let end = desk.end(&town, &ann).await;
        (desk.pairings_at(&ann, &end).await, desk.since(&ann, &end).await, desk.free(&ann, &end).await)
    };
    let before = seen().await;
    let id = pairing_id(&ann.tenant, ann.id, declining.id);
    town.reply(&declining, id, false).await.unwrap();
    proposed(&town, &ann, false).await;
    assert_eq!(town.wait_of(&ann).await.unwrap().since, since);
    assert_eq!(seen().await, before, "nothing that she sees has changed");
    assert_eq!(refused(town.reply(&declining, id, true).await), refusal("FAILED_PRECONDITION", "PAIRING_LAPSED"));
    let none = town.round(Mode::Cheapest).await;
    assert_eq!(finished(&town, &ann, none).await, [], "whoever declined is not asked again");
    let other = town.mentor(1).await;
    town.round(Mode::Cheapest).await;
    stands(&town, &ann, &other, Standing::Open).await;
    assert!(town.ask_mentor(&ann, declining.id, "I ask myself").await.unwrap().0.changed, "as if nobody had");
}

#[tokio::test]
async fn a_question_that_nobody_answers_runs_out_and_the_mentee_waits_on() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let (mentor, ann) = (town.mentor(1).await, town.waiting().await);
    town.round(Mode::Cheapest).await;
    stands(&town, &ann, &mentor, Standing::Open).await;
    desk.pairings_at(&mentor, &desk.end(&town, &ann).await).await;
    desk.rounds.tend().await;
    assert_eq!(town.asked(&ann, &mentor).await, Some(Standing::Open), "it is not time yet");
    town.clock.advance_millis(7 * DAY_MILLIS + 1);
    desk.rounds.tend().await;
    assert_eq!(town.asked(&ann, &mentor).await, Some(Standing::Lapsed));
    let waits = town.wait_of(&ann).await.unwrap();
    assert_eq!(waits.proposed, None);
    let end = desk.end(&town, &ann).await;
    assert_eq!(desk.pairings_at(&ann, &end).await, []);
    assert_eq!(desk.pairings_at(&mentor, &end).await[0].state(), State::Lapsed);
}

#[tokio::test]
async fn whoever_stops_waiting_leaves_no_question_behind() {
    let told = async |declines: bool| {
        let town = Town::new();
        let _desk = Desk::alive(&town).await;
        let (mentor, ann) = (town.mentor(1).await, town.waiting().await);
        town.round(Mode::Cheapest).await;
        stands(&town, &ann, &mentor, Standing::Open).await;
        let id = pairing_id(&ann.tenant, ann.id, mentor.id);
        if declines {
            town.reply(&mentor, id, false).await.unwrap();
            proposed(&town, &ann, false).await;
        }
        let stopped = town.stop_waiting(&ann).await.unwrap();
        assert!(!town.stop_waiting(&ann).await.unwrap().changed);
        if !declines {
            stands(&town, &ann, &mentor, Standing::Lapsed).await;
        }
        assert_eq!(refused(town.reply(&mentor, id, true).await), refusal("FAILED_PRECONDITION", "PAIRING_LAPSED"));
        (stopped.version, stopped.changed)
    };
    assert_eq!(told(true).await, told(false).await, "she is told the same");
}

#[tokio::test]
async fn a_mentor_of_ones_own_ends_the_wait_and_what_a_round_asked() {
    let town = Town::new();
    let _desk = Desk::alive(&town).await;
    let (proposed_one, ann) = (town.mentor(1).await, town.waiting().await);
    town.round(Mode::Cheapest).await;
    stands(&town, &ann, &proposed_one, Standing::Open).await;
    let own = town.mentor(1).await;
    town.pair(&ann, &own).await;
    stands(&town, &ann, &proposed_one, Standing::Lapsed).await;
    assert_eq!(town.wait_of(&ann).await, None);
}

#[tokio::test]
async fn who_waits_longest_is_served_first_or_who_suits_best_as_the_mode_says() {
    for (mode, longest_first) in [(Mode::Cheapest, true), (Mode::Stable, false)] {
        let town = Town::new();
        let _desk = Desk::alive(&town).await;
        let mentor = town.mentor(1).await;
        town.fill(&mentor, &[HASHIMOTO, WALKING], Visibility::Tenant).await;
        for _ in 0..20 {
            town.member(&[]).await;
        }
        let ann = town.waiting().await;
        town.clock.advance_millis(DAY_MILLIS);
        let ben = town.member(&[HASHIMOTO, WALKING]).await;
        town.wait(&ben).await.unwrap();
        let round = town.round(mode).await;
        let outcome = finished(&town, &ann, round).await;
        let served = if longest_first { ann.id } else { ben.id };
        assert_eq!((outcome.len(), outcome[0].mentee), (1, served), "{mode:?}");
        assert_eq!(outcome[0].score > 0, !longest_first);
    }
}

#[tokio::test]
async fn only_those_who_can_meet_are_brought_together() {
    let town = Town::new();
    let _desk = Desk::alive(&town).await;
    let (blocking, suspended, asked, paused, full) =
        (town.mentor(1).await, town.mentor(1).await, town.mentor(1).await, town.mentor(1).await, town.mentor(1).await);
    let untrained = town.member(&[]).await;
    town.enrol(&untrained, "Diet", 1).await.unwrap();
    let ann = town.waiting().await;
    town.write(town.facts.blocked(&ann.tenant, blocking.id, ann.id, true)).await;
    town.write(town.facts.suspended(&ann.tenant, suspended.id, true)).await;
    town.ask_mentor(&ann, asked.id, "").await.unwrap();
    town.pause(&paused, true).await.unwrap();
    town.pair(&town.member(&[]).await, &full).await;
    town.enrol(&ann, "I mentor, too", 1).await.unwrap();
    town.train(&ann).await;
    let round = town.round(Mode::Cheapest).await;
    assert_eq!(finished(&town, &ann, round).await, []);
    let free = town.mentor(1).await;
    let round = town.round(Mode::Cheapest).await;
    assert_eq!(finished(&town, &ann, round).await[0].mentor, free.id);
}

#[tokio::test]
async fn a_round_with_nobody_waiting_finishes_and_says_so_and_nobody_else_starts_one() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let (member, staff) = (town.member(&[]).await, town.administrator().await);
    let round = town.round(Mode::Stable).await;
    assert_eq!(finished(&town, &staff, round).await, []);
    let last = eventually("the report", BOUND, async || {
        desk.queue(&staff, "").await.last_round.filter(|last| last.finished_at > 0)
    });
    let last = last.await;
    assert_eq!((last.mode(), last.waiting, last.proposed), (wire::RoundMode::Stable, 0, 0));
    let run = async |by: &Person, mode: i32| {
        let (command_id, community_id) = (town.command().to_string(), String::new());
        let message = wire::RunMentorRoundRequest { command_id, community_id, mode };
        desk.mentoring.run_mentor_round(desk.request(by, "", message)).await.map_err(ApiError::from)
    };
    for mode in [0, 9] {
        assert_eq!(refused(run(&staff, mode).await), refusal("INVALID_ARGUMENT", "VALUE_UNKNOWN"));
    }
    assert_eq!(refused(run(&member, 1).await), refusal("PERMISSION_DENIED", "MENTOR_STAFF_ONLY"));
}

#[tokio::test]
async fn another_tenants_people_are_in_no_round() {
    let town = Town::new();
    let _desk = Desk::alive(&town).await;
    town.mentor(5).await;
    let (ann, elsewhere) = (town.waiting().await, town.stranger("lakeside").await);
    town.wait(&elsewhere).await.unwrap();
    let round = town.round(Mode::Cheapest).await;
    let served: Vec<_> = finished(&town, &ann, round).await.into_iter().map(|proposal| proposal.mentee).collect();
    assert_eq!(served, [ann.id]);
    assert_eq!(town.outcome(&elsewhere.tenant, round).await, None);
    assert_eq!(town.wait_of(&elsewhere).await.unwrap().proposed, None);
}
