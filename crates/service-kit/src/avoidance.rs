//! Who of several did not answer of late.
//!
//! # Promises
//!
//! * Whoever did not answer is asked last for a while. Then one caller tries them again; all
//!   others go on to ask them last until they have answered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// See the module.
#[derive(Debug)]
pub struct Avoidance {
    pause: Duration,
    began: Instant,
    /// Until when each is asked last, in milliseconds since this began; 0 for who answered.
    until: Box<[AtomicU64]>,
}

impl Avoidance {
    /// Of so many, numbered from 0, each asked last for `pause` once they did not answer.
    #[must_use]
    pub fn new(count: u32, pause: Duration) -> Self {
        Self { pause, began: Instant::now(), until: (0..count).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Notes that one did not answer; whether they did until now.
    pub fn avoid(&self, which: u32) -> bool {
        self.avoid_at(which, self.now())
    }

    /// Notes that one answered.
    pub fn trust(&self, which: u32) {
        if let Some(until) = self.of(which) {
            until.store(0, Ordering::Relaxed);
        }
    }

    /// Those of an order who answer before those who did not, each as they stood.
    #[must_use]
    pub fn order(&self, of: Vec<u32>) -> Vec<u32> {
        self.order_at(of, self.now())
    }

    fn avoid_at(&self, which: u32, now: u64) -> bool {
        self.of(which).is_some_and(|until| until.swap(self.after(now), Ordering::Relaxed) == 0)
    }

    fn order_at(&self, of: Vec<u32>, now: u64) -> Vec<u32> {
        let mut found = false;
        let (mut order, last): (Vec<u32>, Vec<u32>) = of.into_iter().partition(|which| {
            // Only who would be asked first is tried again.
            let asked = if found { self.answers(*which) } else { self.may_be_asked(*which, now) };
            found |= asked;
            asked
        });
        order.extend(last);
        order
    }

    fn answers(&self, which: u32) -> bool {
        self.of(which).is_none_or(|until| until.load(Ordering::Relaxed) == 0)
    }

    /// Whether one answers, or is to be tried again by whoever asks here.
    fn may_be_asked(&self, which: u32, now: u64) -> bool {
        let Some(until) = self.of(which) else { return true };
        let known = until.load(Ordering::Relaxed);
        let tries = || until.compare_exchange(known, self.after(now), Ordering::Relaxed, Ordering::Relaxed).is_ok();
        known == 0 || (known <= now && tries())
    }

    fn of(&self, which: u32) -> Option<&AtomicU64> {
        self.until.get(which as usize)
    }

    /// Milliseconds since this began.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// When a pause that begins now ends; never 0.
    fn after(&self, now: u64) -> u64 {
        let pause = u64::try_from(self.pause.as_millis()).unwrap_or(u64::MAX);
        now.saturating_add(pause).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: u64 = 1_000;

    fn avoidance(count: u32) -> Avoidance {
        Avoidance::new(count, Duration::from_millis(PAUSE))
    }

    #[test]
    fn whoever_did_not_answer_is_asked_last_and_then_tried_by_one() {
        let avoidance = avoidance(3);
        let order = |now| avoidance.order_at(vec![1, 2, 0], now);
        assert_eq!(order(0), [1, 2, 0]);
        assert!(avoidance.avoid_at(1, 10), "that is news");
        assert!(!avoidance.avoid_at(1, 20), "that is not");
        assert_eq!([order(20), order(PAUSE + 19)], [[2, 0, 1]; 2]);
        let over = PAUSE + 20;
        assert_eq!(avoidance.order_at(vec![2, 1, 0], over), [2, 0, 1], "who would not be asked first is not tried");
        assert_eq!([order(over), order(over)], [[1, 2, 0], [2, 0, 1]], "one tries");
        assert_eq!(order(over + PAUSE), [1, 2, 0], "whoever tried never said how it went");
        avoidance.trust(1);
        assert_eq!([order(over), order(over)], [[1, 2, 0]; 2]);
    }

    #[test]
    fn where_nobody_answers_their_order_stays() {
        let avoidance = avoidance(2);
        (0..2).for_each(|which| assert!(avoidance.avoid(which)));
        assert_eq!(avoidance.order(vec![1, 0]), [1, 0]);
        assert_eq!(avoidance.order(vec![7]), [7], "of whom there is nothing to know");
    }
}
