//! How many a mentor looks after at once.

use kindred_eventsourcing::{Canonical, CanonicalWriter};

/// Most that one mentor may take at once.
pub const MOST: u32 = 20;

/// A number of places, 1 to [`MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity(u32);

impl Capacity {
    /// The capacity of this many places; none if they are too few or too many.
    #[must_use]
    pub fn try_new(places: u32) -> Option<Self> {
        (1..=MOST).contains(&places).then_some(Self(places))
    }

    /// How many places.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Canonical for Capacity {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        self.0.canonical(writer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mentor_takes_one_to_twenty() {
        assert_eq!([0, 1, 20, 21].map(|places| Capacity::try_new(places).is_some()), [false, true, true, false]);
    }
}
