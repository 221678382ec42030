//! Weights as the log fixed them, and when they are to be fixed anew.
//!
//! # Promises
//!
//! * While a table holds, nobody who comes, goes or is erased changes what sharing a coded
//!   value is worth, as long as enough people hold it to be told at all.
//! * A table is a function of its tenant's facts up to one position, and names no value
//!   below the cohort floor.

use std::collections::HashMap;

use kindred_ranking::weight::Scale;

use super::catalog::FeatureId;
use super::feature::{Feature, Kind};
use super::tenant::Tenant;
use crate::domain::weights::Part;

/// The most bytes of values and weights in one part, so that a commit holds it.
const PART_BYTES: usize = 200 * 1024;
/// What a weight takes in a part beside the value itself, at most.
const WEIGHT_BYTES: usize = 8;

/// A table that holds.
#[derive(Debug)]
struct Table {
    population: u32,
    floor: u32,
    weights: HashMap<Feature, u16>,
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
    let Part { population, floor, .. } = *parts.first()?;
    let values = parts.iter().flat_map(|part| part.features.iter().zip(&part.weights));
    let weights = values.filter_map(|(feature, weight)| Some((Feature::parse(feature)?, *weight))).collect();
    Some(Table { population, floor, weights })
}

impl Tenant {
    /// Takes a part of a table in.
    pub(crate) fn fix(&mut self, part: Part) {
        self.fixed.take(part);
    }

    /// What sharing a feature is worth: as the table says, where one holds and the feature
    /// is coded, else by how many hold it now. What too few hold now is worth nothing.
    pub(super) fn weight(&self, feature: FeatureId) -> u16 {
        let (entry, holders, scale) = (self.catalog.entry(feature), self.holders(feature), self.scale());
        if holders < scale.floor {
            return 0;
        }
        match &self.fixed.holds {
            None => scale.weight(entry.boost, holders),
            Some(table) => {
                let fixed = Scale { population: table.population, floor: table.floor };
                // A coded value that is not in the table was held by fewer than the floor.
                let holders = if entry.feature.kind.is_coded() { table.floor } else { holders.max(table.floor) };
                let known = table.weights.get(&entry.feature).copied();
                known.unwrap_or_else(|| fixed.weight(entry.boost, holders))
            }
        }
    }

    /// The next table, in parts, if it is time for one: the first as soon as anything can
    /// count, then whenever there are a quarter more people or a fifth fewer.
    pub(crate) fn weights_to_fix(&self) -> Option<Vec<Part>> {
        let Scale { population, floor } = self.scale();
        let due = match &self.fixed.holds {
            None => population >= floor,
            Some(table) => {
                let (now, then) = (u64::from(population), u64::from(table.population));
                population >= floor && (4 * now >= 5 * then || 5 * now <= 4 * then)
            }
        };
        due.then(|| self.parts())
    }

    fn parts(&self) -> Vec<Part> {
        let scale = self.scale();
        let coded = self.catalog.iter().filter(|(_, entry)| entry.feature.kind.is_coded());
        let mut values: Vec<(String, u16)> = coded
            .filter(|(id, _)| self.holders(*id) >= scale.floor)
            .map(|(id, entry)| (entry.feature.to_string(), scale.weight(entry.boost, self.holders(id))))
            .collect();
        values.sort_unstable();
        let mut pieces: Vec<Vec<(String, u16)>> = vec![Vec::new()];
        let mut bytes = 0;
        for value in values {
            bytes += value.0.len() + WEIGHT_BYTES;
            if bytes > PART_BYTES {
                bytes = value.0.len() + WEIGHT_BYTES;
                pieces.push(Vec::new());
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(value);
            }
        }
        let parts = pieces.len() as u32;
        let part = |(part, values): (usize, Vec<(String, u16)>)| {
            let (features, weights) = values.into_iter().unzip();
            Part {
                table: self.fixed.number + 1,
                part: part as u32,
                parts,
                membership_position: self.position,
                population: scale.population,
                floor: scale.floor,
                features,
                weights,
            }
        };
        pieces.into_iter().enumerate().map(part).collect()
    }
}

impl Kind {
    /// Whether its values are of a published vocabulary, so that they may stand in a table
    /// in the open.
    const fn is_coded(self) -> bool {
        matches!(self, Self::Condition | Self::Language | Self::Year | Self::AgeBand)
    }
}
