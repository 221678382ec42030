//! A tenant that is split answers as one that is whole.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use kindred_proto::matching::{AskRequest, AskResponse};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::placement::{Layout, Placement};
use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::histories::histories;
use super::world::{self, Indexed, PEOPLE, Step, World, indexed_of, member, tenant};
use crate::crowd::wire::{read_request, response};
use crate::crowd::{Crowd, Neighbors};
use crate::domain::weights::Part;
use crate::index::{Alike, Holding, Index};

/// Replicas of one process, some of whom do not answer.
struct Fleet {
    replicas: Vec<Index>,
    away: Vec<u32>,
    /// Who was asked, one by one.
    asked: Mutex<Vec<u32>>,
}

impl Fleet {
    fn of(replicas: &[Index], away: Vec<u32>) -> Arc<Self> {
        Arc::new(Self { replicas: replicas.to_vec(), away, asked: Mutex::default() })
    }

    /// As one of them puts it together.
    fn crowd(self: &Arc<Self>, asked: usize) -> Crowd {
        let index = self.replicas[asked % self.replicas.len()].clone();
        Crowd::new(index, self.clone(), Duration::from_secs(5))
    }
}

impl Neighbors for Fleet {
    fn ask(&self, replica: u32, request: AskRequest) -> BoxFuture<'_, Result<AskResponse, ApiError>> {
        Box::pin(async move {
            self.asked.lock().expect("nobody panicked").push(replica);
            if self.away.contains(&replica) {
                return Err(ApiError::unavailable("AWAY", "it does not answer"));
            }
            let question = read_request(request)?;
            let index = &self.replicas[replica as usize];
            Ok(response(index.answer(&tenant(), &question.parts, &question.ask)))
        })
    }
}

fn holding(replicas: u32, copies: u32, replica: u32) -> Holding {
    Holding::of(Layout::new(Placement::new(replicas, copies), [tenant()]), replica)
}

/// What each replica makes of the same steps.
fn replicas(of: (u32, u32), make: impl Fn(&Holding) -> Indexed) -> Vec<Index> {
    let replica = |replica| {
        let holding = holding(of.0, of.1, replica);
        let index = Index::of(3, holding.clone());
        index.install(&tenant(), make(&holding).into_tenant());
        index
    };
    (0..of.0).map(replica).collect()
}

fn crowd(replicas: &[Index], asked: usize, away: Vec<u32>) -> Crowd {
    Fleet::of(replicas, away).crowd(asked)
}

fn whole(steps: &[Step], table: &[Part]) -> Index {
    let index = Index::new(3);
    index.install(&tenant(), World::of(steps).index().with_table(table).into_tenant());
    index
}

fn wait<T>(asked: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(asked)
}

fn fleets() -> impl Strategy<Value = (u32, u32)> {
    prop::sample::select(vec![(2, 1), (3, 1), (3, 2), (4, 3), (2, 2)])
}

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn whoever_is_asked_answers_as_a_whole_tenant_does(
        steps in histories(),
        of in fleets(),
        asked in 0_usize..4,
        limit in 1_usize..9,
        sizes in prop::collection::vec(1_usize..9, 1..40),
        likes in prop::collection::vec(0_u32..1_000, PEOPLE as usize),
        fixed: bool,
    ) {
        let steps: Vec<Step> = steps.into_iter().chain((0..PEOPLE / 2).map(|person| Step::Compare(person, true))).collect();
        let table = if fixed { World::of(&steps).index().table() } else { Vec::new() };
        let whole = whole(&steps, &table);
        let replicas = replicas(of, |holding| indexed_of(holding, &steps, &sizes).with_table(&table));
        let (crowd, others) = (crowd(&replicas, asked, Vec::new()), (0..PEOPLE).map(member).collect::<Vec<_>>());
        let alike: Alike = others.iter().copied().zip(likes).collect();
        for viewer in (0..PEOPLE).map(member) {
            let found = wait(crowd.find(&tenant(), viewer, limit)).expect("found");
            prop_assert_eq!(found, whole.find(&tenant(), viewer, limit));
            let candidates = wait(crowd.candidates(&tenant(), viewer, limit)).expect("found");
            prop_assert_eq!(crowd.writers(&tenant(), viewer, &candidates), whole.writers(&tenant(), viewer));
            let found = wait(crowd.found(&tenant(), viewer, limit, candidates, Some(&alike))).expect("found");
            prop_assert_eq!(found, whole.find_by_writing(&tenant(), viewer, limit, &alike));
            let shared = wait(crowd.shared(&tenant(), viewer, &others)).expect("found");
            prop_assert_eq!(shared, whole.shared(&tenant(), viewer, &others));
            let scores = wait(crowd.scores(&tenant(), viewer, &others)).expect("found");
            prop_assert_eq!(scores, whole.scores(&tenant(), viewer, &others));
            let suggested = wait(crowd.communities_for(&tenant(), viewer, limit)).expect("found");
            prop_assert_eq!(suggested, whole.communities_for(&tenant(), viewer, limit));
            let threads = crowd.index().threads_for(&tenant(), viewer, None, limit);
            prop_assert_eq!(threads, whole.threads_for(&tenant(), viewer, None, limit));
            for other in &others {
                let known = crowd.index().acquaintance(&tenant(), viewer, *other);
                prop_assert_eq!(known, whole.acquaintance(&tenant(), viewer, *other));
            }
        }
    }

    #[test]
    fn a_part_is_missing_only_when_all_who_hold_it_are(steps in histories(), gone in 0_u32..3, asked in 0_usize..3) {
        let (whole, viewer) = (whole(&steps, &[]), member(0));
        let twice = replicas((3, 2), |holding| indexed_of(holding, &steps, &[5]));
        let found = wait(crowd(&twice, asked, vec![gone]).find(&tenant(), viewer, 9)).expect("the other copy answers");
        prop_assert_eq!(found, whole.find(&tenant(), viewer, 9));
        let once = replicas((3, 1), |holding| indexed_of(holding, &steps, &[5]));
        let (gone, looks) = ((asked as u32 + 1) % 3, whole.is_findable(&tenant(), viewer));
        let refused = wait(crowd(&once, asked, vec![gone]).find(&tenant(), viewer, 9));
        prop_assert_eq!(refused.map_err(|error| error.reason().to_owned()).err(), looks.then(|| "PART_UNREACHABLE".to_owned()));
    }

    #[test]
    fn a_replica_knows_nothing_that_people_of_other_parts_say_also_after_a_start(steps in histories(), cut: Pick, again: Pick) {
        let (before, rest) = steps.split_at(cut.index(steps.len() + 1));
        let whole = whole(&steps, &[]);
        let restarted = replicas((3, 1), |holding| {
            let mut restarted = indexed_of(holding, before, &[4]).restarted();
            let twice = before[again.index(before.len() + 1)..].iter().filter(|step| step.is_of_membership());
            twice.for_each(|step| restarted.apply_step(step));
            restarted.apply_steps(rest);
            restarted
        });
        let crowd = crowd(&restarted, 0, Vec::new());
        for viewer in 0..PEOPLE {
            let held = restarted.iter().filter(|index| index.look(&tenant(), |tenant| tenant.said(member(viewer))).flatten().is_some());
            prop_assert!(held.count() <= 1);
            let found = wait(crowd.find(&tenant(), member(viewer), 9)).expect("found");
            prop_assert_eq!(found.matches, whole.find(&tenant(), member(viewer), 9).matches);
        }
    }
}

#[test]
fn whoever_does_not_answer_is_not_asked_by_every_question() {
    let steps: Vec<Step> = (0..PEOPLE).map(|person| Step::Consent(person, true)).collect();
    // Replica 0 holds two of the three parts; the third is held by 1 and 2.
    let fleet = Fleet::of(&replicas((3, 2), |holding| indexed_of(holding, &steps, &[5])), vec![1]);
    let times = |which| fleet.asked.lock().expect("nobody panicked").iter().filter(|asked| **asked == which).count();
    let crowd = fleet.crowd(0);
    for _ in 0..20 {
        wait(crowd.find(&tenant(), member(0), 9)).expect("the other copy answers");
    }
    assert_eq!(times(1), 1, "once, and then who holds the same");
    assert!(times(2) >= 20);
}

#[test]
fn weights_are_fixed_from_everybody_by_one_replica() {
    let said =
        || vec![world::Said::new(crate::index::Kind::Condition, "icd10cm|E06.3", Some(crate::index::Release::Matched))];
    let people = (0..PEOPLE).flat_map(|person| [Step::Consent(person, true), Step::Profile(person, said())]);
    let steps: Vec<Step> = people.collect();
    let replicas = replicas((3, 1), |holding| indexed_of(holding, &steps, &[5]));
    let drafts: Vec<_> = (0..3)
        .map(|replica| wait(crowd(&replicas, replica, Vec::new()).weights_to_fix(&tenant())).expect("counted"))
        .collect();
    assert!(drafts[1].is_none() && drafts[2].is_none());
    let mut parts = drafts.into_iter().flatten().flat_map(crate::index::Draft::parts);
    let (part, whole) = (parts.next().expect("it is time"), whole(&steps, &[]));
    let expected = whole.weights_to_fix().pop().expect("it is time").1.parts().remove(0);
    assert_eq!((part.population, &part.features, &part.weights), (PEOPLE, &expected.features, &expected.weights));
    assert_eq!(part.features, ["condition:E00-E07", "condition:E06", "condition:E06.3"]);
}
