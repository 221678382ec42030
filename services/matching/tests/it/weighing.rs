//! Weights that the log fixes.

use kindred_matching::index::Language;

use crate::support::{HASHIMOTO, Person, SPANISH, Town, WALKING};

/// Two who share everything and others who share a part, so that each value has a weight.
async fn crowd(town: &Town) -> Vec<Person> {
    let mut people = Vec::new();
    for fields in [&[HASHIMOTO, SPANISH, WALKING][..], &[HASHIMOTO, SPANISH, WALKING], &[SPANISH], &[WALKING], &[]] {
        people.push(town.member(fields).await);
    }
    people
}

async fn score(town: &Town, viewer: &Person) -> u32 {
    town.find(viewer).await.matches[0].score
}

#[tokio::test]
async fn the_first_table_changes_no_answer_and_is_fixed_once() {
    let town = Town::new();
    let people = crowd(&town).await;
    let before = town.find(&people[0]).await.matches;
    assert!(town.weigh().await);
    assert_eq!(town.find(&people[0]).await.matches, before);
    assert!(!town.weigh().await, "there is nothing to fix anew");
}

#[tokio::test]
async fn at_a_fixed_table_nobody_who_goes_changes_what_a_code_is_worth() {
    let town = Town::new();
    let people = crowd(&town).await;
    town.weigh().await;
    let worth = |reasons: &[kindred_matching::index::Reason]| {
        let coded = reasons.iter().filter(|reason| matches!(reason.about.as_str(), "condition" | "language"));
        coded.map(|reason| (reason.text(Language::English), reason.weight)).collect::<Vec<_>>()
    };
    let before = worth(&town.find(&people[0]).await.matches[0].reasons);
    assert_eq!(before.len(), 2, "{before:?}");
    town.erase(&people[2]).await;
    assert_eq!(worth(&town.find(&people[0]).await.matches[0].reasons), before);
}

#[tokio::test]
async fn with_many_more_people_the_weights_are_fixed_anew() {
    let town = Town::new();
    let people = crowd(&town).await;
    town.weigh().await;
    let before = score(&town, &people[0]).await;
    for _ in 0..5 {
        town.member(&[WALKING]).await;
    }
    assert!(town.weigh().await);
    assert!(score(&town, &people[0]).await > before, "what is shared is rarer now");
    assert!(!town.weigh().await);
}

#[tokio::test]
async fn another_index_that_reads_both_logs_gives_the_same_answer() {
    let town = Town::new();
    let people = crowd(&town).await;
    town.weigh().await;
    town.erase(&people[3]).await;
    let found = town.find(&people[0]).await;
    let again = town.restarted().await;
    assert_eq!(again.find(&people[0].tenant, people[0].id, 20), found);
}
