//! Offering, asking a mentor, answering, ending: who may, and what each side is told.

use kindred_eventsourcing::EventStore as _;
use kindred_matching::application::Question;
use kindred_matching::domain::check_in::Mood;
use kindred_matching::domain::introduction::ASK_AGAIN_AFTER_SECONDS;
use kindred_matching::domain::pairing::Reason;

use crate::support::log::community;
use crate::support::{Town, refusal, refused};

#[tokio::test]
async fn staff_confirm_that_a_mentor_is_trained_and_nobody_else_does() {
    let town = Town::new();
    let (mentor, manager, member) = (town.member(&[]).await, town.member(&[]).await, town.member(&[]).await);
    let (here, there) = (community(&mentor.tenant, "here"), community(&mentor.tenant, "there"));
    town.write(town.facts.joined(&mentor.tenant, mentor.id, here, true)).await;
    town.enrol(&mentor, "Diet", 2).await.unwrap();
    town.blocks.appoint(manager.id, here);
    town.blocks.appoint(manager.id, there);
    let denied = refusal("PERMISSION_DENIED", "MENTOR_STAFF_ONLY");
    let confirm = async |by: &crate::support::Person, place| {
        town.application.confirm_training(&by.caller, town.command(), mentor.id, place).await
    };
    for place in [None, Some(here)] {
        assert_eq!(refused(confirm(&member, place).await), denied);
    }
    assert_eq!(refused(confirm(&manager, None).await), denied);
    assert_eq!(refused(confirm(&manager, Some(there)).await), refusal("NOT_FOUND", "MENTOR_UNKNOWN"));
    assert!(confirm(&manager, Some(here)).await.unwrap().changed);
    assert!(!confirm(&town.administrator().await, None).await.unwrap().changed, "it was confirmed already");
    let own = town.administrator().await;
    town.enrol(&own, "Paperwork", 1).await.unwrap();
    let confirmed = town.application.confirm_training(&own.caller, town.command(), own.id, None).await;
    assert_eq!(refused(confirmed), refusal("FAILED_PRECONDITION", "OWN_TRAINING"));
}

#[tokio::test]
async fn an_offer_is_changed_only_by_whoever_made_it() {
    let town = Town::new();
    let member = town.member(&[]).await;
    let unknown = refusal("NOT_FOUND", "MENTOR_UNKNOWN");
    assert_eq!(refused(town.pause(&member, true).await), unknown);
    assert_eq!(refused(town.resize(&member, 3).await), unknown);
    assert_eq!(refused(town.resize(&member, 21).await), refusal("INVALID_ARGUMENT", "CAPACITY_OUT_OF_RANGE"));
    let left = town.application.leave_mentoring(&member.caller, town.command()).await;
    assert_eq!(refused(left), unknown);
    assert_eq!(town.store.head().await.unwrap(), 0, "nothing was written");
}

#[tokio::test]
async fn whoever_cannot_be_asked_is_not_found_whatever_the_reason() {
    let town = Town::new();
    let ann = town.member(&[]).await;
    let untrained = town.member(&[]).await;
    town.enrol(&untrained, "Diet", 1).await.unwrap();
    let (suspended, erased, blocking, blocked) =
        (town.mentor(1).await, town.mentor(1).await, town.mentor(1).await, town.mentor(1).await);
    town.write(town.facts.suspended(&ann.tenant, suspended.id, true)).await;
    town.erase(&erased).await;
    town.write(town.facts.blocked(&ann.tenant, blocking.id, ann.id, true)).await;
    town.blocks.block(ann.id, blocked.id);
    let left = town.mentor(1).await;
    town.application.leave_mentoring(&left.caller, town.command()).await.unwrap();
    let (elsewhere, no_mentor) = (town.stranger("lakeside").await, town.member(&[]).await);
    for nobody in [&untrained, &suspended, &erased, &blocking, &blocked, &left, &elsewhere, &no_mentor] {
        let error = town.ask_mentor(&ann, nobody.id, "").await.expect_err("refused");
        let told = (error.code().to_string(), error.reason().to_owned(), error.message().to_owned());
        assert_eq!(told, ("NOT_FOUND".to_owned(), "MENTOR_UNKNOWN".to_owned(), "there is no such mentor".to_owned()));
    }
}

#[tokio::test]
async fn a_mentor_who_rests_or_is_full_is_said_to_be_busy_and_keeps_whom_they_have() {
    let town = Town::new();
    let (ann, ben, mentor) = (town.member(&[]).await, town.member(&[]).await, town.mentor(2).await);
    let busy = refusal("FAILED_PRECONDITION", "MENTOR_BUSY");
    town.pause(&mentor, true).await.unwrap();
    assert_eq!(refused(town.ask_mentor(&ann, mentor.id, "").await), busy);
    town.pause(&mentor, false).await.unwrap();
    let of_ann = town.pair(&ann, &mentor).await;
    let (_, of_ben) = town.ask_mentor(&ben, mentor.id, "").await.unwrap();
    town.resize(&mentor, 1).await.unwrap();
    assert_eq!(refused(town.ask_mentor(&town.member(&[]).await, mentor.id, "").await), busy);
    assert_eq!(refused(town.reply(&mentor, of_ben, true).await), refusal("FAILED_PRECONDITION", "NO_FREE_PLACE"));
    town.say(&ann, of_ann, Mood::GoingWell, "").await.unwrap();
    town.end(&mentor, of_ann, Reason::NoTime).await.unwrap();
    town.reply(&mentor, of_ben, true).await.unwrap();
}

#[tokio::test]
async fn who_accepts_has_to_be_a_mentor_then() {
    let town = Town::new();
    let (ann, mentor) = (town.member(&[]).await, town.mentor(2).await);
    let (_, id) = town.ask_mentor(&ann, mentor.id, "").await.unwrap();
    town.pause(&mentor, true).await.unwrap();
    assert_eq!(refused(town.reply(&mentor, id, true).await), refusal("FAILED_PRECONDITION", "MENTOR_PAUSED"));
    town.application.leave_mentoring(&mentor.caller, town.command()).await.unwrap();
    assert_eq!(refused(town.reply(&mentor, id, true).await), refusal("FAILED_PRECONDITION", "NOT_A_MENTOR"));
    town.enrol(&mentor, "Diet", 1).await.unwrap();
    assert_eq!(refused(town.reply(&mentor, id, true).await), refusal("FAILED_PRECONDITION", "MENTOR_NOT_TRAINED"));
    town.train(&mentor).await;
    town.reply(&mentor, id, true).await.unwrap();
    assert_eq!(refused(town.ask_mentor(&ann, mentor.id, "").await), refusal("FAILED_PRECONDITION", "ALREADY_PAIRED"));
}

#[tokio::test]
async fn nobody_but_the_two_does_anything_with_a_pairing() {
    let town = Town::new();
    let (ann, eve, mentor) = (town.member(&[]).await, town.member(&[]).await, town.mentor(2).await);
    let (_, id) = town.ask_mentor(&ann, mentor.id, "").await.unwrap();
    let unknown = refusal("NOT_FOUND", "PAIRING_UNKNOWN");
    for by in [&ann, &eve] {
        assert_eq!(refused(town.reply(by, id, true).await), unknown);
        assert_eq!(refused(town.reply(by, id, false).await), unknown);
    }
    for by in [&mentor, &eve] {
        assert_eq!(refused(town.take_back(by, id).await), unknown);
    }
    town.reply(&mentor, id, true).await.unwrap();
    assert_eq!(refused(town.end(&eve, id, Reason::Other).await), unknown);
    assert_eq!(refused(town.say(&eve, id, Mood::NeedsHelp, "").await), unknown);
    town.say(&mentor, id, Mood::GoingWell, "").await.unwrap();
    town.blocks.block(ann.id, mentor.id);
    assert_eq!(refused(town.say(&mentor, id, Mood::GoingWell, "").await), unknown);
    town.end(&ann, id, Reason::NotAFit).await.unwrap();
    assert!(!town.end(&mentor, id, Reason::Other).await.unwrap().changed);
}

#[tokio::test]
async fn a_resent_question_and_check_in_get_the_first_receipt() {
    let town = Town::new();
    let (ann, mentor) = (town.member(&[]).await, town.mentor(1).await);
    let ask = Question::read(town.command(), mentor.id, "Hello").unwrap();
    let (first, id) = town.application.request_pairing(&ann.caller, &ask).await.unwrap();
    town.reply(&mentor, id, true).await.unwrap();
    let command = town.command();
    let said =
        |note: &str| kindred_matching::application::NewCheckIn::read(command, id, Mood::CouldBeBetter, note).unwrap();
    let once = town.application.check_in(&ann.caller, &said("So so")).await.unwrap();
    town.end(&ann, id, Reason::GoalReached).await.unwrap();
    town.write(town.facts.suspended(&mentor.tenant, mentor.id, true)).await;
    let (again, same) = town.application.request_pairing(&ann.caller, &ask).await.unwrap();
    assert_eq!((again.version, again.replayed, same), (first.version, true, id));
    let twice = town.application.check_in(&ann.caller, &said("So so")).await.unwrap();
    assert_eq!((twice.version, twice.replayed), (once.version, true));
    let reused = refused(town.application.check_in(&ann.caller, &said("Other words")).await);
    assert_eq!(reused, refusal("INVALID_ARGUMENT", "COMMAND_ID_REUSED"));
}

/// Everything that whoever asked is told from the moment of asking on, in words.
async fn told_to_the_mentee(declines: bool) -> Vec<String> {
    let town = Town::new();
    let (ann, mentor) = (town.member(&[]).await, town.mentor(1).await);
    let mut told = Vec::new();
    let (receipt, id) = town.ask_mentor(&ann, mentor.id, "Hello").await.unwrap();
    told.push(format!("{} {}", receipt.version, receipt.changed));
    if declines {
        town.reply(&mentor, id, false).await.unwrap();
    }
    told.push(format!("{:?}", town.ask_mentor(&ann, mentor.id, "Hello again").await));
    told.push(format!("{:?}", town.end(&ann, id, Reason::Other).await));
    told.push(format!("{:?}", town.say(&ann, id, Mood::NeedsHelp, "").await));
    for _ in 0..2 {
        let receipt = town.take_back(&ann, id).await.unwrap();
        told.push(format!("{} {} {}", receipt.version, receipt.changed, receipt.replayed));
    }
    told.push(format!("{:?}", town.ask_mentor(&ann, mentor.id, "Once more").await));
    town.clock.advance_millis(ASK_AGAIN_AFTER_SECONDS * 1_000);
    let (receipt, same) = town.ask_mentor(&ann, mentor.id, "Later").await.unwrap();
    assert_eq!(same, id);
    told.push(format!("{} {}", receipt.version, receipt.changed));
    town.reply(&mentor, id, true).await.unwrap();
    told.push(town.end(&ann, id, Reason::GoalReached).await.unwrap().version.to_string());
    told
}

#[tokio::test]
async fn whoever_asked_is_told_the_same_with_and_without_a_decline() {
    assert_eq!(told_to_the_mentee(true).await, told_to_the_mentee(false).await);
}
