//! How alike what people wrote is: by what both may read, and by nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use kindred_ids::CommunityId;
use kindred_posting::application::{CommunityRole, Meanings};
use kindred_posting::projections::Sentences;
use kindred_proto::posting as wire;
use kindred_service_kit::error::ApiError;

use crate::similar::meant;
use crate::support::database::Library;
use crate::support::model::{encoder, of};
use crate::support::{Person, Town};

/// Ann and Ben, who write alike in words that they do not share, and Cleo, who does not, in a
/// community; and what Ann is told.
struct Circle {
    town: Town,
    library: Library,
    thyroid: CommunityId,
    people: [Person; 3],
}

impl Circle {
    async fn open() -> Self {
        let town = Town::new();
        let library = Library::open_with_model(&town, encoder()).await;
        let thyroid = town.community("riverside", "thyroid");
        let people =
            [town.member(thyroid, "ann").await, town.member(thyroid, "ben").await, town.member(thyroid, "cleo").await];
        for (person, title, text) in [
            (&people[0], "abcabc abc", "abc abcabc"),
            (&people[1], "bcabca", "bca bcabca"),
            (&people[2], "soup in winter", "walk walk walk"),
        ] {
            town.start(person, thyroid, title, text).await;
        }
        meant(&library, 6).await;
        Self { town, library, thyroid, people }
    }

    async fn told(&self, by: &Person, with: &[&Person]) -> BTreeMap<kindred_ids::MemberId, u32> {
        self.library.compare(by, &[self.thyroid], with).await.unwrap()
    }
}

#[tokio::test]
async fn who_writes_alike_is_told_from_who_does_not_and_both_sides_are_told_the_same() {
    let circle = Circle::open().await;
    let [ann, ben, cleo] = &circle.people;
    let told = circle.told(ann, &[ben, cleo]).await;
    assert!(told[&ben.id] > 600 && told[&cleo.id] < 300, "{told:?}");
    for other in [ben, cleo] {
        assert_eq!(circle.told(other, &[ann]).await[&ann.id], told[&other.id]);
    }
    let nobody = circle.town.member(circle.thyroid, "dora").await;
    assert_eq!(circle.told(ann, &[ann, &nobody]).await, BTreeMap::new(), "oneself, and who wrote nothing");
    assert_eq!(circle.told(&nobody, &[ann, ben]).await, BTreeMap::new());
}

#[tokio::test]
async fn only_what_both_may_read_counts() {
    let circle = Circle::open().await;
    let Circle { town, library, thyroid, people: [ann, ben, cleo] } = &circle;
    let (sleep, lake) = (town.community("riverside", "sleep"), town.community("lakeside", "thyroid"));
    let before = circle.told(ann, &[ben, cleo]).await;
    // Cleo writes as Ann does where Ann is not, and so does somebody of another tenant.
    town.join(cleo, sleep, CommunityRole::Member);
    town.start(cleo, sleep, "abcabc abc", "abc abcabc").await;
    let stranger = town.person("lakeside", "dora").await;
    town.join(&stranger, lake, CommunityRole::Member);
    town.start(&stranger, lake, "abcabc abc", "abc abcabc").await;
    meant(library, 10).await;
    let everywhere = [*thyroid, sleep, lake];
    assert_eq!(library.compare(ann, &everywhere, &[ben, cleo, &stranger]).await.unwrap(), before);
    // Once Ann is there, it counts between her and Cleo, but where Ben is not it does not.
    town.join(ann, sleep, CommunityRole::Member);
    let writer =
        |who: &Person, places: &[u32]| wire::Writer { member_id: who.id.to_string(), communities: places.to_vec() };
    let after = library.compare_as(ann, &everywhere, vec![writer(ben, &[0]), writer(cleo, &[0, 1])]).await.unwrap();
    assert!(after[&cleo.id] > before[&cleo.id], "{before:?}, {after:?}");
    assert_eq!(after[&ben.id], before[&ben.id]);
    // Whoever may read nowhere is told nothing.
    town.leave(ann, *thyroid);
    assert_eq!(circle.told(ann, &[ben, cleo]).await, BTreeMap::new());
}

#[tokio::test]
async fn what_was_taken_out_does_not_count() {
    let circle = Circle::open().await;
    let Circle { town, library, thyroid, people: [ann, ben, _] } = &circle;
    let before = circle.told(ann, &[ben]).await;
    let (_, thread) = town.start(ben, *thyroid, "soup in winter", "walk walk").await;
    meant(library, 8).await;
    assert!(circle.told(ann, &[ben]).await[&ben.id] < before[&ben.id]);
    let receipt = town.delete(ben, thread.0, "").await.unwrap();
    library.threads(ann, Some(&receipt), *thyroid).await.unwrap();
    assert_eq!(circle.told(ann, &[ben]).await, before, "also while its vectors are still there");
}

#[tokio::test]
async fn only_the_newest_of_each_count() {
    let circle = Circle::open().await;
    let Circle { town, library, thyroid, people: [ann, ben, cleo] } = &circle;
    for _ in 0..4 {
        town.start(ben, *thyroid, "soup in winter", "walk walk walk").await;
    }
    meant(library, 14).await;
    let alike = circle.told(ann, &[ben, cleo]).await;
    assert!(alike[&ben.id] > alike[&cleo.id], "one of five is still alike");
    town.start(ben, *thyroid, "soup in winter", "walk walk walk").await;
    meant(library, 16).await;
    let later = circle.told(ann, &[ben, cleo]).await;
    assert_eq!(later[&ben.id], later[&cleo.id], "all that counts says what Cleo's says");
}

#[tokio::test]
async fn without_a_model_or_by_another_nothing_is_compared() {
    let circle = Circle::open().await;
    let Circle { town, thyroid, people: [ann, ben, _], .. } = &circle;
    let without = Library::open(town).await;
    assert_eq!(without.compare(ann, &[*thyroid], &[ben]).await.unwrap(), BTreeMap::new());
    let meanings = Meanings::by(Arc::new(of(8)), 1);
    let others = Library::open_over(town, meanings, |builder| builder.projection(Sentences::new(encoder()))).await;
    meant(&others, 6).await;
    assert_eq!(others.compare(ann, &[*thyroid], &[ben]).await.unwrap(), BTreeMap::new());
}

#[tokio::test]
async fn a_comparison_that_does_not_hold_names_its_field() {
    let circle = Circle::open().await;
    let [ann, ben, _] = &circle.people;
    let refused =
        |error: ApiError| (error.code().to_string(), error.field().map(str::to_owned), error.reason().to_owned());
    let writer = |member_id: String, communities: Vec<u32>| wire::Writer { member_id, communities };
    for (writers, field, reason) in [
        (vec![writer(ben.id.to_string(), vec![0]); 501], "writers", "TOO_MANY"),
        (vec![writer("x".to_owned(), vec![0])], "writers.member_id", "ID_MALFORMED"),
        (vec![writer(ben.id.to_string(), vec![1])], "writers.communities", "PLACE_UNKNOWN"),
    ] {
        let error = circle.library.compare_as(ann, &[circle.thyroid], writers).await.unwrap_err();
        assert_eq!(refused(error), ("INVALID_ARGUMENT".to_owned(), Some(field.to_owned()), reason.to_owned()));
    }
}
