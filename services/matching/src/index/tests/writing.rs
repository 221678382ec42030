//! What people wrote moves those up who agreed, and nobody else.

use std::collections::HashMap;

use kindred_ids::MemberId;
use proptest::prelude::*;

use super::histories::histories;
use super::world::{Indexed, PEOPLE, Step, World, member};
use crate::index::purpose::Purpose;
use crate::index::{Alike, Language};

/// An index of people some of whom agreed, and how alike each is to everybody.
fn agreed(steps: &[Step], agreed: &[bool]) -> Indexed {
    let mut index = World::of(steps).index();
    for (person, given) in (0..PEOPLE).zip(agreed) {
        index.apply_step(&Step::Compare(person, *given));
    }
    index
}

fn of_all(thousandths: &[u32]) -> Alike {
    (0..PEOPLE).map(member).zip(thousandths.iter().copied()).collect()
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn those_who_agreed_are_moved_up_by_a_share_that_is_told(
        steps in histories(),
        given in prop::collection::vec(any::<bool>(), PEOPLE as usize),
        thousandths in prop::collection::vec(0_u32..1_200, PEOPLE as usize),
        limit in 1_usize..8,
    ) {
        let (index, alike) = (agreed(&steps, &given), of_all(&thousandths));
        let agrees = |member: MemberId| index.agrees(member, Purpose::Text);
        for viewer in (0..PEOPLE).map(member) {
            let exact: HashMap<MemberId, u32> =
                index.search(viewer, 50).into_iter().map(|found| (found.member, found.score)).collect();
            let all = index.search_by_writing(viewer, 50, &alike);
            prop_assert_eq!(all.len(), exact.len(), "nobody comes or goes");
            prop_assert!(all.is_sorted_by(|one, other| one.score >= other.score));
            for found in &all {
                let told: u32 = found.reasons.iter().map(|reason| reason.weight).sum();
                let raise = found.score - exact[&found.member];
                let named = found.reasons.iter().filter(|reason| reason.about.as_str() == "writing");
                prop_assert_eq!(told, found.score);
                prop_assert!(found.reasons.is_sorted_by(|one, other| one.weight >= other.weight));
                prop_assert_eq!(named.map(|reason| reason.weight).sum::<u32>(), raise);
                prop_assert!(2 * raise <= exact[&found.member]);
                prop_assert!(raise == 0 || agrees(viewer) && agrees(found.member));
            }
            let best = index.search_by_writing(viewer, limit, &alike);
            prop_assert_eq!(&best[..], &all[..limit.min(all.len())]);
            if !agrees(viewer) {
                prop_assert_eq!(best, index.search(viewer, limit));
            }
        }
    }

    #[test]
    fn only_those_who_agreed_and_can_be_found_are_asked_about(
        steps in histories(),
        given in prop::collection::vec(any::<bool>(), PEOPLE as usize),
    ) {
        let index = agreed(&steps, &given);
        for viewer in (0..PEOPLE).map(member) {
            let found = index.search(viewer, 50);
            let expected = found.iter().filter(|found| {
                let both = [viewer, found.member].iter().all(|one| index.agrees(*one, Purpose::Text));
                both && !found.communities.is_empty()
            });
            let expected: Vec<_> = expected.map(|found| (found.member, found.communities.clone())).collect();
            let asked = index.writers(viewer);
            let places = |places: &[u32]| places.iter().map(|place| asked.communities[*place as usize]).collect::<Vec<_>>();
            let asked: Vec<_> = asked.writers.iter().map(|(member, there)| (*member, places(there))).collect();
            prop_assert_eq!(asked, expected);
        }
    }
}

#[test]
fn what_is_alike_comes_first_and_without_it_the_order_is_the_exact_one() {
    let (index, alike) = some_alike();
    let exact = index.search(member(0), 50);
    assert!(exact.len() > 2, "{exact:?}");
    let last = exact.last().expect("somebody").member;
    let raised = index.search_by_writing(member(0), 50, &HashMap::from([(last, 1_000)]));
    assert_eq!(raised[0].member, last);
    assert!(raised[0].reasons.iter().any(|reason| reason.text(Language::English) == "You write about similar things"));
    assert_eq!(index.search_by_writing(member(0), 50, &HashMap::new()), exact);
    assert_eq!(index.search_by_writing(member(0), 50, &alike), exact, "what is hardly alike is none");
}

/// Everybody says the same, is in one community and agreed.
fn some_alike() -> (Indexed, Alike) {
    use crate::index::feature::{Kind, Release};
    use crate::index::tests::world::Said;

    let said = || vec![Said::new(Kind::Interest, "walking", Some(Release::Tenant))];
    let steps = (0..PEOPLE - 1)
        .flat_map(|person| [Step::Profile(person, said()), Step::Consent(person, true), Step::Join(person, 0, true)]);
    let others = [Step::Profile(PEOPLE - 1, vec![Said::new(Kind::Interest, "chess", Some(Release::Tenant))])];
    let steps: Vec<Step> = steps.chain(others).chain([Step::Consent(PEOPLE - 1, true)]).collect();
    (agreed(&steps, &[true; PEOPLE as usize]), of_all(&[300; PEOPLE as usize]))
}
