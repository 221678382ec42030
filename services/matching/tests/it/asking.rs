//! Asking, answering, taking back: who may, and what each side is told.

use kindred_eventsourcing::EventStore as _;
use kindred_matching::domain::introduction::ASK_AGAIN_AFTER_SECONDS;

use crate::support::{HASHIMOTO, LIMITS, Person, Town, refusal, refused};

#[tokio::test]
async fn two_who_consent_are_introduced_and_a_resent_command_gets_the_first_receipt() {
    let town = Town::new();
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    let command = town.command();
    let (receipt, id) = town.ask_as(command, &ann, ben.id, "Hello").await.unwrap();
    assert_eq!((receipt.version, receipt.changed), (1, true));
    let accepted = town.answer(&ben, id, true).await.unwrap();
    assert_eq!(accepted.version, 2);
    assert!(!town.answer(&ben, id, true).await.unwrap().changed);
    // However late, and whatever became of the two since.
    town.blocks.block(ben.id, ann.id);
    town.consent(&ben, false).await;
    let (again, same) = town.ask_as(command, &ann, ben.id, "Hello").await.unwrap();
    assert_eq!((again.version, again.replayed, same), (1, true, id));
    let reused = refused(town.ask_as(command, &ann, ben.id, "Other words").await);
    assert_eq!(reused, refusal("INVALID_ARGUMENT", "COMMAND_ID_REUSED"));
}

#[tokio::test]
async fn whoever_cannot_be_met_is_not_found_whatever_the_reason() {
    let town = Town::new();
    let ann = town.member(&[HASHIMOTO]).await;
    let without_consent = town.stranger("riverside").await;
    let withdrawn = town.member(&[HASHIMOTO]).await;
    town.consent(&withdrawn, false).await;
    let suspended = town.member(&[HASHIMOTO]).await;
    town.write(town.facts.suspended(&suspended.tenant, suspended.id, true)).await;
    let erased = town.member(&[HASHIMOTO]).await;
    town.erase(&erased).await;
    let (blocking, blocked) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    town.write(town.facts.blocked(&ann.tenant, blocking.id, ann.id, true)).await;
    town.blocks.block(ann.id, blocked.id);
    let elsewhere = town.stranger("lakeside").await;
    town.consent(&elsewhere, true).await;
    for nobody in [&without_consent, &withdrawn, &suspended, &erased, &blocking, &blocked, &elsewhere] {
        let error = town.ask(&ann, nobody.id, "").await.expect_err("refused");
        let told = (error.code().to_string(), error.reason().to_owned(), error.message().to_owned());
        assert_eq!(told, ("NOT_FOUND".to_owned(), "MEMBER_UNKNOWN".to_owned(), "there is no such member".to_owned()));
    }
    assert_eq!(town.store.head().await.unwrap(), 0, "nothing was written");
}

#[tokio::test]
async fn one_asks_so_often_a_day() {
    let town = Town::new();
    let ann = town.member(&[HASHIMOTO]).await;
    for _ in 0..LIMITS.introductions_a_day {
        let other = town.member(&[HASHIMOTO]).await;
        town.ask(&ann, other.id, "").await.unwrap();
    }
    let (other, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    let refusal = refusal("RESOURCE_EXHAUSTED", "INTRODUCTIONS_TODAY");
    assert_eq!(refused(town.ask(&ann, other.id, "").await), refusal);
    town.ask(&ben, other.id, "").await.expect("others ask still");
    town.clock.advance_millis(24 * 3_600 * 1_000);
    town.ask(&ann, other.id, "").await.expect("tomorrow is another day");
}

#[tokio::test]
async fn what_concerns_only_the_caller_is_told_precisely() {
    let town = Town::new();
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    assert_eq!(refused(town.ask(&ann, ann.id, "").await), refusal("INVALID_ARGUMENT", "ONESELF"));
    let shy = town.stranger("riverside").await;
    assert_eq!(refused(town.ask(&shy, ben.id, "").await), refusal("FAILED_PRECONDITION", "CONSENT_MISSING"));
    town.ask(&ann, ben.id, "").await.unwrap();
    assert_eq!(refused(town.ask(&ann, ben.id, "").await), refusal("ALREADY_EXISTS", "ALREADY_ASKED"));
    town.blocks.go_away();
    assert_eq!(refused(town.ask(&ben, ann.id, "").await), refusal("UNAVAILABLE", "SERVICE_UNREACHABLE"));
}

#[tokio::test]
async fn only_the_one_who_was_asked_answers_and_only_the_other_takes_back() {
    let town = Town::new();
    let (ann, ben, eve) = (town.member(&[]).await, town.member(&[]).await, town.member(&[]).await);
    let (_, id) = town.ask(&ann, ben.id, "").await.unwrap();
    let unknown = refusal("NOT_FOUND", "INTRODUCTION_UNKNOWN");
    for (by, accept) in [(&ann, true), (&ann, false), (&eve, true), (&eve, false)] {
        assert_eq!(refused(town.answer(by, id, accept).await), unknown);
    }
    assert_eq!(refused(town.withdraw(&ben, id).await), unknown);
    let elsewhere = town.stranger("lakeside").await;
    assert_eq!(refused(town.answer(&elsewhere, id, false).await), unknown);
    town.withdraw(&ann, id).await.unwrap();
    assert_eq!(refused(town.answer(&ben, id, true).await), refusal("FAILED_PRECONDITION", "INTRODUCTION_WITHDRAWN"));
}

#[tokio::test]
async fn nobody_accepts_somebody_who_is_gone_or_blocked() {
    let town = Town::new();
    let (ann, ben, cid) = (town.member(&[]).await, town.member(&[]).await, town.member(&[]).await);
    let (_, of_ann) = town.ask(&ann, ben.id, "").await.unwrap();
    let (_, of_cid) = town.ask(&cid, ben.id, "").await.unwrap();
    town.erase(&ann).await;
    town.blocks.block(ben.id, cid.id);
    for id in [of_ann, of_cid] {
        assert_eq!(refused(town.answer(&ben, id, true).await), refusal("NOT_FOUND", "INTRODUCTION_UNKNOWN"));
        town.answer(&ben, id, false).await.unwrap();
    }
}

/// Everything that whoever asked is told from the moment of asking on, in words.
async fn told_to_the_asker(declines: bool) -> Vec<String> {
    let town = Town::new();
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    let mut told = Vec::new();
    let (receipt, id) = town.ask(&ann, ben.id, "Hello").await.unwrap();
    told.push(format!("{} {}", receipt.version, receipt.changed));
    if declines {
        town.answer(&ben, id, false).await.unwrap();
    }
    told.push(format!("{:?}", town.ask(&ann, ben.id, "Hello again").await));
    for _ in 0..2 {
        let receipt = town.withdraw(&ann, id).await.unwrap();
        told.push(format!("{} {} {}", receipt.version, receipt.changed, receipt.replayed));
    }
    told.push(format!("{:?}", town.ask(&ann, ben.id, "Once more").await));
    town.clock.advance_millis(ASK_AGAIN_AFTER_SECONDS * 1_000);
    let (receipt, same) = town.ask(&ann, ben.id, "Later").await.unwrap();
    assert_eq!(same, id);
    told.push(format!("{} {}", receipt.version, receipt.changed));
    told
}

#[tokio::test]
async fn whoever_asked_is_told_the_same_with_and_without_a_decline() {
    assert_eq!(told_to_the_asker(true).await, told_to_the_asker(false).await);
}

#[tokio::test]
async fn two_are_acquainted_once_one_accepted_the_other_and_whoever_asked() {
    let town = Town::new();
    let (ann, ben, cid) = (town.member(&[]).await, town.member(&[]).await, town.member(&[]).await);
    let acquainted = async |one: &Person, other: &Person| {
        town.application.are_acquainted(&one.tenant, one.id, other.id).await.unwrap()
    };
    let (_, of_ann) = town.ask(&ann, ben.id, "").await.unwrap();
    let (_, of_cid) = town.ask(&cid, ben.id, "").await.unwrap();
    assert!(!acquainted(&ann, &ben).await, "only asked");
    town.answer(&ben, of_ann, true).await.unwrap();
    town.answer(&ben, of_cid, false).await.unwrap();
    assert!(acquainted(&ann, &ben).await && acquainted(&ben, &ann).await);
    assert!(!acquainted(&cid, &ben).await && !acquainted(&ben, &cid).await, "declined");
    assert!(!acquainted(&ann, &cid).await, "never asked");
    let lakeside = "lakeside".parse().unwrap();
    assert!(!town.application.are_acquainted(&lakeside, ann.id, ben.id).await.unwrap(), "another tenant's log");
}
