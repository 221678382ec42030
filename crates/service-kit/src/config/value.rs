//! Numbers that know their range: a value outside is refused while the key is known.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

fn ranged<'de, D: Deserializer<'de>>(from: D, least: u64, most: u64, unit: &str) -> Result<u64, D::Error> {
    let value = u64::deserialize(from)?;
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(de::Error::custom(format!("{value} is out of range: {least} to {most}{unit}")))
}

macro_rules! durations {
    ($($(#[$doc:meta])* $name:ident, $unit:literal, $from:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name<const LEAST: u64, const MOST: u64>(u64);

        impl<const LEAST: u64, const MOST: u64> $name<LEAST, MOST> {
            /// A value of the code's own; brought into range.
            #[must_use]
            pub const fn new(value: u64) -> Self {
                Self(if value < LEAST { LEAST } else if value > MOST { MOST } else { value })
            }

            /// As a duration.
            #[must_use]
            pub const fn duration(self) -> Duration {
                Duration::$from(self.0)
            }
        }
        impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for $name<LEAST, MOST> {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                ranged(from, LEAST, MOST, $unit).map(Self)
            }
        }
    )*};
}

durations! {
    /// Milliseconds within a range; for keys that end in `_millis`.
    Millis, " milliseconds", from_millis;
    /// Seconds within a range; for keys that end in `_secs`.
    Secs, " seconds", from_secs;
}

/// A count or size within a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounded<const LEAST: u64, const MOST: u64>(u64);

impl<const LEAST: u64, const MOST: u64> Bounded<LEAST, MOST> {
    /// A value of the code's own; brought into range.
    #[must_use]
    pub const fn new(value: u64) -> Self {
        Self(if value < LEAST {
            LEAST
        } else if value > MOST {
            MOST
        } else {
            value
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The number as a size in memory.
    #[must_use]
    pub const fn as_usize(self) -> usize {
        self.0 as usize
    }

    /// The number as 32 bits.
    #[must_use]
    pub fn as_u32(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

impl<'de, const LEAST: u64, const MOST: u64> Deserialize<'de> for Bounded<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        ranged(from, LEAST, MOST, "").map(Self)
    }
}
