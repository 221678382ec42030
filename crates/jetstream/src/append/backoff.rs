//! Waits between tries, with jitter, so that those who collided do not collide again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Between one half and one and a half of `base`.
pub(crate) fn jittered(base: Duration) -> Duration {
    static STATE: AtomicU64 = AtomicU64::new(0x9e37_79b9_7f4a_7c15);
    // A Weyl sequence through a mixer: spread is all that is asked of it.
    let mut value = STATE.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed) ^ u64::from(std::process::id());
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let thousandth = (value >> 33) % 1001;
    base.mul_f64(0.5 + thousandth as f64 / 1000.0)
}

/// `base`, twice that, four times that… at the given count from 0.
pub(crate) fn doubled(base: Duration, count: u32) -> Duration {
    jittered(base * (1 << count.min(10)))
}
