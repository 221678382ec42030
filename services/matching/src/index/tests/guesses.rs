//! What is guessed, for whom and from whom.

use std::collections::HashSet;

use super::world::{Indexed, Said, Step, World, member};
use crate::index::Language;
use crate::index::feature::{Kind, Release};
use crate::index::reason::About;

const A: &str = "icd10cm|E11.9";
const B: &str = "icd10cm|I10";
const ALCOHOL: &str = "icd10cm|F10.20";
/// Nobody has both: only a guess brings them together.
const VIEWER: u32 = 20;
const OTHER: u32 = 21;

fn has(person: u32, codes: &[&str], release: Release) -> [Step; 2] {
    let said = codes.iter().map(|code| Said::new(Kind::Condition, code, Some(release)));
    [Step::Consent(person, true), Step::Profile(person, said.collect())]
}

/// Twelve who have `together` and agree to inference, eight who have nothing; one who has A
/// alone and looks, one who has B alone.
fn world(together: &[&str], looks: bool, release: Release) -> Indexed {
    let mut steps = Vec::new();
    for person in 0..12 {
        steps.extend(has(person, together, Release::Matched));
        steps.push(Step::Infer(person, true));
    }
    (12..20).for_each(|person| steps.extend(has(person, &[], Release::Matched)));
    steps.extend(has(VIEWER, &[A], Release::Matched));
    steps.push(Step::Infer(VIEWER, looks));
    steps.extend(has(OTHER, &[B], release));
    let mut index = World::with_floor(&steps, 3).index();
    assert!(index.weigh() && !index.weigh(), "fixed once");
    index
}

fn finds_other(index: &Indexed) -> bool {
    index.search(member(VIEWER), 50).iter().any(|found| found.member == member(OTHER))
}

#[test]
fn who_agrees_finds_those_with_what_often_goes_with_theirs() {
    let index = world(&[A, B], true, Release::Tenant);
    let found = index.search(member(VIEWER), 50).into_iter().find(|found| found.member == member(OTHER));
    let reasons = found.expect("found by a guess").reasons;
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].about, About::Likely);
    assert_eq!(
        reasons[0].text(Language::English),
        "What you said and what they said often go together",
        "and nothing is named"
    );
}

#[test]
fn who_does_not_agree_is_guessed_nothing() {
    assert!(!finds_other(&world(&[A, B], false, Release::Tenant)));
}

#[test]
fn a_guess_reaches_only_what_is_open_to_those_who_do_not_have_it() {
    assert!(!finds_other(&world(&[A, B], true, Release::Matched)));
    assert!(!finds_other(&world(&[A, B], true, Release::Community)));
}

#[test]
fn it_ends_with_the_consent() {
    let mut index = world(&[A, B], true, Release::Tenant);
    index.apply_step(&Step::Infer(VIEWER, false));
    assert!(!finds_other(&index));
}

#[test]
fn what_is_sensitive_is_neither_learned_nor_guessed() {
    let index = world(&[A, ALCOHOL], true, Release::Tenant);
    let learned = index.lesson(&HashSet::new()).learned();
    let names = learned.iter().flat_map(|one| one.others.iter().chain([&one.feature]));
    assert!(names.clone().all(|name| !name.contains("F10")), "{:?}", names.collect::<Vec<_>>());
}

#[test]
fn nothing_is_learned_from_who_did_not_agree() {
    let mut index = world(&[A, B], true, Release::Tenant);
    let before = index.lesson(&HashSet::new()).learned();
    has(15, &[A, ALCOHOL, B], Release::Tenant).iter().for_each(|step| index.apply_step(step));
    assert_eq!(index.lesson(&HashSet::new()).learned(), before);
    assert!(!before.is_empty());
    (0..12).for_each(|person| index.apply_step(&Step::Infer(person, false)));
    assert!(index.weigh(), "those it was learned from are gone");
    assert!(!finds_other(&index));
}
