//! Who is proposed to whom: a pure function of what a round rests on and of the index.
//!
//! # Promises
//!
//! * Only two who can meet are brought together, and whom the mentee asked already, or who
//!   declined, is not proposed.
//! * Everybody who can be served is, those who wait longest first; of all ways to do so the
//!   one that suits best in all, or a stable one.

use std::collections::HashSet;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use kindred_eventsourcing::Timestamp;
use kindred_ids::{MemberId, TenantSlug};
use kindred_ranking::assignment::{Edge, Seekers, cheapest, stable};
use kindred_service_kit::error::ApiError;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::application::mentors::worth;
use crate::crowd::Crowd;
use crate::domain::round::{Found, Mode, Proposal};
use crate::index::Index;

/// Every mentor is looked at for everybody who waits, as long as that makes no more pairs
/// than this; beyond it the best ones of each.
const MOST_PAIRS: usize = 1_000_000;
/// How many are looked at for each at least.
const LEAST_CHOICE: usize = 20;
/// The most that a shared score counts: what it costs leaves room for how full a mentor is.
const MOST_WORTH: u64 = (1 << 20) - 1;
/// What a point of a score outweighs.
const FULLNESS: i64 = 1 << 10;
const MINUTE_MILLIS: i64 = 60_000;
/// For how many who wait other replicas are asked at once.
const ASKED_AT_ONCE: usize = 8;

/// Somebody who waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) member: MemberId,
    pub(super) since: Timestamp,
}

/// A mentor who has room for somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Free {
    pub(super) member: MemberId,
    pub(super) capacity: u32,
    /// Places that somebody has, or that a round has asked for.
    pub(super) taken: u32,
    /// How many a round may ask for.
    pub(super) room: u32,
}

/// What a round rests on; who waits longest stands first.
#[derive(Debug, Clone)]
pub(super) struct Basis {
    pub(super) tenant: TenantSlug,
    pub(super) waiting: Vec<Waiting>,
    pub(super) mentors: Vec<Free>,
    /// Mentee and mentor who may not be brought together.
    pub(super) asked: HashSet<(MemberId, MemberId)>,
    pub(super) now: Timestamp,
}

/// A mentor whom somebody may be proposed.
#[derive(Debug, Clone, Copy)]
struct Choice {
    mentor: u32,
    cost: i64,
    score: u32,
}

impl Basis {
    /// What is told of it.
    pub(super) fn found(&self) -> Found {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Found {
            waiting: count(self.waiting.len()),
            mentors: count(self.mentors.len()),
            places: self.mentors.iter().map(|mentor| mentor.room).sum(),
            longest_wait_millis: self.waiting.first().map_or(0, |longest| self.waited_millis(longest).unsigned_abs()),
        }
    }

    /// Who is proposed to whom, computed beside what else runs.
    pub(super) async fn assigned(self, crowd: Crowd, mode: Mode) -> Result<Vec<Proposal>, ApiError> {
        let asked = if crowd.is_split(&self.tenant) { Some(self.asked_choices(&crowd).await?) } else { None };
        let computed = tokio::task::spawn_blocking(move || {
            let choices = asked.unwrap_or_else(|| self.choices(crowd.index()));
            self.proposals(&choices, mode)
        });
        computed.await.map_err(|error| ApiError::internal(&error))
    }

    /// Who is proposed to whom, of these choices of each who waits.
    fn proposals(&self, choices: &[Vec<Choice>], mode: Mode) -> Vec<Proposal> {
        let mut seekers = Seekers::default();
        for (waiting, choices) in self.waiting.iter().zip(choices) {
            let edges = choices.iter().map(|choice| Edge { to: choice.mentor, cost: choice.cost });
            seekers.push(self.waited_minutes(waiting), edges);
        }
        let room: Vec<u32> = self.mentors.iter().map(|mentor| mentor.room).collect();
        let score = |mentor: u32, seeker: usize| {
            let found = choices[seeker].binary_search_by_key(&mentor, |choice| choice.mentor);
            found.map_or(0, |place| choices[seeker][place].score)
        };
        let got = match mode {
            Mode::Cheapest => cheapest(&seekers, &room),
            // Mentors would rather have whom they share more with, and of such who waits longer.
            Mode::Stable => stable(&seekers, &room, |mentor, seeker| {
                let waited = self.waited_minutes(&self.waiting[seeker as usize]);
                i64::from(score(mentor, seeker as usize)) << 32 | i64::from(waited)
            }),
        };
        let got = got.expect("every choice is a mentor of the list, at a bounded cost");
        let pairs = got.into_iter().enumerate().filter_map(|(seeker, mentor)| Some((seeker, mentor?)));
        pairs
            .map(|(seeker, mentor)| Proposal {
                mentee: self.waiting[seeker].member,
                mentor: self.mentors[mentor as usize].member,
                score: score(mentor, seeker),
            })
            .collect()
    }

    /// For each who waits whom they may be proposed, by the mentors' numbers.
    fn choices(&self, index: &Index) -> Vec<Vec<Choice>> {
        let members = self.members();
        let scores = |waiting: &Waiting| index.scores(&self.tenant, waiting.member, &members);
        self.waiting.iter().map(|waiting| self.chosen(waiting, scores(waiting))).collect()
    }

    /// The same where others are asked, too, a few at a time.
    async fn asked_choices(&self, crowd: &Crowd) -> Result<Vec<Vec<Choice>>, ApiError> {
        let members = &self.members();
        let asked = (0..self.waiting.len()).map(|place| async move {
            let waiting = &self.waiting[place];
            Ok(self.chosen(waiting, crowd.scores(&self.tenant, waiting.member, members).await?))
        });
        stream::iter(asked).buffered(ASKED_AT_ONCE).try_collect().await
    }

    fn members(&self) -> Vec<MemberId> {
        self.mentors.iter().map(|mentor| mentor.member).collect()
    }

    /// Whom one who waits may be proposed, at what they share with each mentor.
    fn chosen(&self, waiting: &Waiting, scores: Vec<Option<u32>>) -> Vec<Choice> {
        let most = (MOST_PAIRS / self.waiting.len().max(1)).max(LEAST_CHOICE);
        let met = scores.into_iter().zip(&self.mentors).zip(0..);
        let mut choices: Vec<Choice> = met
            .filter(|((_, mentor), _)| !self.asked.contains(&(waiting.member, mentor.member)))
            .filter_map(|((score, mentor), number)| Some(choice(number, mentor, score?)))
            .collect();
        if choices.len() > most {
            let tie = |choice: &Choice| tie(waiting.member, self.mentors[choice.mentor as usize].member);
            choices.select_nth_unstable_by_key(most, |choice| (choice.cost, tie(choice)));
            choices.truncate(most);
            choices.sort_unstable_by_key(|choice| choice.mentor);
        }
        choices
    }

    fn waited_millis(&self, waiting: &Waiting) -> i64 {
        self.now.millis().saturating_sub(waiting.since.millis()).max(0)
    }

    fn waited_minutes(&self, waiting: &Waiting) -> u32 {
        u32::try_from(self.waited_millis(waiting) / MINUTE_MILLIS).unwrap_or(u32::MAX)
    }
}

/// The more two share, and the emptier the mentor, the less it costs; of mentors who are
/// worth the same the emptier one.
fn choice(mentor: u32, free: &Free, score: u32) -> Choice {
    let (capacity, taken) = (u64::from(free.capacity).max(1), u64::from(free.taken));
    let worth = worth(score, capacity.saturating_sub(taken), capacity).min(MOST_WORTH);
    let fullness = (FULLNESS - 1) * i64::from(free.taken) / i64::from(free.capacity.max(1));
    Choice { mentor, cost: fullness.min(FULLNESS - 1) - worth as i64 * FULLNESS, score }
}

/// An order of mentors of each mentee's own.
fn tie(mentee: MemberId, mentor: MemberId) -> (u64, MemberId) {
    let seed = xxh3_64_with_seed(mentee.0.as_bytes(), u64::from_be_bytes(*b"mentors!"));
    (xxh3_64_with_seed(mentor.0.as_bytes(), seed), mentor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples::{LATER, NOW, member, tenant};

    fn cost(capacity: u32, taken: u32, score: u32) -> i64 {
        choice(0, &Free { member: member(2), capacity, taken, room: 1 }, score).cost
    }

    #[test]
    fn it_costs_less_the_more_two_share_and_the_emptier_the_mentor() {
        assert!(cost(4, 0, 40) < cost(4, 0, 39));
        assert!(cost(4, 1, 40) > cost(4, 0, 40), "who is fuller is worth less");
        assert!(cost(4, 3, 100) > cost(4, 0, 40), "as in the list of mentors");
        assert!(cost(4, 0, 0) < cost(4, 1, 0), "of two with whom nothing is shared the emptier one");
        assert!(cost(1, 9, 7) <= FULLNESS, "also with fewer places than are taken");
        assert!(cost(20, 0, u32::MAX).abs() <= kindred_ranking::assignment::MOST_COST);
    }

    #[test]
    fn where_nobody_can_be_met_nobody_is_proposed_and_what_was_found_is_told() {
        let waiting = vec![Waiting { member: member(1), since: NOW }, Waiting { member: member(3), since: LATER }];
        let mentors = vec![Free { member: member(2), capacity: 3, taken: 1, room: 2 }];
        let asked = HashSet::new();
        let basis = Basis { tenant: tenant(), waiting, mentors, asked, now: LATER.plus_seconds(60) };
        let found = Found { waiting: 2, mentors: 1, places: 2, longest_wait_millis: 61_000 };
        assert_eq!(basis.found(), found);
        for mode in [Mode::Cheapest, Mode::Stable] {
            assert_eq!(basis.proposals(&basis.choices(&Index::new(11)), mode), []);
        }
    }
}
