//! What an evaluation answers is what members are answered.

use kindred_ids::TenantSlug;
use kindred_matching::evaluate::{Profiles, Ranking, member, profiles};
use kindred_proto::membership::{ProfileFieldKind as Kind, Visibility};
use kindred_testkit::Seed;

use crate::support::{FLOOR, Town};

const CONDITIONS: [&str; 6] =
    ["icd10cm|E06.3", "icd10cm|E06.9", "icd10cm|E11.9", "icd10cm|E11.65", "icd10cm|I10", "snomed|44054006"];
const INTERESTS: [&str; 5] = ["walking", "chess", "gardening", "cooking", "reading"];
const LANGUAGES: [&str; 3] = ["en", "es", "pt-BR"];

/// Some sixty people, each with a few values.
fn crowd(seed: &mut Seed) -> Vec<(String, Vec<(Kind, &'static str)>)> {
    let person = |number: u32| {
        let mut said = Vec::new();
        for (kind, values, most) in [
            (Kind::Condition, &CONDITIONS[..], 3),
            (Kind::Interest, &INTERESTS[..], 3),
            (Kind::Language, &LANGUAGES[..], 2),
        ] {
            for _ in 0..seed.below(most + 1) {
                let value = (kind, values[seed.below(values.len() as u64) as usize]);
                if !said.contains(&value) {
                    said.push(value);
                }
            }
        }
        (format!("person{number}"), said)
    };
    // Who says nothing is in no file.
    (0..60).map(person).filter(|(_, said)| !said.is_empty()).collect()
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Condition => "condition",
        Kind::Interest => "interest",
        _ => "language",
    }
}

#[tokio::test]
async fn a_file_of_profiles_and_its_people_as_members_are_ranked_alike() {
    let (town, tenant): (Town, TenantSlug) = (Town::new(), "evaluation".parse().unwrap());
    let people = crowd(&mut Seed::from_env());
    let mut file = String::new();
    for (who, said) in &people {
        let id = member(who);
        town.facts.known(&tenant, id).await;
        town.write(town.facts.consent(&tenant, id, true)).await;
        let filled: Vec<_> =
            said.iter().map(|(kind, value)| (*kind, (*value).to_owned(), String::new(), Visibility::Tenant)).collect();
        town.write(town.facts.profile(&tenant, id, &filled).await).await;
        said.iter().for_each(|(kind, value)| file.push_str(&format!("{who}\t{}\t{value}\n", name(*kind))));
    }
    town.caught_up().await;
    let mut out = Vec::new();
    let how = Profiles { hide: None, infer: false, floor: FLOOR };
    profiles(Box::new(file.as_bytes()), how, Ranking { limit: 20, candidates: None, out: &mut out }).unwrap();
    let ranked = String::from_utf8(out).unwrap();
    let names: std::collections::HashMap<_, _> = people.iter().map(|(who, _)| (member(who), who.as_str())).collect();
    let (mut compared, mut found_any) = (0, 0);
    for line in ranked.lines() {
        let (who, others) = line.split_once('\t').unwrap();
        let found = town.index.find(&tenant, member(who), 20).matches;
        let found: Vec<&str> = found.iter().map(|one| names[&one.member]).collect();
        assert_eq!(found.join(" "), others, "{who}");
        compared += 1;
        found_any += usize::from(!found.is_empty());
    }
    assert!(compared > 30 && found_any > 30, "{compared} were compared, {found_any} found somebody");
}
