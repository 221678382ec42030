//! Where somebody is sent: communities and threads.

use super::world::{Said, Step, World, community, member, thread};
use crate::index::Language;
use crate::index::feature::{Kind, Release};

/// Six who are in communities 0 and 1, of whom the first three also speak in threads 0 and
/// 3 of community 0; one who is in 0 alone and speaks in thread 0.
const NEW: u32 = 6;

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = (0..=NEW).map(|person| Step::Consent(person, true)).collect();
    for person in 0..NEW {
        steps.extend([Step::Join(person, 0, true), Step::Join(person, 1, true)]);
    }
    for person in 0..3 {
        steps.extend([Step::Speak(person, 0), Step::Speak(person, 3)]);
    }
    steps.extend([Step::Join(NEW, 0, true), Step::Speak(NEW, 0)]);
    steps
}

#[test]
fn where_many_are_who_are_where_one_is() {
    let found = World::of(&steps()).index().communities_for(member(NEW), 5);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].community, found[0].because_of), (community(1), Some(community(0))));
    assert_eq!(found[0].reasons.iter().map(|reason| reason.weight).sum::<u32>(), found[0].score);
    let few = World::with_floor(&steps(), 7).index().communities_for(member(NEW), 5);
    assert_eq!(few, [], "six are too few for a floor of seven");
}

#[test]
fn where_many_say_what_one_says() {
    let mut steps: Vec<Step> = Vec::new();
    let chess = |release| vec![Said::new(Kind::Interest, "chess", Some(release))];
    for person in 0..4 {
        steps.extend([Step::Consent(person, true), Step::Profile(person, chess(Release::Matched))]);
        steps.push(Step::Join(person, 1, true));
    }
    steps.extend([Step::Consent(4, true), Step::Join(4, 1, true), Step::Consent(5, true), Step::Consent(NEW, true)]);
    steps.push(Step::Profile(NEW, chess(Release::Matched)));
    let suggested = |steps: &[Step]| World::of(steps).index().communities_for(member(NEW), 5);
    let found = suggested(&steps);
    assert_eq!(found[0].community, community(1));
    assert_eq!(found[0].reasons[0].text(Language::English), "Many there enjoy chess");
    // What they show to their communities alone is not told to somebody outside.
    for person in 0..4 {
        steps.push(Step::Profile(person, chess(Release::Community)));
    }
    assert_eq!(suggested(&steps), []);
}

#[test]
fn threads_of_those_who_speak_where_one_speaks() {
    let suggested = |more: &[Step]| {
        let steps: Vec<Step> = steps().into_iter().chain(more.iter().cloned()).collect();
        World::of(&steps).index().threads_for(member(NEW), None, 5)
    };
    let found = suggested(&[]);
    assert_eq!(found.iter().map(|one| (one.thread, one.community)).collect::<Vec<_>>(), [(thread(3), community(0))]);
    assert_eq!(suggested(&[Step::Speak(NEW, 3)]), [], "where they spoke already");
    assert_eq!(suggested(&[Step::Close(3)]), [], "what is gone");
    assert_eq!(suggested(&[Step::Join(NEW, 0, false)]), [], "where they are not any more");
    assert_eq!(suggested(&[Step::Consent(NEW, false)]), []);
    let apart: Vec<Step> = (0..3).map(|person| Step::Block(NEW, person, true)).collect();
    assert_eq!(suggested(&apart), [], "by people whom they blocked");
    let erased: Vec<Step> = (0..3).map(Step::Erase).collect();
    assert_eq!(suggested(&erased), []);
}

#[test]
fn nobody_is_told_whom_else_somebody_asked() {
    use crate::index::graph::Wish;
    let steps = [0, 1, 2].map(|person| Step::Consent(person, true)).into_iter();
    let steps: Vec<Step> = steps.chain([Step::Wish(0, 2, Wish::Open), Step::Wish(1, 2, Wish::Open)]).collect();
    let index = World::of(&steps).index();
    assert_eq!(index.search(member(0), 5), [], "that both asked the same person is not shared");
    let found = index.search(member(2), 5);
    assert_eq!(found.len(), 2, "the one who was asked learns of both");
    assert!(found.iter().all(|one| one.reasons[0].text(Language::English) == "They asked to meet you"));
}
