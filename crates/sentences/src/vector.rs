//! A sentence's direction in eight bits a component, and how near two are.

use std::fmt;

/// Components of a vector.
pub const DIMENSIONS: usize = 384;

/// What a component of one is as a whole number.
const ONE: f32 = 512.0;

/// The direction of a sentence.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Vector(Box<[i8; DIMENSIONS]>);

impl Vector {
    /// The direction of these components, whatever their length; none if they have none.
    pub(crate) fn of(components: &[f32]) -> Option<Self> {
        let length = components.iter().map(|component| f64::from(*component).powi(2)).sum::<f64>().sqrt();
        if components.len() != DIMENSIONS || !length.is_normal() {
            return None;
        }
        let mut vector = [0; DIMENSIONS];
        for (whole, component) in vector.iter_mut().zip(components) {
            let scaled = (f64::from(*component) / length * f64::from(ONE)).round();
            // The cast holds: it is cut to what eight bits hold, the same either side of zero.
            *whole = scaled.clamp(-127.0, 127.0) as i8;
        }
        Some(Self(Box::new(vector)))
    }

    /// A vector as it was stored; none if it is not so many bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; DIMENSIONS] = bytes.try_into().ok()?;
        Some(Self(Box::new(bytes.map(u8::cast_signed))))
    }

    /// The bytes to store.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().map(|component| component.cast_unsigned()).collect()
    }
}

impl fmt::Debug for Vector {
    /// What is near to somebody's words says something of them: it is not shown.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Vector(..)")
    }
}

/// How near two sentences are: about one for the same, about nothing for unrelated ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Similarity(pub i32);

impl Similarity {
    /// Two directions that are the same.
    pub const ONE: Self = Self((ONE as i32) * (ONE as i32));

    /// A likeness of so many thousandths.
    #[must_use]
    pub const fn thousandths(thousandths: i32) -> Self {
        Self((Self::ONE.0 as i64 * thousandths as i64 / 1_000) as i32)
    }

    /// In thousandths, rounded down.
    #[must_use]
    pub const fn in_thousandths(self) -> i32 {
        (self.0 as i64 * 1_000).div_euclid(Self::ONE.0 as i64) as i32
    }
}

impl fmt::Display for Similarity {
    /// In six decimals, cut towards nothing.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millionths = i64::from(self.0) * 1_000_000 / i64::from(Self::ONE.0);
        let sign = if millionths < 0 { "-" } else { "" };
        write!(out, "{sign}{}.{:06}", millionths.abs() / 1_000_000, millionths.abs() % 1_000_000)
    }
}

/// How near two vectors of one model are.
#[must_use]
pub fn similarity(one: &Vector, other: &Vector) -> Similarity {
    let products = one.0.iter().zip(other.0.iter()).map(|(one, other)| i32::from(*one) * i32::from(*other));
    Similarity(products.sum())
}

/// How near any of these is to any of those; none where there are none.
#[must_use]
pub fn nearest(these: &[Vector], those: &[Vector]) -> Option<Similarity> {
    these.iter().flat_map(|one| those.iter().map(move |other| similarity(one, other))).max()
}

/// How alike two people's sentences are: each sentence is as near as the nearest of the other
/// side, a side is as near as the mean of its own, and this is the mean of the two, rounded down.
/// So it is the same from either side, who writes much does not drown who writes little, and one
/// thing in common among many counts little. None if either has none.
#[must_use]
pub fn likeness(these: &[&Vector], those: &[&Vector]) -> Option<Similarity> {
    if these.is_empty() || those.is_empty() {
        return None;
    }
    let mut nearest_of_those = vec![i32::MIN; those.len()];
    let mut near_these = 0;
    for one in these {
        let mut most = i32::MIN;
        for (other, known) in those.iter().zip(&mut nearest_of_those) {
            let Similarity(near) = similarity(one, other);
            (most, *known) = (most.max(near), near.max(*known));
        }
        near_these += i64::from(most);
    }
    let near_those: i64 = nearest_of_those.into_iter().map(i64::from).sum();
    let (these, those) = (these.len() as i64, those.len() as i64);
    // The mean lies between the least and the greatest, so it is no wider than they are.
    Some(Similarity((near_these * those + near_those * these).div_euclid(2 * these * those) as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direction(component: impl Fn(usize) -> f32) -> Vector {
        let components: Vec<f32> = (0..DIMENSIONS).map(component).collect();
        Vector::of(&components).expect("a direction")
    }

    #[test]
    fn length_does_not_count_and_direction_does() {
        let small = direction(|index| (index as f32).sin());
        assert_eq!(small, direction(|index| 1_000.0 * (index as f32).sin()));
        let near_one = similarity(&small, &small);
        assert!(near_one > Similarity::thousandths(990) && near_one < Similarity::thousandths(1_010), "{near_one}");
        let opposite = direction(|index| -(index as f32).sin());
        assert_eq!(similarity(&small, &opposite).0, -near_one.0);
        assert!(similarity(&small, &direction(|index| (index as f32).cos())).0.abs() < Similarity::thousandths(20).0);
    }

    #[test]
    fn what_has_no_direction_has_no_vector() {
        assert_eq!(Vector::of(&[0.0; DIMENSIONS]), None);
        assert_eq!(Vector::of(&[f32::NAN; DIMENSIONS]), None);
        assert_eq!(Vector::of(&[f32::INFINITY; DIMENSIONS]), None);
        assert_eq!(Vector::of(&[1.0; 3]), None);
    }

    #[test]
    fn bytes_come_back_and_others_do_not() {
        let vector = direction(|index| (index as f32 - 200.0).powi(3));
        assert_eq!(Vector::from_bytes(&vector.to_bytes()), Some(vector.clone()));
        assert_eq!(Vector::from_bytes(&vector.to_bytes()[1..]), None);
        assert_eq!(format!("{vector:?}"), "Vector(..)");
    }

    #[test]
    fn the_nearest_of_two_sets_counts() {
        let [one, other] = [direction(|index| (index as f32).sin()), direction(|index| (index as f32).cos())];
        let both = [one.clone(), other.clone()];
        assert_eq!(nearest(&both, std::slice::from_ref(&one)), Some(similarity(&one, &one)));
        assert_eq!(nearest(&[], &both), None);
    }

    #[test]
    fn people_are_as_alike_as_their_sentences_are_near_on_the_whole() {
        // Directions of which each pair is at right angles.
        let unit = |place: usize| direction(|index| f32::from(u8::from(index == place)));
        let [a, b, c] = [unit(0), unit(1), unit(2)];
        let whole = similarity(&a, &a);
        assert_eq!(likeness(&[&a], &[&a]), Some(whole));
        assert_eq!(likeness(&[&a], &[&b]), Some(Similarity(0)));
        assert_eq!(likeness(&[], &[&a]), None);
        assert_eq!(likeness(&[&a], &[]), None);
        // Of either side one of two has its like.
        assert_eq!(likeness(&[&a, &b], &[&a, &c]), Some(Similarity(whole.0 / 2)));
        // All of one side, and half of the other; saying it again changes nothing.
        assert_eq!(likeness(&[&a], &[&a, &c]), Some(Similarity(whole.0 * 3 / 4)));
        assert_eq!(likeness(&[&a, &a, &a], &[&a, &c]), Some(Similarity(whole.0 * 3 / 4)));
    }

    #[test]
    fn a_likeness_is_the_same_from_either_side_and_in_any_order() {
        let wave = |step: usize| direction(|index| ((index * step) as f32).sin());
        let (these, those) = ([1, 2, 3].map(wave), [2, 5, 7, 11].map(wave));
        let (these, mut those): (Vec<_>, Vec<_>) = (these.iter().collect(), those.iter().collect());
        let one_way = likeness(&these, &those);
        assert!(one_way.is_some_and(|alike| alike > Similarity(0) && alike < Similarity::ONE), "{one_way:?}");
        assert_eq!(likeness(&those, &these), one_way);
        those.reverse();
        assert_eq!(likeness(&these, &those), one_way);
    }

    #[test]
    fn thousandths_are_rounded_down_on_either_side_of_nothing() {
        for thousandths in [-1_000, -1, 0, 1, 449, 1_000] {
            let known = Similarity::thousandths(thousandths).in_thousandths();
            assert!((thousandths - 1..=thousandths).contains(&known), "{thousandths}: {known}");
        }
        assert_eq!((Similarity(-1).in_thousandths(), Similarity::ONE.in_thousandths()), (-1, 1_000));
    }

    #[test]
    fn a_likeness_is_shown_in_decimals() {
        assert_eq!(Similarity::ONE.to_string(), "1.000000");
        assert_eq!(Similarity(-Similarity::ONE.0 / 2).to_string(), "-0.500000");
        assert_eq!(Similarity(-3).to_string(), "-0.000011");
        assert_eq!(Similarity::thousandths(500).to_string(), "0.500000");
    }
}
