//! Generated lives, many of them: after every step that takes somebody out of sight,
//! nobody is shown to anybody who may not see them. `make soak` runs a million.

use kindred_testkit::Seed;

use super::world::{COMMUNITIES, PEOPLE, Said, Step, THREADS, World, member};
use crate::index::feature::{Kind, Release};
use crate::index::graph::Wish;

/// How many lives a run of all tests sees.
const HISTORIES: u64 = 10_000;
/// Steps of a life, behind everybody's consent.
const STEPS: u64 = 25;

fn person(seed: &mut Seed) -> u32 {
    seed.below(u64::from(PEOPLE)) as u32
}

fn said(seed: &mut Seed) -> Said {
    let (kind, value) = [
        (Kind::Condition, "icd10cm|E06.3"),
        (Kind::Condition, "icd10cm|E06.9"),
        (Kind::Interest, "walking"),
        (Kind::Language, "es"),
        (Kind::Offer, "walking"),
        (Kind::Want, "walking"),
    ][seed.below(6) as usize];
    let release = [None, Some(Release::Tenant), Some(Release::Matched), Some(Release::Community)];
    Said::new(kind, value, release[seed.below(4) as usize])
}

fn step(seed: &mut Seed) -> Step {
    match seed.below(18) {
        0..4 => {
            let said = (0..seed.below(4)).map(|_| said(seed)).collect();
            Step::Profile(person(seed), said)
        }
        4..6 => Step::Consent(person(seed), seed.below(2) == 0),
        6 => Step::Suspend(person(seed), seed.below(2) == 0),
        7 => Step::Erase(person(seed)),
        12..14 => Step::Speak(person(seed), seed.below(u64::from(THREADS)) as u32),
        14 => Step::Close(seed.below(u64::from(THREADS)) as u32),
        15..17 => {
            let wish = [Wish::Open, Wish::Granted, Wish::Declined, Wish::Withdrawn][seed.below(4) as usize];
            Step::Wish(person(seed), person(seed), wish)
        }
        17 => Step::Day(seed.below(4) as u32),
        8..10 => Step::Join(person(seed), seed.below(u64::from(COMMUNITIES)) as u32, seed.below(3) > 0),
        _ => Step::Block(person(seed), person(seed), seed.below(3) > 0),
    }
}

/// Whether a step takes somebody out of somebody's sight.
const fn hides(step: &Step) -> bool {
    matches!(
        step,
        Step::Consent(_, false)
            | Step::Suspend(_, true)
            | Step::Erase(_)
            | Step::Join(_, _, false)
            | Step::Block(_, _, true)
            | Step::Close(_)
            | Step::Wish(..)
    )
}

#[test]
fn no_history_shows_anybody_who_may_not_be_seen() {
    let histories = match std::env::var("KINDRED_SOAK_HISTORIES") {
        Ok(text) => text.parse().expect("`KINDRED_SOAK_HISTORIES` is a number"),
        Err(_) => HISTORIES,
    };
    let mut seed = Seed::from_env();
    let mut shown = 0_u64;
    for _ in 0..histories {
        let consents = (0..PEOPLE).map(|person| Step::Consent(person, true)).collect::<Vec<_>>();
        let mut world = World::with_floor(&consents, 2);
        let mut index = world.index();
        for _ in 0..STEPS {
            let step = step(&mut seed);
            world.apply(&step);
            index.apply_step(&step);
            if !hides(&step) {
                continue;
            }
            for viewer in 0..PEOPLE {
                for found in index.search(member(viewer), PEOPLE as usize) {
                    assert!(world.may_be_shown(viewer, found.member), "{step:?} and {viewer} still sees them");
                    shown += 1;
                }
            }
        }
    }
    assert!(shown > histories, "there was something to see: {shown}");
}
