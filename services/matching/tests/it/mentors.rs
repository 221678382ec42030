//! Whom a member finds as a mentor, and how much each looks after.

use kindred_eventsourcing::EventStore as _;
use kindred_matching::domain::pairing::Reason;
use kindred_proto::matching as wire;
use kindred_proto::matching::mentoring_server::Mentoring as _;
use kindred_service_kit::error::ApiError;

use crate::support::database::Desk;
use crate::support::log::community;
use crate::support::{HASHIMOTO, Town, WALKING, refusal, refused};

/// A token for the end of matching's log.
async fn end_of(town: &Town, desk: &Desk, receipt: &kindred_eventsourcing::Receipt) -> String {
    let mut last = receipt.clone();
    last.position.sequence = town.store.head().await.unwrap();
    desk.token(&last)
}

#[tokio::test]
async fn a_member_finds_mentors_who_are_trained_present_and_free() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let ann = town.member(&[]).await;
    let (free, paused, full, untrained) =
        (town.mentor(2).await, town.mentor(1).await, town.mentor(1).await, town.member(&[]).await);
    let (blocking, suspended, left) = (town.mentor(1).await, town.mentor(1).await, town.mentor(1).await);
    town.enrol(&untrained, "Diet", 1).await.unwrap();
    town.pause(&paused, true).await.unwrap();
    town.pair(&town.member(&[]).await, &full).await;
    town.application.leave_mentoring(&left.caller, town.command()).await.unwrap();
    town.write(town.facts.blocked(&ann.tenant, blocking.id, ann.id, true)).await;
    town.write(town.facts.suspended(&ann.tenant, suspended.id, true)).await;
    town.find(&ann).await;
    let receipt = town.enrol(&ann, "I mentor, too", 1).await.unwrap();
    let token = end_of(&town, &desk, &receipt).await;
    let found = desk.mentors(&ann, &token).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let one = &found[0];
    assert_eq!((&one.member_id, one.about.as_str(), one.free), (&free.id.to_string(), "Diet and sleep", 2));
    assert_eq!((one.score, one.reasons.len()), (0, 0), "they share nothing");
    let elsewhere = town.stranger("lakeside").await;
    assert_eq!(desk.free(&elsewhere, &token).await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_shares_more_comes_first_with_the_reasons_and_only_where_both_consent() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let ann = town.member(&[HASHIMOTO, WALKING]).await;
    let (near, far, silent) = (town.mentor(4).await, town.mentor(4).await, town.mentor(4).await);
    town.fill(&near, &[HASHIMOTO, WALKING], kindred_proto::membership::Visibility::Tenant).await;
    town.fill(&silent, &[HASHIMOTO, WALKING], kindred_proto::membership::Visibility::Tenant).await;
    for _ in 0..20 {
        town.member(&[]).await;
    }
    town.consent(&silent, false).await;
    town.find(&ann).await;
    let token = end_of(&town, &desk, &town.pause(&far, false).await.unwrap()).await;
    let found = desk.mentors(&ann, &token).await;
    assert_eq!((found.len(), &found[0].member_id), (3, &near.id.to_string()));
    assert!(found[0].reasons.iter().any(|reason| reason.text == "You both live with Hashimoto's thyroiditis"));
    assert_eq!(found[0].reasons.iter().map(|reason| reason.weight).sum::<u32>(), found[0].score);
    assert!(found[1..].iter().all(|one| one.score == 0 && one.reasons.is_empty()), "{found:?}");
    // Who does not agree to be matched still finds mentors, without reasons.
    town.consent(&ann, false).await;
    town.find(&ann).await;
    let found = desk.mentors(&ann, &token).await;
    assert!(found.len() == 3 && found.iter().all(|one| one.score == 0));
}

#[tokio::test]
async fn whoever_was_asked_is_not_found_again_whether_or_not_they_declined() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let ann = town.member(&[]).await;
    let (silent, declining, other) = (town.mentor(1).await, town.mentor(1).await, town.mentor(1).await);
    town.ask_mentor(&ann, silent.id, "").await.unwrap();
    let (_, id) = town.ask_mentor(&ann, declining.id, "").await.unwrap();
    let declined = town.reply(&declining, id, false).await.unwrap();
    let token = end_of(&town, &desk, &declined).await;
    assert_eq!(desk.free(&ann, &token).await, [other.id.to_string()]);
}

#[tokio::test]
async fn a_mentor_with_three_new_people_within_a_week_is_left_in_peace_until_it_is_over() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, mentor) = (town.member(&[]).await, town.mentor(20).await);
    let mut last = None;
    for count in 0..3 {
        let mentee = town.member(&[]).await;
        let id = town.pair(&mentee, &mentor).await;
        // That it ended at once makes it no less new.
        last = Some(town.end(&mentee, id, Reason::NotAFit).await.unwrap());
        let token = end_of(&town, &desk, last.as_ref().unwrap()).await;
        assert_eq!(desk.free(&ann, &token).await.len(), usize::from(count < 2));
    }
    town.clock.advance_millis(7 * 24 * 3_600 * 1_000);
    let token = end_of(&town, &desk, &last.unwrap()).await;
    assert_eq!(desk.free(&ann, &token).await, [mentor.id.to_string()]);
}

#[tokio::test]
async fn staff_read_how_much_each_mentor_looks_after_and_no_words() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (busy, idle) = (town.mentor(3).await, town.mentor(2).await);
    let here = community(&busy.tenant, "here");
    town.write(town.facts.joined(&busy.tenant, busy.id, here, true)).await;
    town.pair(&town.member(&[]).await, &busy).await;
    let over = town.member(&[]).await;
    let id = town.pair(&over, &busy).await;
    town.end(&over, id, Reason::Other).await.unwrap();
    let receipt = town.pause(&idle, true).await.unwrap();
    let token = end_of(&town, &desk, &receipt).await;
    let (administrator, manager, member) = (town.administrator().await, town.member(&[]).await, town.member(&[]).await);
    town.blocks.appoint(manager.id, here);
    town.find(&member).await;
    let loads = desk.loads(&administrator, &token, "").await.unwrap();
    let load = |one: &wire::MentorLoad| (one.member_id.clone(), one.capacity, one.active, one.recent, one.paused);
    let of_busy = (busy.id.to_string(), 3, 1, 2, false);
    assert_eq!(loads.iter().map(load).collect::<Vec<_>>(), [of_busy.clone(), (idle.id.to_string(), 2, 0, 0, true)]);
    let theirs = desk.loads(&manager, &token, &here.to_string()).await.unwrap();
    assert_eq!(theirs.iter().map(load).collect::<Vec<_>>(), [of_busy]);
    let denied = refusal("PERMISSION_DENIED", "MENTOR_STAFF_ONLY");
    assert_eq!(refused(desk.loads(&member, &token, &here.to_string()).await), denied);
    assert_eq!(refused(desk.loads(&manager, &token, "").await), denied);
}

#[tokio::test]
async fn a_mentor_reads_their_own_offer_until_they_leave() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let mentor = town.mentor(2).await;
    town.pair(&town.member(&[]).await, &mentor).await;
    let receipt = town.enrol(&mentor, "Sleep", 3).await.unwrap();
    let token = end_of(&town, &desk, &receipt).await;
    let offer = desk.offer(&mentor, &token).await.expect("an offer");
    assert_eq!((offer.about.as_str(), offer.capacity, offer.trained, offer.active), ("Sleep", 3, true, 1));
    let receipt = town.application.leave_mentoring(&mentor.caller, town.command()).await.unwrap();
    assert_eq!(desk.offer(&mentor, &desk.token(&receipt)).await, None);
    assert!(!desk.dump_of("mentors_v1").await.contains("Sleep"), "what they offered is gone");
}

#[tokio::test]
async fn what_is_none_of_the_known_values_is_refused() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let ann = town.member(&[]).await;
    let (command_id, pairing_id) = (town.command().to_string(), ann.id.to_string());
    let request = wire::EndPairingRequest { command_id: command_id.clone(), pairing_id: pairing_id.clone(), reason: 0 };
    let ended = desk.mentoring.end_pairing(desk.request(&ann, "", request)).await;
    assert_eq!(refused(ended.map_err(ApiError::from)), refusal("INVALID_ARGUMENT", "VALUE_UNKNOWN"));
    let request = wire::CheckInRequest { command_id, pairing_id, mood: 9, note: String::new() };
    let said = desk.mentoring.check_in(desk.request(&ann, "", request)).await;
    assert_eq!(refused(said.map_err(ApiError::from)), refusal("INVALID_ARGUMENT", "VALUE_UNKNOWN"));
}
