//! What people do, at random.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::world::{COMMUNITIES, PEOPLE, Said, Step, THREADS};
use crate::index::feature::{Kind, Release};
use crate::index::graph::Wish;

pub fn said() -> impl Strategy<Value = Said> {
    let values = prop_oneof![
        prop::sample::select(vec!["icd10cm|E06.3", "icd10cm|E06.9", "icd10cm|E06", "icd10cm|E03.9", "icd10cm|F10.20"])
            .prop_map(|code| (Kind::Condition, code)),
        prop::sample::select(vec!["snomed|21983002", "icd10cm|E10.321", "icd10cm|E10.329"])
            .prop_map(|code| (Kind::Condition, code)),
        prop::sample::select(vec!["walking", "Walking", "chess"]).prop_map(|value| (Kind::Interest, value)),
        prop::sample::select(vec!["pt-BR", "pt", "es"]).prop_map(|value| (Kind::Language, value)),
        prop::sample::select(vec!["2019", "2020", "2021", "2025"]).prop_map(|value| (Kind::Year, value)),
        prop::sample::select(vec!["021", "Boston"]).prop_map(|value| (Kind::Area, value)),
        Just((Kind::Role, "patient")),
        prop::sample::select(vec![Kind::Offer, Kind::Want, Kind::Interest]).prop_map(|kind| (kind, "walking")),
    ];
    let releases = prop::sample::select(vec![
        None,
        Some(Release::Tenant),
        Some(Release::Matched),
        Some(Release::Matched),
        Some(Release::Community),
    ]);
    (values, releases).prop_map(|((kind, value), release)| Said::new(kind, value, release))
}

pub fn step() -> impl Strategy<Value = Step> {
    let person = || 0..PEOPLE;
    prop_oneof![
        6 => (person(), prop::collection::vec(said(), 0..7)).prop_map(|(person, said)| Step::Profile(person, said)),
        4 => (person(), prop::bool::weighted(0.8)).prop_map(|(person, given)| Step::Consent(person, given)),
        1 => (person(), any::<bool>()).prop_map(|(person, given)| Step::Infer(person, given)),
        1 => (person(), any::<bool>()).prop_map(|(person, suspended)| Step::Suspend(person, suspended)),
        1 => person().prop_map(Step::Erase),
        4 => (person(), 0..COMMUNITIES, prop::bool::weighted(0.8)).prop_map(|(person, place, joins)| Step::Join(person, place, joins)),
        1 => (person(), person(), any::<bool>()).prop_map(|(person, other, stands)| Step::Block(person, other, stands)),
        3 => (person(), 0..THREADS).prop_map(|(person, thread)| Step::Speak(person, thread)),
        1 => (person(), 0..THREADS).prop_map(|(person, thread)| Step::Unsay(person, thread)),
        1 => (0..THREADS).prop_map(Step::Close),
        3 => (person(), person(), wish()).prop_map(|(from, to, wish)| Step::Wish(from, to, wish)),
        1 => (0_u32..4).prop_map(Step::Day),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    prop::sample::select(vec![Wish::Open, Wish::Open, Wish::Granted, Wish::Declined, Wish::Withdrawn])
}

/// Histories in which at first everybody consents.
pub fn histories() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..60).prop_map(|steps| {
        let consents = (0..PEOPLE).map(|person| Step::Consent(person, true));
        consents.chain(steps).collect()
    })
}

/// The same steps in another order that keeps each entity's own.
pub fn interleaved(steps: &[Step], picks: &[Pick]) -> Vec<Step> {
    let mut queues: BTreeMap<_, Vec<Step>> = BTreeMap::new();
    for step in steps.iter().rev() {
        queues.entry(step.entity()).or_default().push(step.clone());
    }
    let mut mixed = Vec::with_capacity(steps.len());
    for pick in picks.iter().cycle() {
        let keys: Vec<_> = queues.keys().copied().collect();
        if keys.is_empty() {
            break;
        }
        let key = keys[pick.index(keys.len())];
        if let Some(step) = queues.get_mut(&key).and_then(Vec::pop) {
            mixed.push(step);
        }
        queues.retain(|_, queue| !queue.is_empty());
    }
    mixed
}
