//! What a person likely has too, by what others have who have the same.
//!
//! EASE^R (Steck 2019): the linear model that tells each thing from all others with the
//! least squared error; solved by Cholesky's method in plain arithmetic, which gives the
//! same bits on every machine, where a library chooses its instructions by the processor.

use crate::csr::Rows;

/// The most things that are learned from: the work grows with the cube.
pub const MOST_THINGS: usize = 1_024;

/// What each thing says of each other.
#[derive(Debug, Clone)]
pub struct Inference {
    things: usize,
    /// Row by row: what a thing says of each other.
    says: Vec<f64>,
}

/// More than [`MOST_THINGS`], or what somebody has is not one of the things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {MOST_THINGS} things can be learned from, and nothing beyond them")]
pub struct TooMany;

impl Inference {
    /// Learns from what people have, each thing once; `calm` (λ) is how many people's word
    /// it takes to say something against the rest.
    ///
    /// # Errors
    ///
    /// [`TooMany`] of things.
    pub fn learned(things: usize, has: &[Vec<u32>], calm: u32) -> Result<Self, TooMany> {
        let mut rows = Rows::default();
        has.iter().for_each(|has| rows.push(has.iter().copied()));
        if things > MOST_THINGS || rows.iter().flatten().any(|thing| *thing as usize >= things) {
            return Err(TooMany);
        }
        let mut together = vec![0.0; things * things];
        for has in rows.iter() {
            for one in has {
                has.iter().for_each(|other| together[*one as usize * things + *other as usize] += 1.0);
            }
        }
        (0..things).for_each(|thing| together[thing * things + thing] += f64::from(calm.max(1)));
        let mut says = inverse(together, things);
        for other in 0..things {
            let itself = says[other * things + other];
            (0..things).for_each(|thing| says[thing * things + other] /= -itself);
            says[other * things + other] = 0.0;
        }
        Ok(Self { things, says })
    }

    /// How likely somebody who has these has each thing too: about 0 to 1, less than 0
    /// where one speaks against the other.
    #[must_use]
    pub fn likely(&self, has: &[u32]) -> Vec<f64> {
        let mut likely = vec![0.0; self.things];
        for thing in has.iter().map(|thing| *thing as usize).filter(|thing| *thing < self.things) {
            let says = &self.says[thing * self.things..(thing + 1) * self.things];
            likely.iter_mut().zip(says).for_each(|(sum, says)| *sum += says);
        }
        likely
    }
}

/// The inverse of a symmetric, positive definite matrix.
fn inverse(mut matrix: Vec<f64>, size: usize) -> Vec<f64> {
    // L with L·Lᵀ = matrix, in the lower triangle.
    for row in 0..size {
        for column in 0..=row {
            let (above, below) =
                (&matrix[column * size..column * size + column], &matrix[row * size..row * size + column]);
            let rest =
                matrix[row * size + column] - above.iter().zip(below).map(|(one, other)| one * other).sum::<f64>();
            matrix[row * size + column] =
                if row == column { rest.sqrt() } else { rest / matrix[column * size + column] };
        }
    }
    // L⁻¹, row by row below the diagonal.
    let mut lower = vec![0.0; size * size];
    for row in 0..size {
        let diagonal = matrix[row * size + row];
        let (done, rest) = lower.split_at_mut(row * size);
        for before in 0..row {
            let factor = matrix[row * size + before];
            let line = &done[before * size..before * size + before + 1];
            rest.iter_mut().zip(line).for_each(|(sum, value)| *sum -= factor * value);
        }
        rest[..row].iter_mut().for_each(|sum| *sum /= diagonal);
        rest[row] = 1.0 / diagonal;
    }
    // L⁻ᵀ·L⁻¹
    let mut inverse = vec![0.0; size * size];
    for line in lower.chunks(size.max(1)) {
        for (row, factor) in line.iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
            let target = &mut inverse[row * size..(row + 1) * size];
            target.iter_mut().zip(line).for_each(|(sum, value)| *sum += factor * value);
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_matrix_times_its_inverse_is_one(values in prop::collection::vec(-3_i32..4, 36)) {
            // AᵀA + 1 is symmetric and positive definite.
            let at = |row: usize, column: usize| f64::from(values[row * 6 + column]);
            let mut matrix = vec![0.0; 36];
            for row in 0..6 {
                for column in 0..6 {
                    matrix[row * 6 + column] = (0..6).map(|inner| at(inner, row) * at(inner, column)).sum::<f64>()
                        + if row == column { 1.0 } else { 0.0 };
                }
            }
            let inverse = inverse(matrix.clone(), 6);
            for row in 0..6 {
                for column in 0..6 {
                    let product: f64 = (0..6).map(|inner| matrix[row * 6 + inner] * inverse[inner * 6 + column]).sum();
                    let wanted = f64::from(u8::from(row == column));
                    prop_assert!((product - wanted).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn what_comes_together_is_expected() {
        // 0 comes with 1; 2 comes alone.
        let has: Vec<Vec<u32>> = (0..60).map(|person| if person % 2 == 0 { vec![0, 1] } else { vec![2] }).collect();
        let inference = Inference::learned(3, &has, 3).expect("three things");
        let likely = inference.likely(&[0]);
        assert!(likely[1] > 0.8 && likely[2] < 0.1 && likely[0] == 0.0, "{likely:?}");
    }

    #[test]
    fn what_is_not_there_is_refused() {
        assert!(Inference::learned(2, &[vec![0, 2]], 30).is_err());
        assert!(Inference::learned(MOST_THINGS + 1, &[], 30).is_err());
        assert!(Inference::learned(0, &[], 30).is_ok());
    }
}
