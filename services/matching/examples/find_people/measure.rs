//! Figures of an index that holds a crowd.

use std::time::{Duration, Instant};

use kindred_ids::{MemberId, TenantSlug};
use kindred_matching::index::{Index, Language};
use kindred_testkit::Seed;

use super::crowd::Crowd;

/// People that are taken in at once, as a batch of the log.
const BATCH: u64 = 2_000;
/// Matches asked for.
pub const LIMIT: usize = 20;

/// A crowd in an index.
pub struct Filled {
    pub index: Index,
    pub tenant: TenantSlug,
    /// Those who consent.
    pub viewers: Vec<MemberId>,
    pub members: u64,
    crowd: Crowd,
    /// How long it took to take them in.
    pub took: Duration,
    /// Bytes of memory of this process before.
    before: usize,
}

impl Filled {
    /// An index with so many people.
    pub fn with(members: u64) -> Self {
        let tenant: TenantSlug = "riverside".parse().expect("a slug");
        let (index, mut crowd) = (Index::new(11), Crowd::new(&tenant));
        let (mut viewers, mut took, before) = (Vec::new(), Duration::ZERO, resident());
        for first in (0..members).step_by(BATCH as usize) {
            let people: Vec<_> = (first..members.min(first + BATCH)).map(|number| crowd.person(number)).collect();
            viewers.extend(people.iter().filter(|person| person.consents).map(|person| person.member));
            let started = Instant::now();
            index.admit(&tenant, people);
            took += started.elapsed();
        }
        Self { index, tenant, viewers, members, crowd, took, before }
    }

    /// Bytes of memory for each of them. Asked for after a few searches, it leaves out what the
    /// allocator was about to give back: it does so in passing, when it is next used.
    pub fn bytes(&self) -> f64 {
        let listed = std::mem::size_of_val(&self.viewers[..]);
        resident().saturating_sub(self.before + listed) as f64 / self.members as f64
    }

    /// How long the best matches of one member after the other take, the shortest first.
    pub fn searches(&self, queries: usize) -> Vec<Duration> {
        let mut seed = Seed::new(11);
        let mut times: Vec<Duration> = (0..queries)
            .map(|_| {
                let viewer = self.viewers[seed.below(self.viewers.len() as u64) as usize];
                let started = Instant::now();
                let found = self.index.find(&self.tenant, viewer, LIMIT);
                // With the words, as whoever asked reads them.
                let reasons = found.matches.iter().flat_map(|found| &found.reasons);
                let told = reasons.map(|reason| reason.text(Language::English).len()).sum::<usize>();
                let took = started.elapsed();
                assert!(found.matches.len() == LIMIT && told > 0, "there are enough people");
                took
            })
            .collect();
        times.sort_unstable();
        times
    }

    /// How long it takes to change so many profiles, a few at a time.
    pub fn changes(&mut self, profiles: u64) -> Duration {
        let mut seed = Seed::new(13);
        let mut took = Duration::ZERO;
        for _ in 0..profiles / 500 {
            let people = (0..500).map(|_| self.crowd.person(seed.below(self.members))).collect();
            let started = Instant::now();
            self.index.admit(&self.tenant, people);
            took += started.elapsed();
        }
        took
    }
}

/// What a share of all is within.
pub fn within(times: &[Duration], share: f64) -> Duration {
    times[((times.len() - 1) as f64 * share) as usize]
}

/// Bytes of memory of this process; 0 where the system does not say.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4_096
}
