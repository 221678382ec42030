//! Weights as the log fixed them, and when they are to be fixed anew.
//!
//! # Promises
//!
//! * While a table holds, nobody who comes, goes or is erased changes what sharing a coded
//!   value is worth, as long as enough people hold it to be told at all.
//! * A table is a function of its tenant's facts up to one position, and names no value
//!   below the cohort floor.

use std::collections::{HashMap, HashSet};

use kindred_ids::MemberId;
use kindred_ranking::outcomes::Outcome;
use kindred_ranking::weight::Scale;

use super::LogName;
use super::catalog::FeatureId;
use super::expansion::{Expansion, Lesson};
use super::feature::{Feature, Kind};
use super::purpose::Purpose;
use super::reason::About;
use super::tenant::Tenant;
use crate::domain::weights::Part;

/// The most bytes of values and weights in one part, so that a commit holds it.
const PART_BYTES: usize = 200 * 1024;
/// What a value takes in a part beside its own name, at most.
const NUMBER_BYTES: usize = 8;

/// What it is worth that somebody asked to meet the one who looks: more than what two
/// people commonly share.
const ASKED: u16 = 1_000;

/// How many introductions must have been answered, by people who all agreed to it, before
/// anything is learned from what came of them.
const ENOUGH_OUTCOMES: u32 = 1_000;
/// The most that it is learned from.
const MOST_OUTCOMES: usize = 10_000;

/// A factor that changes nothing.
const ONCE: u16 = 16;

/// A table that holds.
#[derive(Debug)]
struct Table {
    population: u32,
    floor: u32,
    weights: HashMap<Feature, u16>,
    learned_from: u32,
    expansion: Expansion,
    answered: u32,
    /// What the weights of each kind are multiplied with, in sixteenths.
    factors: [u16; Kind::COUNT],
}

/// The table that holds, and the one that is coming.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    holds: Option<Table>,
    /// The number of the newest table of which a part is there.
    number: u32,
    coming: Vec<Part>,
}

impl Fixed {
    /// What goes together, as the table says.
    pub(super) fn expansion(&self) -> Option<&Expansion> {
        self.holds.as_ref().map(|table| &table.expansion)
    }

    fn take(&mut self, part: Part) {
        if part.part == 0 {
            self.coming.clear();
        }
        self.number = part.table;
        let whole = part.part + 1 == part.parts;
        self.coming.push(part);
        if whole {
            self.holds = table(&std::mem::take(&mut self.coming));
        }
    }
}

fn table(parts: &[Part]) -> Option<Table> {
    let first = parts.first()?;
    let Part { population, floor, learned_from, answered, .. } = *first;
    let values = parts.iter().flat_map(|part| part.features.iter().zip(&part.weights));
    let weights = values.filter_map(|(feature, weight)| Some((Feature::parse(feature)?, *weight))).collect();
    let expansion = Expansion::of(parts.iter().flat_map(|part| &part.associations));
    let mut factors = [ONCE; Kind::COUNT];
    for (kind, factor) in &first.factors {
        if let Some(kind) = Kind::from_name(kind) {
            factors[kind as usize] = *factor;
        }
    }
    Some(Table { population, floor, weights, learned_from, expansion, answered, factors })
}

impl Tenant {
    /// Takes a part of a table in.
    pub(crate) fn fix(&mut self, part: Part) {
        self.fixed.take(part);
    }

    /// What sharing a feature is worth now.
    pub(super) fn weight(&self, feature: FeatureId) -> u16 {
        let entry = self.catalog.entry(feature);
        self.weigh(&entry.feature, entry.boost, self.holders(feature), self.scale())
    }

    /// What sharing a feature is worth that so many hold: as the table says, where one holds
    /// and the feature is coded, else by how many hold it. What too few hold is worth nothing.
    pub(super) fn weigh(&self, feature: &Feature, boost: u16, holders: u32, scale: Scale) -> u16 {
        // What people see of each other anyway names nobody, however few they are.
        let holders = match feature.kind {
            Kind::Asked => return ASKED,
            kind if kind.is_done() => holders.max(scale.floor),
            _ if holders < scale.floor => return 0,
            _ => holders,
        };
        match &self.fixed.holds {
            None => scale.weight(boost, holders),
            Some(table) => {
                let fixed = Scale { population: table.population, floor: table.floor };
                // A coded value that is not in the table was held by fewer than the floor.
                let holders = if feature.kind.is_coded() { table.floor } else { holders.max(table.floor) };
                let known = table.weights.get(feature).copied();
                let weight = u32::from(known.unwrap_or_else(|| fixed.weight(boost, holders)));
                let factor = u32::from(table.factors[feature.kind as usize]);
                let weighed = (weight * factor + u32::from(ONCE) / 2) / u32::from(ONCE);
                u16::try_from(weighed).unwrap_or(u16::MAX).max(1)
            }
        }
    }

    /// What the next table is made of, if it is time for one.
    pub(crate) fn weights_to_fix(&self) -> Option<Draft> {
        let (scale, inferring) = (self.scale(), self.inferring());
        let coded = self.catalog.iter().filter(|(_, entry)| entry.feature.kind.is_coded());
        let coded = coded.map(|(id, entry)| (entry.feature.clone(), self.holders(id)));
        self.weights_are_due(scale, inferring).then(|| self.draft(scale, inferring, coded))
    }

    /// Whether it is time for a table: for the first as soon as anything can count, then
    /// whenever there are a quarter more people or a fifth fewer, of all or of those from whom
    /// it may be learned what goes together, or of answered introductions.
    pub(crate) fn weights_are_due(&self, scale: Scale, inferring: u32) -> bool {
        let may_learn = if inferring >= scale.floor { inferring } else { 0 };
        let due = match &self.fixed.holds {
            None => true,
            Some(table) => {
                moved(table.population, scale.population)
                    || moved(table.learned_from, may_learn)
                    || self.graph.answered() >= ENOUGH_OUTCOMES && moved(table.answered, self.graph.answered())
            }
        };
        due && scale.population >= scale.floor
    }

    /// What came of introductions between people who both agreed that it be learned from.
    fn outcomes(&self) -> Vec<Outcome> {
        let agrees = |member: &MemberId| self.agrees(*member, Purpose::Outcomes);
        let answered = self.graph.outcomes().into_iter().filter(|(from, to, _)| agrees(from) && agrees(to));
        let outcome = |(from, to, good): (MemberId, MemberId, bool)| {
            let shared = self.shared(from, &[to]);
            let mut parts = vec![0; Kind::ALL.len()];
            for reason in &shared.first()?.reasons {
                if let About::Shared(kind) = reason.about
                    && let Some(part) = Kind::ALL.iter().position(|one| *one == kind)
                {
                    parts[part] += reason.weight;
                }
            }
            Some(Outcome { parts, good })
        };
        answered.filter_map(outcome).take(MOST_OUTCOMES).collect()
    }

    /// A table of so many people, of whom so many hold each coded value. What goes together,
    /// and what came of introductions, is learned from those who are held here: of a tenant
    /// that is large enough to be split, they are enough.
    pub(crate) fn draft(&self, scale: Scale, inferring: u32, coded: impl Iterator<Item = (Feature, u32)>) -> Draft {
        let known = coded.filter(|(_, holders)| *holders >= scale.floor);
        let mut values: Vec<(String, u16)> =
            known.map(|(feature, holders)| (feature.to_string(), scale.weight(feature.boost(), holders))).collect();
        values.sort_unstable();
        let lesson = (self.inferring() >= scale.floor).then(|| self.lesson(&HashSet::new()));
        Draft {
            table: self.fixed.number + 1,
            membership_position: self.position_in(LogName::Membership),
            scale,
            values,
            learned_from: if inferring >= scale.floor { inferring } else { 0 },
            lesson,
            answered: self.graph.answered(),
            outcomes: self.outcomes(),
        }
    }
}

/// Whether there are a quarter more than there were, or a fifth fewer.
fn moved(then: u32, now: u32) -> bool {
    let (then, now) = (u64::from(then), u64::from(now));
    then != now && (4 * now >= 5 * then || 5 * now <= 4 * then)
}

/// What a table is made of, apart from the index.
pub(crate) struct Draft {
    table: u32,
    membership_position: u64,
    scale: Scale,
    /// Ascending.
    values: Vec<(String, u16)>,
    learned_from: u32,
    lesson: Option<Lesson>,
    answered: u32,
    outcomes: Vec<Outcome>,
}

impl Draft {
    /// The table, in parts that each fit a commit.
    pub(crate) fn parts(self) -> Vec<Part> {
        let associations = self.lesson.as_ref().map(Lesson::learned).unwrap_or_default();
        let empty = Part {
            table: self.table,
            part: 0,
            parts: 0,
            membership_position: self.membership_position,
            population: self.scale.population,
            floor: self.scale.floor,
            features: Vec::new(),
            weights: Vec::new(),
            learned_from: self.learned_from,
            associations: Vec::new(),
            answered: self.answered,
            factors: factors(&self.outcomes),
        };
        let mut parts = Parts { pieces: vec![empty.clone()], empty, bytes: 0 };
        for (feature, weight) in self.values {
            let part = parts.with_room_for(feature.len() + NUMBER_BYTES);
            part.features.push(feature);
            part.weights.push(weight);
        }
        for association in associations {
            let others: usize = association.others.iter().map(|other| other.len() + NUMBER_BYTES).sum();
            parts.with_room_for(association.feature.len() + others).associations.push(association);
        }
        let count = parts.pieces.len() as u32;
        (0..).zip(parts.pieces).map(|(number, part)| Part { part: number, parts: count, ..part }).collect()
    }
}

/// What each kind is to be multiplied with, where enough came of enough introductions.
fn factors(outcomes: &[Outcome]) -> Vec<(String, u16)> {
    if outcomes.len() < ENOUGH_OUTCOMES as usize {
        return Vec::new();
    }
    let learned = kindred_ranking::outcomes::factors(Kind::ALL.len(), outcomes);
    let factor = |(kind, factor): (Kind, f64)| (kind.as_str().to_owned(), (factor * f64::from(ONCE)).round() as u16);
    Kind::ALL.into_iter().zip(learned).map(factor).collect()
}

/// Parts that are being filled.
struct Parts {
    pieces: Vec<Part>,
    empty: Part,
    bytes: usize,
}

impl Parts {
    /// The part that takes this much more.
    fn with_room_for(&mut self, bytes: usize) -> &mut Part {
        self.bytes += bytes;
        if self.bytes > PART_BYTES {
            self.bytes = bytes;
            self.pieces.push(self.empty.clone());
        }
        self.pieces.last_mut().expect("there is one from the start")
    }
}

impl Kind {
    /// Whether its values are of a published vocabulary, so that they may stand in a table
    /// in the open.
    pub(super) const fn is_coded(self) -> bool {
        matches!(self, Self::Condition | Self::Language | Self::Year | Self::AgeBand)
    }
}
