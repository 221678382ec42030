//! Measures of rankings.

/// The gain of a hit at a place, from 0: 1, then less (Järvelin and Kekäläinen 2002).
fn gain(place: usize) -> f64 {
    1.0 / ((place + 2) as f64).log2()
}

/// Gain of the hits by what the best order would give, when `wanted` could be hit.
pub fn normalized_gain(hits: &[bool], wanted: usize) -> f64 {
    let best: f64 = (0..wanted.min(hits.len())).map(gain).sum();
    let got: f64 = hits.iter().enumerate().filter(|(_, hit)| **hit).map(|(place, _)| gain(place)).sum();
    if best > 0.0 { got / best } else { 0.0 }
}

/// The mean of some numbers; 0 of none.
pub fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    if count == 0 { 0.0 } else { values.sum::<f64>() / count as f64 }
}

/// Which of the first `places` are hits; places that nobody took are none.
pub fn hits(ranked: &[String], places: usize, is_hit: impl Fn(&str) -> bool) -> Vec<bool> {
    (0..places).map(|place| ranked.get(place).is_some_and(|name| is_hit(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_gains_all() {
        assert!((normalized_gain(&[true, true, false], 2) - 1.0).abs() < 1e-12);
        assert!((normalized_gain(&[false, true], 1) - 1.0 / 3_f64.log2()).abs() < 1e-12);
        assert!(normalized_gain(&[], 0).abs() < 1e-12);
    }

    #[test]
    fn places_that_nobody_took_are_no_hits() {
        assert_eq!(hits(&["a".to_owned()], 2, |name| name == "a"), [true, false]);
        assert!((mean([1.0, 0.0].into_iter()) - 0.5).abs() < 1e-12);
    }
}
