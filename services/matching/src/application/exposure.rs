//! How unevenly mentors are proposed, as one number.

/// The Gini coefficient in thousandths: 0 if all were proposed as often, near 1,000 if of
/// many one was every time; 0 where nobody was.
pub(super) fn gini_permille(mut exposures: Vec<u64>) -> u32 {
    exposures.sort_unstable();
    let (count, all) = (exposures.len() as u128, exposures.iter().copied().map(u128::from).sum::<u128>());
    if all == 0 {
        return 0;
    }
    let ranked: u128 = exposures.iter().zip(1_u128..).map(|(exposure, rank)| rank * u128::from(*exposure)).sum();
    // At least 0, as the larger ones have the higher ranks.
    let permille = (2 * ranked - (count + 1) * all) * 1_000 / (count * all);
    u32::try_from(permille).unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_is_nothing_and_one_of_many_is_nearly_everything() {
        assert_eq!(gini_permille(vec![]), 0);
        assert_eq!(gini_permille(vec![0, 0]), 0);
        assert_eq!(gini_permille(vec![3, 3, 3]), 0);
        assert_eq!(gini_permille(vec![0, 4]), 500);
        assert_eq!(gini_permille(vec![9, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 900);
        // By the definition: half the mean difference over the mean.
        assert_eq!(gini_permille(vec![4, 1, 2, 1]), 312);
    }
}
