//! What each side reads of its introductions, and what an erasure leaves of them.

use std::time::Duration;

use kindred_proto::matching::IntroductionState as State;
use kindred_testkit::eventually;

use crate::support::database::Desk;
use crate::support::{HASHIMOTO, Town, WALKING, refusal, refused};

#[tokio::test]
async fn both_sides_read_the_question_and_only_one_the_decline() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    let (asked, id) = town.ask(&ann, ben.id, "Hello from Ann").await.unwrap();
    let open = desk.list(&ann, &asked).await;
    assert_eq!(desk.list(&ben, &asked).await, open);
    assert_eq!((open[0].state(), open[0].note.as_str()), (State::Open, "Hello from Ann"));
    assert_eq!(open[0].introduction_id, id.to_string());

    let declined = town.answer(&ben, id, false).await.unwrap();
    assert_eq!(desk.list(&ann, &declined).await, open, "nothing has changed for the one who asked");
    let read = &desk.list(&ben, &declined).await[0];
    assert_eq!(read.state(), State::Declined);
    assert!(read.answered_at > 0);

    let accepted = town.answer(&ben, id, true).await.unwrap();
    let read = &desk.list(&ann, &accepted).await[0];
    assert_eq!((read.state(), read.answered_at > 0), (State::Accepted, true));
}

#[tokio::test]
async fn a_question_taken_back_shows_no_words_and_no_earlier_answer() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, ben) = (town.member(&[]).await, town.member(&[]).await);
    let (_, id) = town.ask(&ann, ben.id, "Hello").await.unwrap();
    town.answer(&ben, id, false).await.unwrap();
    let withdrawn = town.withdraw(&ann, id).await.unwrap();
    let (own, theirs) = (&desk.list(&ann, &withdrawn).await[0], &desk.list(&ben, &withdrawn).await[0]);
    assert_eq!((own.state(), own.note.as_str(), own.answered_at), (State::Withdrawn, "Hello", 0));
    assert_eq!((theirs.state(), theirs.note.as_str(), theirs.answered_at), (State::Withdrawn, "", 0));
}

#[tokio::test]
async fn lists_go_on_page_by_page_and_leave_out_whom_the_reader_blocked() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let ann = town.member(&[]).await;
    let mut last = None;
    let mut others = Vec::new();
    for number in 0..7 {
        let other = town.member(&[]).await;
        let (from, to) = if number % 2 == 0 { (&ann, other.id) } else { (&other, ann.id) };
        last = Some(town.ask(from, to, "").await.unwrap().0);
        others.push(other);
    }
    let token = desk.token(&last.unwrap());
    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.page(&ann, &token, 3, &cursor).await.unwrap();
        assert!(page.introductions.len() <= 3 && !page.stale);
        read.extend(page.introductions);
        cursor = page.next_cursor;
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(read.len(), 7);
    assert!(read.is_sorted_by_key(|row| std::cmp::Reverse(row.asked_at)), "the newest question first");
    let stolen = desk.page(&others[0], &token, 3, &desk.page(&ann, &token, 3, "").await.unwrap().next_cursor).await;
    assert_eq!(refused(stolen), refusal("INVALID_ARGUMENT", "CURSOR_OF_ANOTHER_LIST"));
    assert_eq!(refused(desk.page(&ann, "", 101, "").await), refusal("INVALID_ARGUMENT", "PAGE_TOO_LARGE"));

    town.write(town.facts.blocked(&ann.tenant, ann.id, others[1].id, true)).await;
    town.find(&ann).await;
    assert_eq!(desk.page(&ann, &token, 50, "").await.unwrap().introductions.len(), 6);
    let theirs = desk.page(&others[1], &token, 50, "").await.unwrap().introductions;
    assert_eq!(theirs.len(), 1, "who is blocked is not told so");
}

#[tokio::test]
async fn an_erasure_takes_the_words_and_the_question_from_every_list() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, ben, cid) = (town.member(&[WALKING]).await, town.member(&[]).await, town.member(&[]).await);
    town.ask(&ann, ben.id, "Anns-words").await.unwrap();
    let (receipt, _) = town.ask(&cid, ann.id, "Cids-words").await.unwrap();
    assert_eq!(desk.list(&ann, &receipt).await.len(), 2);
    assert!(desk.dump().await.contains("Anns-words"));
    town.erase(&ann).await;
    eventually("the redaction", Duration::from_secs(30), async || {
        (!desk.dump().await.contains("Anns-words")).then_some(())
    })
    .await;
    eventually("both lists to be empty", Duration::from_secs(30), async || {
        let (ben, cid) = (desk.list(&ben, &receipt).await, desk.list(&cid, &receipt).await);
        (ben.is_empty() && cid.is_empty()).then_some(())
    })
    .await;
    let before = desk.dump().await;
    assert!(before.contains("Cids-words"), "whose words stay theirs");
    let rebuild = desk.operations().rebuild("introductions").await.unwrap();
    let rebuilt = desk.operations().finished("introductions", rebuild, Duration::from_secs(60)).await.unwrap();
    assert_eq!((rebuilt.state.as_str(), desk.dump().await), ("live", before), "{rebuilt:?}");
}

#[tokio::test]
async fn an_answer_says_where_it_stands_and_whether_it_is_stale() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let (ann, ben) = (town.member(&[HASHIMOTO]).await, town.member(&[HASHIMOTO]).await);
    for _ in 0..9 {
        town.member(&[WALKING]).await;
    }
    let written = town.consent(&ben, true).await;
    let fresh = desk.find(&ann, &desk.membership(&ann, written), 0).await.unwrap();
    assert_eq!((fresh.stale, fresh.matches.len()), (false, 1));
    assert!(desk.sequence(&fresh.position) >= written);
    let early = desk.find(&ann, &desk.membership(&ann, written + 1), 0).await.unwrap();
    assert!(early.stale && early.matches == fresh.matches);
    for (limit, reason) in [(51, "PAGE_TOO_LARGE"), (u32::MAX, "PAGE_TOO_LARGE")] {
        assert_eq!(refused(desk.find(&ann, "", limit).await), refusal("INVALID_ARGUMENT", reason));
    }
    let forged = desk.find(&ann, "kpt1.AAAA.AAAA", 0).await;
    assert_eq!(refused(forged), refusal("INVALID_ARGUMENT", "POSITION_BAD_SIGNATURE"));
}
