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
    fn a_likeness_is_shown_in_decimals() {
        assert_eq!(Similarity::ONE.to_string(), "1.000000");
        assert_eq!(Similarity(-Similarity::ONE.0 / 2).to_string(), "-0.500000");
        assert_eq!(Similarity(-3).to_string(), "-0.000011");
        assert_eq!(Similarity::thousandths(500).to_string(), "0.500000");
    }
}
