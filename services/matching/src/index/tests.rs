//! The rules of matching as properties, each against a plain reading of what they say.

mod guesses;
mod histories;
mod oracle;
mod places;
mod snapshots;
mod soak;
mod split;
pub(super) mod world;
mod writing;

use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::fact::Fact;
use super::feature::{Kind, Release};
use super::purpose::Purpose;
use super::tenant::{Opened, Tenant};
use crate::index::Language;
use histories::{histories, said, step};
use oracle::brief;
use world::{COMMUNITIES, PEOPLE, Said, Step, World, member};

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 100, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_best_matches_are_those_of_a_plain_count(steps in histories(), limit in 1_usize..8) {
        let world = World::of(&steps);
        let index = world.index();
        for viewer in 0..PEOPLE {
            prop_assert_eq!(brief(&index.search(member(viewer), limit)), world.expected(viewer, limit));
        }
    }

    #[test]
    fn reasons_add_up_and_come_strongest_first(steps in histories()) {
        let index = World::of(&steps).index();
        for found in (0..PEOPLE).flat_map(|viewer| index.search(member(viewer), 50)) {
            let weights: Vec<u32> = found.reasons.iter().map(|reason| reason.weight).collect();
            prop_assert!(found.score > 0);
            prop_assert_eq!(weights.iter().sum::<u32>(), found.score);
            prop_assert!(weights.is_sorted_by(|one, other| one >= other) && !weights.contains(&0));
        }
    }

    #[test]
    fn neither_batches_nor_the_order_between_people_change_an_answer(
        steps in histories(),
        picks in prop::collection::vec(any::<Pick>(), 80),
        sizes in prop::collection::vec(1_usize..9, 1..40),
    ) {
        let straight = World::of(&steps).index();
        let mixed = world::indexed(&histories::interleaved(&steps, &picks), &sizes);
        for viewer in 0..PEOPLE {
            prop_assert_eq!(straight.search(member(viewer), 50), mixed.search(member(viewer), 50));
        }
    }

    #[test]
    fn what_is_released_to_nobody_changes_nothing(steps in histories(), owner in 0..PEOPLE, secret in said()) {
        let before = World::of(&steps).index();
        let mut changed = World::of(&steps);
        changed.say(owner, Said { release: None, ..secret });
        let after = changed.index();
        for viewer in 0..PEOPLE {
            prop_assert_eq!(before.search(member(viewer), 50), after.search(member(viewer), 50));
        }
    }

    #[test]
    fn what_the_viewer_may_not_see_changes_nothing_at_fixed_weights(
        steps in histories(),
        viewer in 0..PEOPLE,
        owner in 0..PEOPLE,
        picked: Pick,
        release in prop::sample::select(vec![None, Some(Release::Community), Some(Release::Matched), Some(Release::Tenant)]),
        own in prop::sample::select(vec![Release::Community, Release::Community, Release::Tenant]),
    ) {
        let mut world = World::of(&steps);
        // What the viewer themselves says, or the answer could not change anyway.
        let said = world.everything_said();
        prop_assume!(viewer != owner && !said.is_empty());
        let value = said[picked.index(said.len())].clone();
        world.say(viewer, Said { release: Some(own), ..value.clone() });
        let unseen = Said { release, ..value };
        prop_assume!(!world.sees(viewer, owner, &unseen));
        let (weights, before) = (world.weights(), world.index());
        world.say(owner, unseen);
        let after = world.index();
        let found = |index: &world::Indexed| {
            index.search_with(member(viewer), 50, |feature| weights.of(&index.catalog.entry(feature).feature))
        };
        prop_assert_eq!(found(&before), found(&after));
    }

    #[test]
    fn nothing_below_the_cohort_floor_counts_or_is_named(steps in histories()) {
        let world = World::of(&steps);
        let index = world.index();
        for viewer in 0..PEOPLE {
            for reason in index.search(member(viewer), 50).iter().flat_map(|found| &found.reasons) {
                prop_assert!(world.is_cohort(viewer, reason), "{}", reason.text(Language::English));
            }
        }
    }

    #[test]
    fn whoever_withdraws_blocks_or_is_erased_is_gone_at_once(steps in histories(), last in step()) {
        let mut world = World::of(&steps);
        let mut index = world.index();
        world.apply(&last);
        index.apply_step(&last);
        for viewer in 0..PEOPLE {
            for found in index.search(member(viewer), 50) {
                prop_assert!(world.may_be_shown(viewer, found.member), "{last:?}");
            }
        }
    }

    #[test]
    fn after_everybody_is_erased_no_value_is_left(steps in histories()) {
        let mut index = World::of(&steps).index();
        (0..PEOPLE).for_each(|person| index.apply_step(&Step::Erase(person)));
        prop_assert_eq!(index.values(), 0);
        prop_assert!((0..COMMUNITIES).all(|place| !index.communities.contains_key(&world::community(place))));
    }
}

/// `count` members who consent, each with these fields.
fn crowd(count: u32, fields: &[(Kind, &str, Release)]) -> Vec<Step> {
    let said: Vec<Said> = fields.iter().map(|(kind, value, release)| Said::new(*kind, value, Some(*release))).collect();
    (0..count).flat_map(|person| [Step::Consent(person, true), Step::Profile(person, said.clone())]).collect()
}

#[test]
fn a_rare_code_is_told_by_its_category() {
    let mut steps = crowd(12, &[(Kind::Interest, "chess", Release::Tenant)]);
    for person in 0..12 {
        let code = if person < 2 { "icd10cm|E06.3" } else { "icd10cm|E06.9" };
        let said = if person < 11 { vec![Said::new(Kind::Condition, code, Some(Release::Matched))] } else { vec![] };
        steps.push(Step::Profile(person, said));
    }
    let world = World::with_floor(&steps, 11);
    let found = world.index().search(member(0), 1);
    assert_eq!(found[0].reasons[0].text(Language::English), "You both live with thyroiditis");
    assert_eq!(World::with_floor(&steps, 12).index().search(member(0), 1), [], "eleven are too few for twelve");
}

#[test]
fn advice_says_what_to_add() {
    let index = super::Index::new(11);
    let tenant = "riverside".parse().expect("a slug");
    let found = index.find(&tenant, member(0), 20);
    assert_eq!((found.matches.len(), found.advice.len()), (0, 4));
}

#[test]
fn one_merge_runs_at_a_time_whichever_log_changed_the_lists() {
    let mut tenant = Tenant::new(&world::tenant(), 1);
    let consent = |person| Fact::Consent { member: member(person), purpose: Purpose::Matching, given: true };
    tenant.apply((0..2_000).map(consent).collect(), &mut Opened::new(), 1);
    let (_, first) = tenant.begin_merges().pop().expect("enough changed");
    let (thread, community) = (world::thread(0), world::community(0));
    let spoken = (0..2_000).map(|person| Fact::Spoke { member: member(person), thread, community });
    tenant.hear(super::LogName::Posting, spoken.collect(), 1);
    assert!(tenant.begin_merges().is_empty(), "the first one still runs");
    tenant.adopt(0, first.run());
    let second = tenant.begin_merges();
    assert_eq!(second.len(), 1, "what changed meanwhile is enough");
    tenant.give_up_merge(0);
    assert_eq!(tenant.begin_merges().len(), 1, "another one after one that came to nothing");
}
