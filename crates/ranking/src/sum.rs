//! Numbers that scores are added up in: the narrowest that holds the largest possible
//! score, since a scan over all of them is bound by memory.

/// See the module.
pub(crate) trait Sum: Copy + Ord + Default {
    fn add(&mut self, amount: u64);
    fn score(self) -> u64;
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
        }
    )*};
}

sum!(u16, u32, u64);
