//! What each side reads of its pairings, and what an erasure leaves of them.

use std::time::Duration;

use kindred_matching::domain::check_in::Mood;
use kindred_matching::domain::pairing::Reason;
use kindred_proto::matching::{PairingEnd, PairingMood, PairingState as State};
use kindred_testkit::eventually;

use crate::support::Town;
use crate::support::database::Desk;

#[tokio::test]
async fn both_sides_read_the_question_and_only_the_mentor_the_decline() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, mentor) = (town.member(&[]).await, town.mentor(1).await);
    let (asked, id) = town.ask_mentor(&ann, mentor.id, "Please").await.unwrap();
    let open = desk.pairings(&ann, &asked).await;
    assert_eq!(desk.pairings(&mentor, &asked).await, open);
    assert_eq!((open[0].state(), open[0].note.as_str()), (State::Open, "Please"));
    assert_eq!(open[0].pairing_id, id.to_string());
    let declined = town.reply(&mentor, id, false).await.unwrap();
    assert_eq!(desk.pairings(&ann, &declined).await, open, "nothing has changed for the one who asked");
    assert_eq!(desk.pairings(&mentor, &declined).await[0].state(), State::Declined);
    let withdrawn = town.take_back(&ann, id).await.unwrap();
    let (own, theirs) = (&desk.pairings(&ann, &withdrawn).await[0], &desk.pairings(&mentor, &withdrawn).await[0]);
    assert_eq!((own.state(), own.note.as_str()), (State::Withdrawn, "Please"));
    assert_eq!((theirs.state(), theirs.note.as_str()), (State::Withdrawn, ""));
}

#[tokio::test]
async fn both_read_the_last_check_ins_and_only_whoever_ended_it_why() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, mentor) = (town.member(&[]).await, town.mentor(1).await);
    let id = town.pair(&ann, &mentor).await;
    town.say(&ann, id, Mood::GoingWell, "").await.unwrap();
    let said = town.say(&ann, id, Mood::NeedsHelp, "A hard week").await.unwrap();
    for reader in [&ann, &mentor] {
        let read = &desk.pairings(reader, &said).await[0];
        assert_eq!((read.state(), read.accepted_at > 0, read.mentor_check_in.clone()), (State::Active, true, None));
        let last = read.mentee_check_in.as_ref().expect("a check-in");
        assert_eq!((last.mood(), last.note.as_str()), (PairingMood::NeedsHelp, "A hard week"));
    }
    let ended = town.end(&mentor, id, Reason::NotAFit).await.unwrap();
    let (own, theirs) = (&desk.pairings(&mentor, &ended).await[0], &desk.pairings(&ann, &ended).await[0]);
    assert_eq!((own.state(), own.reason()), (State::Ended, PairingEnd::NotAFit));
    assert_eq!((theirs.state(), theirs.reason(), theirs.ended_at > 0), (State::Ended, PairingEnd::Unspecified, true));
}

#[tokio::test]
async fn with_somebody_blocked_only_what_goes_on_is_listed_and_without_words() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, ben, mentor) = (town.member(&[]).await, town.member(&[]).await, town.mentor(2).await);
    let (_, id) = town.ask_mentor(&ann, mentor.id, "Anns-question").await.unwrap();
    town.reply(&mentor, id, true).await.unwrap();
    town.say(&ann, id, Mood::GoingWell, "Anns-news").await.unwrap();
    let (asked, _) = town.ask_mentor(&ben, mentor.id, "").await.unwrap();
    for other in [&ann, &ben] {
        town.write(town.facts.blocked(&mentor.tenant, mentor.id, other.id, true)).await;
    }
    town.find(&mentor).await;
    let read = desk.pairings(&mentor, &asked).await;
    assert_eq!(read.len(), 1, "{read:?}");
    assert_eq!((read[0].pairing_id.clone(), read[0].note.as_str()), (id.to_string(), ""));
    assert_eq!(read[0].mentee_check_in.as_ref().expect("a check-in").note, "");
    assert_eq!(desk.pairings(&ann, &asked).await[0].note, "Anns-question", "who is blocked is not told so");
}

#[tokio::test]
async fn an_erasure_takes_the_words_and_frees_the_place() {
    let town = Town::new();
    let desk = Desk::alive(&town).await;
    let (ann, ben, mentor) = (town.member(&[]).await, town.member(&[]).await, town.mentor(2).await);
    let (_, id) = town.ask_mentor(&ann, mentor.id, "Anns-question").await.unwrap();
    town.reply(&mentor, id, true).await.unwrap();
    town.say(&ann, id, Mood::NeedsHelp, "Anns-news").await.unwrap();
    town.say(&mentor, id, Mood::GoingWell, "Mentors-news").await.unwrap();
    let (receipt, _) = town.ask_mentor(&ben, mentor.id, "Bens-question").await.unwrap();
    desk.pairings(&mentor, &receipt).await;
    let dump = async || {
        let views = ["mentors_v1", "pairings_v2", "check_ins_v2"];
        futures::future::join_all(views.map(|view| desk.dump_of(view))).await.join("\n")
    };
    let all = dump().await;
    assert!(all.contains("Anns-question") && all.contains("Anns-news") && all.contains("Mentors-news"), "{all}");
    town.erase(&ann).await;
    eventually("the redaction", Duration::from_secs(30), async || (!dump().await.contains("Anns-")).then_some(()))
        .await;
    eventually("the place to be free", Duration::from_secs(30), async || {
        let left = desk.pairings(&mentor, &receipt).await;
        left.iter().all(|one| one.state() != State::Active).then_some(())
    })
    .await;
    assert!(!town.end(&mentor, id, Reason::Other).await.unwrap().changed, "it has ended by itself");
    town.erase(&mentor).await;
    eventually("the redaction of the mentor", Duration::from_secs(30), async || {
        let all = dump().await;
        (!all.contains("Mentors-news") && !all.contains("Diet and sleep")).then_some(())
    })
    .await;
    let ended = town.take_back(&ben, kindred_matching::domain::pairing::pairing_id(&ben.tenant, ben.id, mentor.id));
    let ended = ended.await.unwrap();
    assert!(desk.pairings(&ben, &ended).await.is_empty());
    let before = dump().await;
    assert!(before.contains("Bens-question"), "whose words stay theirs");
    for projection in ["mentors", "pairings"] {
        let rebuild = desk.operations().rebuild(projection).await.unwrap();
        let rebuilt = desk.operations().finished(projection, rebuild, Duration::from_secs(60)).await.unwrap();
        assert_eq!((rebuilt.state.as_str(), dump().await), ("live", before.clone()), "{rebuilt:?}");
    }
}
