//! Snapshots of small worlds: at any moment, with and without a person, whole and not.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index as Pick;

use super::histories::histories;
use super::world::{self, Indexed, PEOPLE, Step, World, member, tenant};
use crate::index::feature::{Kind, Release};
use crate::index::snapshot::{Chunk, Manifest, Origin, Refused, Rules, Stream, checksum, chunk_of};

proptest! {
    #![proptest_config(super::cases())]

    #[test]
    fn a_snapshot_and_the_logs_rest_give_the_answers_of_the_whole_log(steps in histories(), cut: Pick, again: Pick) {
        let whole = World::of(&steps).index();
        let (before, rest) = steps.split_at(cut.index(steps.len() + 1));
        let mut restarted = World::of(before).index().restarted();
        // What is taken in twice changes nothing: of membership's log chunks may be later than
        // their position. Of the others they stand where they say.
        let twice = before[again.index(before.len() + 1)..].iter().filter(|step| step.is_of_membership());
        twice.for_each(|step| restarted.apply_step(step));
        restarted.apply_steps(rest);
        for viewer in 0..PEOPLE {
            prop_assert_eq!(whole.search(member(viewer), 50), restarted.search(member(viewer), 50));
        }
    }

    #[test]
    fn without_a_person_a_chunk_is_as_if_they_had_been_erased_before(steps in histories(), who in 0..PEOPLE) {
        let gone = BTreeSet::from([member(who)]);
        let mut chunks = chunks(&World::of(&steps).index());
        let whose = chunk_of(member(who), chunks.len());
        for (number, chunk) in chunks.iter_mut().enumerate() {
            // As one that is written after the record of it, and their own as it is redacted.
            chunk.leave_out(&gone);
            if number == whose {
                chunk.erase(&gone);
            }
        }
        let erased: Vec<Step> = steps.iter().cloned().chain([Step::Erase(who)]).collect();
        prop_assert_eq!(all(&chunks), all(&self::chunks(&World::of(&erased).index())));
    }

    #[test]
    fn what_was_changed_or_cut_short_is_refused(steps in histories(), place: Pick, bit in 0_u32..8, cut: Pick) {
        let content = chunks(&World::of(&steps).index()).remove(0).encode();
        let manifest = manifest(&content);
        prop_assert!(manifest.read(0, &content).is_ok());
        let mut changed = content.clone();
        changed[place.index(content.len())] ^= 1 << bit;
        prop_assert_eq!(manifest.read(0, &changed).err(), Some(Refused::Checksum { chunk: 0 }));
        let short = &content[..cut.index(content.len())];
        prop_assert_eq!(manifest.read(0, short).err(), Some(Refused::Checksum { chunk: 0 }));
        // Even if somebody made the checksums fit, nothing is read past its end.
        drop(Chunk::decode(&changed));
        prop_assert!(Chunk::decode(short).is_none());
    }
}

fn chunks(index: &Indexed) -> Vec<Chunk> {
    let plan = index.planned();
    let portions = plan.portions.iter().enumerate();
    portions.map(|(number, portion)| index.kept(number, plan.portions.len(), portion)).collect()
}

/// What all chunks hold together, whichever holds what.
fn all(chunks: &[Chunk]) -> impl PartialEq + std::fmt::Debug + use<> {
    let mut people: Vec<_> = chunks
        .iter()
        .flat_map(|chunk| chunk.people.iter().map(|kept| (kept.member, chunk.plain(kept.member).len())))
        .collect();
    people.sort_unstable();
    let values: BTreeSet<_> = chunks.iter().flat_map(|chunk| chunk.values.clone()).collect();
    let communities: BTreeSet<_> = chunks.iter().flat_map(|chunk| chunk.communities.clone()).collect();
    let blocks: BTreeSet<_> = chunks.iter().flat_map(|chunk| chunk.blocks.clone()).collect();
    let erased: BTreeSet<_> = chunks.iter().flat_map(|chunk| chunk.erased.clone()).collect();
    let dealings: BTreeSet<String> = chunks.iter().flat_map(|chunk| chunk.dealings.lines()).collect();
    (people, values, communities, blocks, erased, dealings)
}

fn manifest(content: &[u8]) -> Manifest {
    Manifest {
        tenant: tenant(),
        number: 1,
        rules: Rules::current(11),
        origin: origin(70, 7),
        suspended: false,
        chunks: 1,
        checksums: vec![checksum(&tenant(), 0, content)],
    }
}

fn origin(membership: u64, matching: u64) -> Origin {
    let stream = |identity: &str, position| Stream { identity: identity.to_owned(), position };
    Origin { streams: [stream("m", membership), stream("p", 9), stream("x", matching)], weights: vec![1] }
}

#[test]
fn what_was_made_by_other_rules_or_from_other_logs_is_refused_by_name() {
    let (rules, now) = (Rules::current(11), origin(80, 8));
    let good = manifest(b"");
    assert_eq!(good.check(rules, &now), Ok(()));
    let refused = |change: fn(&mut Manifest)| {
        let mut other = good.clone();
        change(&mut other);
        other.check(rules, &now).expect_err("refused").to_string()
    };
    assert_eq!(refused(|other| other.rules.format = 9), "its format is 9, not 2");
    assert_eq!(refused(|other| other.rules.cohort_floor = 12), "its cohort floor is 12, not 11");
    assert_eq!(refused(|other| other.rules.boosts ^= 1), "its boosts are of another version");
    assert_eq!(refused(|other| other.rules.code_system ^= 1), "its code system is of another version");
    let stream = |other: &mut Manifest| other.origin.streams[0].identity = "n".to_owned();
    assert_eq!(refused(stream), "it was made from another stream of `membership`");
    let stream = |other: &mut Manifest| other.origin.streams[1].identity = "q".to_owned();
    assert_eq!(refused(stream), "it was made from another stream of `posting`");
    let stream = |other: &mut Manifest| other.origin.streams[2].identity = "y".to_owned();
    assert_eq!(refused(stream), "it was made from another stream of `matching`");
    let ahead = "it stands at 81, behind the end of the log of `membership`, 80";
    assert_eq!(refused(|other| other.origin.streams[0].position = 81), ahead);
    assert_eq!(refused(|other| other.origin.weights = vec![2]), "its weights are not those that the log says");
}

#[test]
fn whoever_withdrew_is_sealed_again_and_reads_as_they_wrote() {
    let said = super::Said::new(Kind::Interest, "Nordic Walking", Some(Release::Tenant));
    let coded = super::Said::new(Kind::Condition, "snomed|21983002", Some(Release::Matched));
    let steps = [Step::Consent(0, true), Step::Profile(0, vec![said, coded]), Step::Consent(0, false)];
    let index = world::indexed(&steps, &[1]);
    let mut chunk = index.kept(0, 1, &index.planned().portions[0]);
    assert_eq!(chunk.exposed(), [member(0)]);
    let plain = chunk.plain(member(0));
    let typed: Vec<(&str, &str)> = plain.iter().map(|field| (field.value.as_str(), field.label.as_str())).collect();
    assert_eq!(typed, [("Nordic Walking", ""), ("snomed:21983002", "")]);
    chunk.seal(member(0), None);
    assert!(chunk.exposed().is_empty() && chunk.values.is_empty(), "no word is left");
}
