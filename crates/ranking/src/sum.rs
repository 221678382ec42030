//! Numbers that scores are added up in: the narrowest that holds the largest possible
//! score, since a scan over all of them is bound by memory.

/// See the module.
pub(crate) trait Sum: Copy + Ord + Default {
    fn add(&mut self, amount: u64);
    fn score(self) -> u64;
    /// Adds an amount to each of 64 sums whose bit is set.
    fn add_where(sums: &mut [Self], bits: u64, amount: u64);
}

macro_rules! sum {
    ($($number:ty),*) => {$(
        impl Sum for $number {
            // Whoever chose this width knows that no score is larger.
            #[inline]
            fn add(&mut self, amount: u64) {
                *self += amount as Self;
            }
            #[inline]
            fn score(self) -> u64 {
                u64::from(self)
            }
            #[inline]
            fn add_where(sums: &mut [Self], bits: u64, amount: u64) {
                /// For each byte, all ones where a bit of it is set: eight sums at once
                /// without a branch.
                static MASKS: [[$number; 8]; 256] = {
                    let mut masks = [[0; 8]; 256];
                    let mut byte = 0;
                    while byte < 256 {
                        let mut bit = 0;
                        while bit < 8 {
                            masks[byte][bit] = if byte >> bit & 1 == 1 { <$number>::MAX } else { 0 };
                            bit += 1;
                        }
                        byte += 1;
                    }
                    masks
                };
                let amount = amount as Self;
                for (byte, sums) in bits.to_le_bytes().into_iter().zip(sums.as_chunks_mut::<8>().0) {
                    let masks = &MASKS[usize::from(byte)];
                    for (sum, mask) in sums.iter_mut().zip(masks) {
                        *sum = sum.wrapping_add(amount & mask);
                    }
                }
            }
        }
    )*};
}

sum!(u16, u32, u64);
