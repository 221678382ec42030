//! People whom what they wrote moves up: with posting as a test wants it to answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_ids::{CommunityId, MemberId};
use kindred_matching::application::{People, Writing};
use kindred_matching::index::{Alike, Found, Language, Match, Writers};
use kindred_service_kit::caller::Caller;
use kindred_service_kit::error::ApiError;
use kindred_service_kit::position::Positions;

use crate::support::log::community;
use crate::support::{HASHIMOTO, Person, SPANISH, Town, WALKING};

/// What posting does when it is asked.
#[derive(Default)]
enum Mood {
    #[default]
    Answers,
    Refuses,
    NeverAnswers,
}

/// Posting's answers.
#[derive(Default)]
struct FakePosting {
    alike: Mutex<Alike>,
    mood: Mutex<Mood>,
    asked: AtomicU32,
    last: Mutex<Writers>,
}

impl FakePosting {
    fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

impl Writing for FakePosting {
    fn alike<'a>(&'a self, _caller: &'a Caller, asked: Writers) -> BoxFuture<'a, Result<Alike, ApiError>> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            let of = |(member, _): &(MemberId, Vec<u32>)| Some((*member, *self.alike.lock().unwrap().get(member)?));
            let answer = asked.writers.iter().filter_map(of).collect();
            *self.last.lock().unwrap() = asked;
            let mood = std::mem::take(&mut *self.mood.lock().unwrap());
            match mood {
                Mood::Answers => Ok(answer),
                Mood::Refuses => Err(ApiError::unavailable("SERVICE_UNREACHABLE", "posting does not answer")),
                Mood::NeverAnswers => std::future::pending().await,
            }
        })
    }
}

/// Ann, who shares more with Ben than with Cid, in one community with both; Cid writes what she
/// writes. Nobody agreed to anything but being found.
struct Circle {
    town: Town,
    posting: Arc<FakePosting>,
    people: People,
    thyroid: CommunityId,
    ann: Person,
    ben: Person,
    cid: Person,
}

impl Circle {
    async fn new() -> Self {
        let town = Town::new();
        let (ann, ben) =
            (town.member(&[HASHIMOTO, WALKING, SPANISH]).await, town.member(&[HASHIMOTO, WALKING, SPANISH]).await);
        let cid = town.member(&[HASHIMOTO, WALKING]).await;
        for _ in 0..9 {
            town.member(&[SPANISH]).await;
        }
        let thyroid = community(&ann.tenant, "thyroid");
        for person in [&ann, &ben, &cid] {
            town.write(town.facts.joined(&ann.tenant, person.id, thyroid, true)).await;
        }
        let posting = Arc::new(FakePosting::default());
        *posting.alike.lock().unwrap() = HashMap::from([(ben.id, 200), (cid.id, 1_000)]);
        let people = People::new(town.index.clone(), Duration::from_secs(5)).comparing(posting.clone());
        Self { town, posting, people, thyroid, ann, ben, cid }
    }

    async fn all_agree(&self) {
        for person in [&self.ann, &self.ben, &self.cid] {
            self.agree(person, true).await;
        }
    }

    async fn agree(&self, person: &Person, given: bool) {
        self.town.write(self.town.facts.consent_to("text", &person.tenant, person.id, given)).await;
    }

    /// Whom Ann finds once the index has come to the log's end.
    async fn found(&self) -> Found {
        self.town.caught_up().await;
        self.people.find(&self.ann.caller, 20, &Positions::default()).await.unwrap().0
    }

    async fn exact(&self) -> Found {
        self.town.find(&self.ann).await
    }
}

fn names(found: &[Match]) -> Vec<MemberId> {
    found.iter().map(|found| found.member).take(2).collect()
}

#[tokio::test]
async fn whoever_writes_alike_comes_first_with_a_reason_that_adds_up() {
    let circle = Circle::new().await;
    circle.all_agree().await;
    let (exact, found) = (circle.exact().await, circle.found().await);
    assert_eq!(names(&exact.matches), [circle.ben.id, circle.cid.id]);
    assert_eq!(names(&found.matches), [circle.cid.id, circle.ben.id]);
    let best = &found.matches[0];
    let written = best.reasons.iter().find(|reason| reason.about.as_str() == "writing").unwrap();
    assert_eq!(written.text(Language::English), "You write about similar things");
    assert_eq!(written.weight, exact.matches[1].score / 2);
    assert_eq!(best.reasons.iter().map(|reason| reason.weight).sum::<u32>(), best.score);
    assert_eq!(found.matches[1], exact.matches[0], "what is hardly alike changes nothing");
    assert_eq!((found.position, &found.advice), (exact.position, &exact.advice));
    assert_eq!(circle.posting.asked(), 1);
    let last = circle.posting.last.lock().unwrap().clone();
    let (who, places): (Vec<_>, Vec<_>) = last.writers.into_iter().unzip();
    assert_eq!(
        (last.communities, who, places),
        (vec![circle.thyroid], vec![circle.ben.id, circle.cid.id], vec![vec![0]; 2])
    );
}

#[tokio::test]
async fn posting_is_asked_only_for_those_who_agreed_and_only_of_those_who_did() {
    let circle = Circle::new().await;
    circle.agree(&circle.cid, true).await;
    assert_eq!(circle.found().await, circle.exact().await);
    assert_eq!(circle.posting.asked(), 0, "Ann did not agree");
    circle.agree(&circle.cid, false).await;
    circle.agree(&circle.ann, true).await;
    assert_eq!(circle.found().await, circle.exact().await);
    assert_eq!(circle.posting.asked(), 0, "nobody else did");
    circle.agree(&circle.ben, true).await;
    assert_eq!(circle.found().await, circle.exact().await);
    let last = circle.posting.last.lock().unwrap().clone();
    assert_eq!((circle.posting.asked(), last.writers), (1, vec![(circle.ben.id, vec![0])]));
    // Nor where there is nothing that both may read.
    let left = circle.town.facts.joined(&circle.ann.tenant, circle.ben.id, circle.thyroid, false);
    circle.town.write(left).await;
    assert_eq!(circle.found().await, circle.exact().await);
    assert_eq!(circle.posting.asked(), 1);
}

#[tokio::test]
async fn while_posting_is_away_or_slow_the_answer_is_the_exact_one() {
    let circle = Circle::new().await;
    circle.all_agree().await;
    let exact = circle.exact().await;
    for mood in [Mood::Refuses, Mood::NeverAnswers] {
        circle.posting.is(mood);
        assert_eq!(circle.found().await, exact);
    }
    assert_eq!(circle.posting.asked(), 2);
    assert_ne!(circle.found().await, exact, "it is there again");
    circle.posting.alike.lock().unwrap().clear();
    assert_eq!(circle.found().await, exact, "without a model nothing is alike");
}

#[tokio::test]
async fn whoever_withdraws_is_blocked_or_erased_is_out_of_it_at_once() {
    let circle = Circle::new().await;
    circle.all_agree().await;
    let Circle { town, ann, ben, cid, .. } = &circle;
    assert_eq!(names(&circle.found().await.matches)[0], cid.id);
    // Also where posting has answered meanwhile: who may be moved up is looked up afterwards.
    let late = HashMap::from([(ben.id, 1_000), (cid.id, 1_000)]);
    let found = async || {
        town.caught_up().await;
        town.index.find_by_writing(&ann.tenant, ann.id, 20, &late)
    };
    assert_ne!(found().await, circle.exact().await);
    circle.agree(cid, false).await;
    let without = found().await;
    let of_cid = without.matches.iter().find(|found| found.member == cid.id).unwrap();
    assert!(of_cid.reasons.iter().all(|reason| reason.about.as_str() != "writing"), "{of_cid:?}");
    assert_eq!(names(&circle.found().await.matches)[0], ben.id);
    town.write(town.facts.blocked(&ann.tenant, ben.id, ann.id, true)).await;
    assert!(found().await.matches.iter().all(|found| found.member != ben.id));
    town.erase(cid).await;
    assert!(found().await.matches.iter().all(|found| found.member != cid.id));
    circle.agree(ann, false).await;
    assert_eq!(found().await, circle.exact().await);
}
