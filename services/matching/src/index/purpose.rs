//! What members agree to, purpose by purpose.

/// Something that matching asks consent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be found by others, and to find them.
    Matching,
    /// That others are sought by what often goes with what one said, and that it is learned
    /// from what one said.
    Inference,
    /// That what one wrote is compared with what others wrote.
    Text,
    /// That it is learned from whether those who were introduced talked.
    Outcomes,
}

impl Purpose {
    /// Reads how membership's log names it; none for a purpose of somebody else.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "matching" => Some(Self::Matching),
            "inference" => Some(Self::Inference),
            "text" => Some(Self::Text),
            "outcomes" => Some(Self::Outcomes),
            _ => None,
        }
    }
}

/// A set of purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Purposes(u8);

impl Purposes {
    /// As a number, and back.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    pub(crate) const fn contains(self, purpose: Purpose) -> bool {
        self.0 & (1 << purpose as u8) != 0
    }

    pub(crate) const fn set(&mut self, purpose: Purpose, agreed: bool) {
        if agreed {
            self.0 |= 1 << purpose as u8;
        } else {
            self.0 &= !(1 << purpose as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_stands_by_itself() {
        let mut purposes = Purposes::default();
        purposes.set(Purpose::Matching, true);
        purposes.set(Purpose::Inference, true);
        purposes.set(Purpose::Matching, false);
        assert!(purposes.contains(Purpose::Inference) && !purposes.contains(Purpose::Matching));
        assert_eq!(Purpose::from_name("research"), None);
    }
}
