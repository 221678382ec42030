//! What an erasure leaves of the mentor programme: no place that is held for nobody.

use std::time::Duration;

use kindred_matching::application::Cause;
use kindred_matching::domain::pairing::Standing;
use kindred_projections::reaction_command_id;
use kindred_testkit::eventually;

use crate::support::database::Desk;
use crate::support::{Person, Town, refusal, refused};

const BOUND: Duration = Duration::from_secs(60);

async fn ended(town: &Town, mentee: &Person, mentor: &Person) {
    let look = async || (town.asked(mentee, mentor).await == Some(Standing::Ended)).then_some(());
    eventually("the end of a pairing", BOUND, look).await;
}

#[tokio::test]
async fn the_place_of_a_mentee_who_was_erased_is_free_by_itself() {
    let town = Town::new();
    let _desk = Desk::alive(&town).await;
    let (ann, ben, mentor, other) =
        (town.member(&[]).await, town.member(&[]).await, town.mentor(1).await, town.mentor(1).await);
    let (_, of_ben) = town.ask_mentor(&ben, mentor.id, "").await.unwrap();
    town.pair(&ann, &mentor).await;
    town.pair(&ann, &other).await;
    assert_eq!(refused(town.reply(&mentor, of_ben, true).await), refusal("FAILED_PRECONDITION", "NO_FREE_PLACE"));
    town.erase(&ann).await;
    ended(&town, &ann, &mentor).await;
    ended(&town, &ann, &other).await;
    town.reply(&mentor, of_ben, true).await.unwrap();
}

#[tokio::test]
async fn the_pairings_of_a_mentor_who_was_erased_end() {
    let town = Town::new();
    let _desk = Desk::alive(&town).await;
    let (ann, ben, mentor) = (town.member(&[]).await, town.member(&[]).await, town.mentor(2).await);
    town.pair(&ann, &mentor).await;
    town.pair(&ben, &mentor).await;
    town.erase(&mentor).await;
    ended(&town, &ann, &mentor).await;
    ended(&town, &ben, &mentor).await;
}

#[tokio::test]
async fn whoever_was_erased_waits_for_nobody() {
    let town = Town::new();
    let _desk = Desk::alive(&town).await;
    let ann = town.waiting().await;
    town.erase(&ann).await;
    eventually("the end of the wait", BOUND, async || town.wait_of(&ann).await.is_none().then_some(())).await;
}

#[tokio::test]
async fn two_who_are_paired_as_one_of_them_goes_are_not() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, ben, mentor) = (town.member(&[]).await, town.member(&[]).await, town.mentor(2).await);
    let (of_ann, of_ben) = (town.pair(&ann, &mentor).await, town.pair(&ben, &mentor).await);
    town.erase(&ann).await;
    let (tenant, release) = (ann.tenant.clone(), desk.release(&town));
    for (pairing, mentee) in [(of_ann, &ann), (of_ben, &ben)] {
        let event = pairing.as_uuid();
        let command_id = reaction_command_id("follow_pairings", event, 0);
        let cause = Cause { event, correlation: event, at: crate::support::START, command_id };
        for _twice in 0..2 {
            release.paired(&tenant, pairing, [mentee.id, mentor.id], &cause).await.unwrap();
        }
    }
    assert_eq!(town.asked(&ann, &mentor).await, Some(Standing::Ended));
    assert!(matches!(town.asked(&ben, &mentor).await, Some(Standing::Active { .. })));
}
