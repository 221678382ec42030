//! Reasons and advice in the language of whoever reads them.

use crate::support::database::Desk;
use crate::support::{HASHIMOTO, SPANISH, Town, WALKING};

#[tokio::test]
async fn reasons_are_told_in_the_language_that_is_wanted_and_change_in_nothing_else() {
    let town = Town::new();
    let desk = Desk::open(&town).await;
    let ann = town.member(&[HASHIMOTO, SPANISH, WALKING]).await;
    town.member(&[HASHIMOTO, SPANISH]).await;
    for _ in 0..9 {
        town.member(&[WALKING]).await;
    }
    town.caught_up().await;
    let english = desk.find(&ann, "", 0).await.unwrap();
    let spanish = desk.find_in(&ann, "es-MX,es;q=0.9,en;q=0.8").await;
    let texts = |found: &kindred_proto::matching::FindPeopleResponse| {
        let reasons = found.matches[0].reasons.iter();
        reasons.map(|reason| (reason.language.clone(), reason.text.clone())).collect::<Vec<_>>()
    };
    let of = |language: &str, text: &str| (language.to_owned(), text.to_owned());
    assert!(texts(&english).contains(&of("en", "You both speak Spanish")));
    assert!(texts(&spanish).contains(&of("es", "Tú y esta persona hablan español")));
    // What she wrote herself stays as she wrote it.
    let own = "Tú y esta persona viven con Hashimoto's thyroiditis";
    assert!(texts(&spanish).contains(&of("es", own)), "{:?}", texts(&spanish));
    assert_eq!((&*english.advice[0], &*english.language), ("Add the year of your diagnosis.", "en"));
    assert_eq!((&*spanish.advice[0], &*spanish.language), ("Añade el año de tu diagnóstico.", "es"));
    let plain = |mut found: kindred_proto::matching::FindPeopleResponse| {
        for reason in found.matches.iter_mut().flat_map(|found| &mut found.reasons) {
            reason.text.clear();
            reason.language.clear();
        }
        found.matches
    };
    assert_eq!(plain(english), plain(spanish));
    for unknown in ["tlh", "*", ";;,q=,", "es;q=0"] {
        assert_eq!(desk.find_in(&ann, unknown).await.language, "en", "{unknown}");
    }
}
