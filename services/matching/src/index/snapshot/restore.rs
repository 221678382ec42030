//! Chunks on their way back into an index.

use kindred_ids::MemberId;

use super::chunk::{Chunk, Kept, Said};
use crate::index::LogPositions;
use crate::index::catalog::FeatureId;
use crate::index::feature::Feature;
use crate::index::parts::Shelf;
use crate::index::people::{Content, Place};
use crate::index::profile::{Field, NO_LABEL};
use crate::index::tenant::Tenant;

/// People at which lists are merged while chunks are taken in, however few there are before.
const MERGE_FROM: usize = 1 << 17;

/// The tenant's own numbers of what a chunk counts.
struct Numbers {
    values: Vec<(FeatureId, u32)>,
    places: Vec<Place>,
}

impl Tenant {
    /// Takes a chunk in; false if somebody in it is here already.
    pub(crate) fn restore(&mut self, chunk: &Chunk) -> bool {
        let numbers = self.numbers(chunk);
        self.restore_dealings(&chunk.dealings);
        for kept in &chunk.people {
            if self.slot(kept.member).is_some() {
                return false;
            }
            self.restore_person(kept, chunk, &numbers);
        }
        for (member, blocked) in &chunk.blocks {
            self.block(*member, *blocked);
        }
        for member in &chunk.erased {
            self.forget(*member);
        }
        let due = |shelf: &Shelf| shelf.lists.changed() >= MERGE_FROM.max(shelf.population as usize / 2);
        if self.shelves.iter().any(due) {
            self.merge();
        }
        true
    }

    /// Chunks are all in: the logs go on behind these positions.
    pub(crate) fn restored(&mut self, suspended: bool, positions: LogPositions) {
        self.merge();
        self.suspend(suspended);
        self.positions = positions;
    }

    /// Whom to leave out whatever a snapshot says of them.
    pub(crate) fn forget_all(&mut self, erased: impl IntoIterator<Item = MemberId>) {
        erased.into_iter().for_each(|member| self.forget(member));
    }

    /// Numbers for all that the chunk's people hold, held once for each of them.
    fn numbers(&mut self, chunk: &Chunk) -> Numbers {
        let mut uses = vec![0_u32; chunk.values.len()];
        let mut stays = vec![0_u32; chunk.communities.len()];
        for kept in &chunk.people {
            kept.places.iter().for_each(|place| stays[*place as usize] += 1);
            if let Said::Open(fields) = &kept.said {
                fields.iter().for_each(|(value, _)| uses[*value as usize] += 1);
            }
        }
        let values = chunk.values.iter().zip(uses).map(|(value, uses)| {
            let feature = Feature { kind: value.kind, value: value.value.clone() };
            let label =
                if value.label.is_empty() { NO_LABEL } else { self.labels.hold_times(value.label.clone(), uses) };
            (self.catalog.hold_times(&feature, uses), label)
        });
        let values = values.collect();
        let communities = chunk.communities.iter().zip(stays);
        communities.clone().for_each(|(community, stays)| self.hold_community(*community, stays));
        let places = communities.map(|(community, stays)| self.places.hold_times(*community, stays)).collect();
        Numbers { values, places }
    }

    fn restore_person(&mut self, kept: &Kept, chunk: &Chunk, numbers: &Numbers) {
        let slot = self.people.add(kept.member);
        let mut places: Vec<Place> = kept.places.iter().map(|place| numbers.places[*place as usize]).collect();
        places.sort_unstable();
        for place in &kept.places {
            self.communities.entry(chunk.communities[*place as usize]).or_default().insert(slot);
        }
        self.people.set_all_agreed(slot, kept.agreed);
        self.people.set_suspended(slot, kept.suspended);
        self.people.set_about(slot, kept.kinds, kept.withholds);
        match &kept.said {
            Said::Nothing => self.people.set_all(slot, &places, Content::Absent),
            Said::Sealed(sealed) => self.people.set_all(slot, &places, Content::Sealed(sealed)),
            Said::Open(fields) => {
                let fields = fields.iter().map(|(value, release)| {
                    let (feature, label) = numbers.values[*value as usize];
                    Field { feature, release: *release, label }
                });
                self.people.set_all(slot, &places, Content::Open(&fields.collect::<Vec<_>>()));
            }
        }
        if self.person_at(slot).eligible() {
            self.enlist(slot);
        }
    }
}
