//! How much each part of a score tells of what came of it.
//!
//! A logistic regression whose coefficients are never negative, so that to share more never
//! counts against anybody, held towards the same coefficient for all parts, so that little
//! evidence changes little. Fitted by projected Newton steps, one coordinate at a time.

/// What two people shared, part by part, and whether it went well.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What each part added to the score.
    pub parts: Vec<u32>,
    /// Whether it went well.
    pub good: bool,
}

/// The least and the most that a part is multiplied with.
const LEAST: f64 = 0.25;
const MOST: f64 = 4.0;
/// How much evidence it takes to move a part away from the others.
const HOLD: f64 = 10.0;
const ROUNDS: usize = 60;

/// What each of so many parts is to be multiplied with, so that the whole score stays what
/// it is on average; 1 for all where nothing can be learned: too little went either way.
#[must_use]
pub fn factors(parts: usize, outcomes: &[Outcome]) -> Vec<f64> {
    let good = outcomes.iter().filter(|outcome| outcome.good).count();
    let total: f64 = outcomes.iter().flat_map(|outcome| &outcome.parts).map(|part| f64::from(*part)).sum();
    if good == 0 || good == outcomes.len() || total == 0.0 {
        return vec![1.0; parts];
    }
    // Of a typical score, so that the coefficients are of one size whatever weights are.
    let typical = total / outcomes.len() as f64;
    let rows: Vec<(Vec<f64>, f64)> = outcomes
        .iter()
        .map(|outcome| {
            let shares = (0..parts).map(|part| f64::from(outcome.parts.get(part).copied().unwrap_or(0)) / typical);
            (shares.collect(), f64::from(u8::from(outcome.good)))
        })
        .collect();
    let fitted = Fit::new(parts, good as f64 / outcomes.len() as f64).run(&rows);
    let means: Vec<f64> = (0..parts).map(|part| rows.iter().map(|(row, _)| row[part]).sum::<f64>()).collect();
    let (before, after) =
        (means.iter().sum::<f64>(), means.iter().zip(&fitted).map(|(mean, factor)| mean * factor).sum::<f64>());
    if after <= 0.0 {
        return vec![1.0; parts];
    }
    fitted.iter().map(|factor| (factor * before / after).clamp(LEAST, MOST)).collect()
}

/// A fit that goes on.
struct Fit {
    bias: f64,
    coefficients: Vec<f64>,
}

impl Fit {
    fn new(parts: usize, good: f64) -> Self {
        Self { bias: (good / (1.0 - good)).ln(), coefficients: vec![0.0; parts] }
    }

    fn run(mut self, rows: &[(Vec<f64>, f64)]) -> Vec<f64> {
        for _ in 0..ROUNDS {
            let common = self.coefficients.iter().sum::<f64>() / self.coefficients.len().max(1) as f64;
            let (slope, bend) = self.derivatives(rows, |_| 1.0);
            self.bias -= slope / (bend + 1.0);
            for part in 0..self.coefficients.len() {
                let (slope, bend) = self.derivatives(rows, |row| row[part]);
                let away = self.coefficients[part] - common;
                let step = (slope + HOLD * away) / (bend + HOLD);
                self.coefficients[part] = (self.coefficients[part] - step).max(0.0);
            }
        }
        self.coefficients
    }

    /// First and second derivative of the loss along one coordinate.
    fn derivatives(&self, rows: &[(Vec<f64>, f64)], along: impl Fn(&[f64]) -> f64) -> (f64, f64) {
        rows.iter().fold((0.0, 0.0), |(slope, bend), (row, good)| {
            let sum = self.bias + row.iter().zip(&self.coefficients).map(|(share, one)| share * one).sum::<f64>();
            let (expected, along) = (1.0 / (1.0 + (-sum).exp()), along(row));
            (slope + (expected - good) * along, bend + expected * (1.0 - expected) * along * along)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Part 0 decides; part 1 comes and goes with nothing.
    fn telling(count: u32) -> Vec<Outcome> {
        (0..count)
            .map(|number| {
                let (one, other) = (number % 2, number / 2 % 2);
                // Nine in ten who share the first part talk, two in ten who do not.
                let good = if one == 1 { number % 20 != 1 } else { number % 10 == 0 };
                Outcome { parts: vec![100 * one, 100 * other], good }
            })
            .collect()
    }

    #[test]
    fn what_tells_more_counts_more() {
        let factors = factors(2, &telling(2_000));
        assert!(factors[0] > 1.4 && factors[1] < 0.6, "{factors:?}");
    }

    #[test]
    fn little_evidence_changes_little() {
        let (little, much) = (factors(2, &telling(20)), factors(2, &telling(2_000)));
        assert!((little[0] - 1.0).abs() < (much[0] - 1.0).abs(), "{little:?} {much:?}");
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        let alike = vec![Outcome { parts: vec![5, 7], good: true }; 50];
        assert_eq!((factors(2, &alike), factors(3, &[])), (vec![1.0; 2], vec![1.0; 3]));
    }

    proptest! {
        #[test]
        fn factors_stay_within_bounds(
            rows in prop::collection::vec((prop::collection::vec(0_u32..500, 4), any::<bool>()), 0..60),
        ) {
            let outcomes: Vec<Outcome> = rows.into_iter().map(|(parts, good)| Outcome { parts, good }).collect();
            let factors = factors(4, &outcomes);
            prop_assert!(factors.iter().all(|factor| (LEAST..=MOST).contains(factor)), "{:?}", factors);
        }
    }
}
