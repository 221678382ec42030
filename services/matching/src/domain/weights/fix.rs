//! Fixing a part of a table.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Timestamp};

use super::{Association, Event, Part, Refusal, State};

/// Asks that a part be fixed.
#[derive(Debug, Clone)]
pub struct FixWeights {
    /// The part.
    pub part: Part,
    /// When.
    pub at: Timestamp,
}

impl Canonical for FixWeights {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        let Part { table, part, parts, membership_position, population, floor, features, weights, .. } = &self.part;
        let Part { learned_from, associations, answered, factors, .. } = &self.part;
        writer.bytes(b"FixWeights");
        writer.field("table", table);
        writer.field("part", part);
        writer.field("parts", parts);
        writer.field("membership_position", membership_position);
        writer.field("population", population);
        writer.field("floor", floor);
        writer.field("features", features);
        writer.field("weights", weights);
        writer.field("learned_from", learned_from);
        for Association { feature, others, says } in associations {
            writer.field("feature", feature);
            writer.field("others", others);
            writer.field("says", says);
        }
        writer.field("answered", answered);
        for (kind, factor) in factors {
            writer.field("kind", kind);
            writer.field("factor", factor);
        }
    }
}

impl FixWeights {
    /// Decides: the next part of the table that was begun last, or the first of the next
    /// table; one that was left unfinished is given up by that.
    ///
    /// # Errors
    ///
    /// [`Refusal::OutOfTurn`], [`Refusal::Malformed`].
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { part, at } = self;
        let unequal = |association: &Association| association.others.len() != association.says.len();
        if part.part >= part.parts || part.features.len() != part.weights.len() || part.associations.iter().any(unequal)
        {
            return Err(Refusal::Malformed);
        }
        let begins = part.table == state.table + 1 && part.part == 0;
        let goes_on = part.table == state.table
            && part.part == state.part + 1
            && part.parts == state.parts
            && part.membership_position == state.membership_position;
        if !begins && !goes_on || part.membership_position < state.membership_position {
            return Err(Refusal::OutOfTurn);
        }
        Ok(Event::WeightsFixed { part: part.clone(), at: *at }.into())
    }
}

#[cfg(test)]
mod tests {
    use kindred_eventsourcing::testing::given;

    use super::*;
    use crate::domain::Weights;
    use crate::domain::samples::{NOW, part};

    fn fixed(part: Part) -> Event {
        Event::WeightsFixed { part, at: NOW }
    }

    fn fix(part: Part) -> FixWeights {
        FixWeights { part, at: NOW }
    }

    #[test]
    fn parts_are_fixed_in_turn() {
        given::<Weights>([]).when(fix(part(1, 0, 2))).then([fixed(part(1, 0, 2))]);
        given::<Weights>([fixed(part(1, 0, 2))]).when(fix(part(1, 1, 2))).then([fixed(part(1, 1, 2))]);
        given::<Weights>([fixed(part(1, 0, 1))]).when(fix(part(2, 0, 1))).then([fixed(part(2, 0, 1))]);
    }

    #[test]
    fn a_table_that_was_left_unfinished_is_given_up() {
        given::<Weights>([fixed(part(1, 0, 2))]).when(fix(part(2, 0, 3))).then([fixed(part(2, 0, 3))]);
    }

    #[test]
    fn what_somebody_else_fixed_is_refused() {
        for out_of_turn in [part(1, 0, 2), part(1, 1, 3), part(3, 0, 1), part(2, 1, 2)] {
            given::<Weights>([fixed(part(1, 0, 2))]).when(fix(out_of_turn)).then_err(Refusal::OutOfTurn);
        }
        let older = Part { membership_position: 1, ..part(2, 0, 1) };
        given::<Weights>([fixed(part(1, 0, 1))]).when(fix(older)).then_err(Refusal::OutOfTurn);
    }

    #[test]
    fn what_does_not_hold_together_is_refused() {
        given::<Weights>([]).when(fix(part(1, 1, 1))).then_err(Refusal::Malformed);
        let more = Part { weights: vec![1, 2], ..part(1, 0, 1) };
        given::<Weights>([]).when(fix(more)).then_err(Refusal::Malformed);
        let mut silent = part(1, 0, 1);
        silent.associations[0].says.clear();
        given::<Weights>([]).when(fix(silent)).then_err(Refusal::Malformed);
    }
}
