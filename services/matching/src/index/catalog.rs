//! Every value that somebody holds, by number.
//!
//! # Promises
//!
//! * A value that nobody holds any more is gone from memory with its number: after an
//!   erasure no text of the person is left here.

use std::collections::HashMap;
use std::hash::Hash;

use super::feature::Feature;

/// Number of a feature in its catalog.
pub(super) type FeatureId = u32;

/// A feature that somebody holds.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) feature: Feature,
    pub(super) boost: u16,
    pub(super) ancestors: Box<[FeatureId]>,
    holds: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    ids: HashMap<Feature, FeatureId>,
    entries: Vec<Option<Entry>>,
    free: Vec<FeatureId>,
}

impl Catalog {
    pub(super) fn entry(&self, id: FeatureId) -> &Entry {
        self.entries[id as usize].as_ref().expect("whoever has a number holds its feature")
    }

    fn entry_mut(&mut self, id: FeatureId) -> &mut Entry {
        self.entries[id as usize].as_mut().expect("whoever has a number holds its feature")
    }

    /// What of another's a feature goes with; none where nobody holds that.
    pub(super) fn counterpart(&self, id: FeatureId) -> Option<FeatureId> {
        let feature = &self.entry(id).feature;
        if feature.kind.counterpart() == feature.kind { Some(id) } else { self.find(&feature.counterpart()) }
    }

    /// The number of a feature; none where nobody holds it.
    pub(super) fn find(&self, feature: &Feature) -> Option<FeatureId> {
        self.ids.get(feature).copied()
    }

    /// All that is held.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FeatureId, &Entry)> {
        let entries = self.entries.iter().enumerate();
        entries.filter_map(|(id, entry)| Some((id as FeatureId, entry.as_ref()?)))
    }

    /// How many features are held.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// A feature's number, with one more hold on it and its ancestors.
    pub(super) fn hold(&mut self, feature: &Feature) -> FeatureId {
        self.hold_times(feature, 1)
    }

    /// The same for several who hold it, at least one.
    pub(super) fn hold_times(&mut self, feature: &Feature, times: u32) -> FeatureId {
        let id = self.ensure(feature);
        self.change_holds(id, |holds| holds + times);
        id
    }

    /// Gives one hold back; what nobody holds is forgotten.
    pub(super) fn release(&mut self, id: FeatureId) {
        for freed in self.change_holds(id, |holds| holds - 1) {
            if let Some(entry) = self.entries[freed as usize].take() {
                self.ids.remove(&entry.feature);
                self.free.push(freed);
            }
        }
    }

    /// Changes the holds of a feature and its ancestors; those that now have none.
    fn change_holds(&mut self, id: FeatureId, change: impl Fn(u32) -> u32) -> Vec<FeatureId> {
        let mut unheld = Vec::new();
        let above = self.entry(id).ancestors.len();
        for place in 0..=above {
            let one = if place == 0 { id } else { self.entry(id).ancestors[place - 1] };
            let entry = self.entry_mut(one);
            entry.holds = change(entry.holds);
            if entry.holds == 0 {
                unheld.push(one);
            }
        }
        unheld
    }

    fn ensure(&mut self, feature: &Feature) -> FeatureId {
        if let Some(id) = self.ids.get(feature) {
            return *id;
        }
        let ancestors = feature.ancestors().iter().map(|above| self.ensure(above)).collect();
        let entry = Entry { feature: feature.clone(), boost: feature.boost(), ancestors, holds: 0 };
        let id = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.entries.len() as FeatureId - 1
        });
        self.entries[id as usize] = Some(entry);
        self.ids.insert(feature.clone(), id);
        id
    }

    /// A feature and what it is a kind of, the nearest first.
    pub(super) fn chain(&self, id: FeatureId) -> impl Iterator<Item = FeatureId> + '_ {
        std::iter::once(id).chain(self.entry(id).ancestors.iter().copied())
    }
}

/// Texts by number, each kept once, and only while somebody uses it.
#[derive(Debug)]
pub(super) struct Pool<T> {
    ids: HashMap<T, u32>,
    entries: Vec<Option<(T, u32)>>,
    free: Vec<u32>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { ids: HashMap::new(), entries: Vec::new(), free: Vec::new() }
    }
}

impl<T: Clone + Eq + Hash> Pool<T> {
    pub(super) fn get(&self, id: u32) -> Option<&T> {
        self.entries.get(id as usize)?.as_ref().map(|(value, _)| value)
    }

    /// The number of a value that is held.
    pub(super) fn find(&self, value: &T) -> Option<u32> {
        self.ids.get(value).copied()
    }

    pub(super) fn hold(&mut self, value: T) -> u32 {
        self.hold_times(value, 1)
    }

    /// The same for several who use it, at least one.
    pub(super) fn hold_times(&mut self, value: T, times: u32) -> u32 {
        if let Some(id) = self.ids.get(&value).copied() {
            if let Some((_, uses)) = &mut self.entries[id as usize] {
                *uses += times;
            }
            return id;
        }
        let id = self.free.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.entries.len() as u32 - 1
        });
        self.entries[id as usize] = Some((value.clone(), times));
        self.ids.insert(value, id);
        id
    }

    pub(super) fn release(&mut self, id: u32) {
        let Some(entry) = self.entries.get_mut(id as usize) else { return };
        if let Some((_, uses)) = entry {
            *uses -= 1;
            if *uses > 0 {
                return;
            }
        }
        if let Some((value, _)) = entry.take() {
            self.ids.remove(&value);
            self.free.push(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::feature::Kind;

    fn condition(code: &str) -> Feature {
        Feature::of(Kind::Condition, &format!("icd10cm|{code}")).expect("a code")
    }

    #[test]
    fn a_feature_lives_as_long_as_somebody_holds_it_or_a_kind_of_it() {
        let mut catalog = Catalog::default();
        let leaf = catalog.hold(&condition("E06.3"));
        let category = catalog.hold(&condition("E06"));
        assert_eq!(catalog.len(), 3);
        catalog.release(leaf);
        assert_eq!(catalog.len(), 2, "the leaf is forgotten");
        assert_eq!(catalog.chain(category).count(), 2);
        catalog.release(category);
        assert_eq!(catalog.len(), 0);
        let again = catalog.hold(&condition("I10"));
        assert!(again < 3, "numbers are used again");
    }

    #[test]
    fn a_text_lives_as_long_as_it_is_used() {
        let mut pool = Pool::default();
        let (one, same) = (pool.hold("a".to_owned()), pool.hold("a".to_owned()));
        assert_eq!(one, same);
        pool.release(one);
        assert_eq!(pool.get(one).map(String::as_str), Some("a"));
        pool.release(one);
        assert_eq!(pool.get(one), None);
        assert_eq!(pool.hold("b".to_owned()), one);
    }
}
