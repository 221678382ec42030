//! Who is like whom: lines of `person<TAB>kind<TAB>value`, taken in as members who consent
//! and release all of it, and searched as members search.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use kindred_ids::{CommandId, MemberId, TenantSlug, derive_root_id};

use super::lines::Lines;
use super::names::Names;
use super::ranked::{Candidates, rank, write};
use super::{EvaluateError, Ranking, Source};
use crate::index::expansion::Expansion;
use crate::index::fact::Fact;
use crate::index::profile::SealedProfile;
use crate::index::purpose::Purpose;
use crate::index::tenant::{Opened, Tenant};
use crate::index::{Feature, Kind, PlainField, Release};

/// How profiles are read.
pub struct Profiles<'a> {
    /// Lines of `person<TAB>kind<TAB>value` to leave out of that person's own question: one
    /// ranking for each. Without it there is one for each person.
    pub hide: Option<Source<'a>>,
    /// Whether what likely goes with what a person has counts too.
    pub infer: bool,
    /// How many people must hold a value before it counts.
    pub floor: u32,
}

/// Ranks the most similar people.
///
/// # Errors
///
/// [`EvaluateError`], before anything is written if it is a line's.
pub fn profiles(train: Source<'_>, how: Profiles<'_>, ranking: Ranking<'_>) -> Result<(), EvaluateError> {
    let crowd = Crowd::read(train)?;
    let hidden = how.hide.map(|hide| crowd.hidden(hide)).transpose()?;
    let candidates = ranking.candidates.map(Candidates::read).transpose()?;
    let tenant = crowd.tenant(how.floor, how.infer);
    let questions = hidden.unwrap_or_else(|| crowd.people.iter().map(|(person, _)| (person, None)).collect());
    let learned = how.infer.then(|| tenant.lesson(&crowd.left_out(&questions)).learned());
    let expansion = learned.map(|learned| Expansion::of(&learned));
    for (person, hidden) in questions {
        let name = crowd.people.name(person);
        let question = tenant.question(member(name), hidden.as_ref(), expansion.as_ref());
        if let Some(candidates) = &candidates {
            let scores = question.scores();
            let tie = |other: &str| question.tie(member(other));
            let best = rank(candidates.of(name), ranking.limit, |other| scores(member(other)), tie);
            write(ranking.out, name, best.into_iter())?;
        } else {
            let best = question.best(ranking.limit).into_iter();
            write(ranking.out, name, best.map(|member| crowd.name(member)))?;
        }
    }
    Ok(())
}

/// The one tenant that people of a file are in.
fn tenant() -> TenantSlug {
    "evaluation".parse().expect("a slug")
}

/// The id of a person of a file.
#[must_use]
pub fn member(name: &str) -> MemberId {
    let command = CommandId::derived(&[b"evaluation", name.as_bytes()]);
    MemberId(derive_root_id("evaluation", "anonymous", command, "member", 0))
}

/// A file's people.
struct Crowd {
    people: Names,
    said: Vec<Vec<PlainField>>,
    names: HashMap<MemberId, u32>,
}

impl Crowd {
    fn read(train: Source<'_>) -> Result<Self, EvaluateError> {
        let (mut people, mut said, mut names) = (Names::default(), Vec::<Vec<PlainField>>::new(), HashMap::new());
        let mut lines = Lines::of("train", train);
        while let Some([name, kind, value]) = lines.fields::<3>()? {
            let kind = kind_of(&kind).map_err(|reason| lines.wrong(reason))?;
            let person = people.number(&name).map_err(|reason| lines.wrong(reason))?;
            if person as usize == said.len() {
                said.push(Vec::new());
                names.insert(member(&name), person);
            }
            let fields = &mut said[person as usize];
            if fields.len() == MOST_FIELDS {
                return Err(lines.wrong(format!("more than {MOST_FIELDS} values of one person")));
            }
            fields.push(PlainField { kind, release: Release::Tenant, value, label: String::new() });
        }
        Ok(Self { people, said, names })
    }

    fn name(&self, member: MemberId) -> &str {
        self.people.name(self.names[&member])
    }

    /// What each line hides: of whom, and what.
    fn hidden(&self, hide: Source<'_>) -> Result<Vec<(u32, Option<Feature>)>, EvaluateError> {
        let mut lines = Lines::of("hide", hide);
        let mut hidden = Vec::new();
        while let Some([name, kind, value]) = lines.fields::<3>()? {
            let kind = kind_of(&kind).map_err(|reason| lines.wrong(reason))?;
            let person = self.people.get(&name).ok_or_else(|| lines.wrong("nobody of that name in train"))?;
            let feature = Feature::of(kind, &value);
            let said = self.said[person as usize].iter().any(|field| Feature::of(field.kind, &field.value) == feature);
            if !said {
                return Err(lines.wrong("they do not have that value in train"));
            }
            hidden.push((person, feature));
        }
        Ok(hidden)
    }

    /// What inference must not learn from: what is hidden of somebody.
    fn left_out(&self, questions: &[(u32, Option<Feature>)]) -> HashSet<(MemberId, Feature)> {
        let hidden = questions.iter().filter_map(|(person, hidden)| Some((*person, hidden.clone()?)));
        hidden.map(|(person, hidden)| (member(self.people.name(person)), hidden)).collect()
    }

    fn tenant(&self, floor: u32, infer: bool) -> Tenant {
        let mut tenant_of = Tenant::new(&tenant(), floor);
        let mut opened = Opened::new();
        let mut facts = Vec::with_capacity(2 * self.said.len());
        for (person, name) in self.people.iter() {
            let member = member(name);
            let command_id = CommandId::derived(&[name.as_bytes()]);
            let profile = Arc::new(SealedProfile { command_id, fields: Box::default(), withholds: false });
            opened.insert((member, command_id), self.said[person as usize].clone());
            facts.push(Fact::Profile { member, profile });
            let purposes = [Some(Purpose::Matching), infer.then_some(Purpose::Inference)].into_iter().flatten();
            facts.extend(purposes.map(|purpose| Fact::Consent { member, purpose, given: true }));
        }
        tenant_of.apply(facts, &mut opened, 1);
        tenant_of.merge();
        tenant_of
    }
}

/// The most values of one person.
const MOST_FIELDS: usize = 10_000;

fn kind_of(name: &str) -> Result<Kind, String> {
    let known: BTreeMap<&str, Kind> = Kind::ALL.into_iter().map(|kind| (kind.as_str(), kind)).collect();
    known.get(name).copied().ok_or_else(|| {
        let all: Vec<&str> = known.keys().copied().collect();
        format!("`{name}` is no kind: {}", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAIN: &str = "ann\tcondition\ticd10cm|E06.3\nann\tinterest\tchess\nbob\tinterest\tChess\n\
                         cy\tcondition\ticd10cm|E06.3\ndee\tcondition\ticd10cm|I10\n";

    fn ranked(train: &str, hide: Option<&str>, candidates: Option<&str>) -> Result<String, String> {
        fn source(text: &str) -> Source<'_> {
            Box::new(text.as_bytes())
        }
        let mut out = Vec::new();
        let how = Profiles { hide: hide.map(source), infer: false, floor: 1 };
        let ranking = Ranking { limit: 5, candidates: candidates.map(source), out: &mut out };
        profiles(source(train), how, ranking).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).expect("text"))
    }

    #[test]
    fn who_shares_more_comes_first() {
        assert_eq!(ranked(TRAIN, None, None).expect("ranked").lines().next(), Some("ann\tcy bob"));
    }

    #[test]
    fn what_is_hidden_does_not_ask() {
        let hide = Some("ann\tcondition\ticd10cm|E06.3\n");
        assert_eq!(ranked(TRAIN, hide, None).expect("ranked"), "ann\tbob\n");
        assert_eq!(ranked(TRAIN, hide, Some("ann\tcy bob\n")).expect("ranked"), "ann\tbob cy\n");
    }

    #[test]
    fn what_does_not_hold_is_named() {
        let kind = ranked("ann\tshoe\t1\n", None, None).expect_err("no kind");
        assert!(kind.starts_with("train, line 1: `shoe` is no kind: "), "{kind}");
        let nobody = ranked(TRAIN, Some("eve\tinterest\tchess\n"), None).expect_err("nobody");
        assert_eq!(nobody, "hide, line 1: nobody of that name in train");
        let value = ranked(TRAIN, Some("bob\tinterest\tgo\n"), None).expect_err("not theirs");
        assert_eq!(value, "hide, line 1: they do not have that value in train");
    }
}
