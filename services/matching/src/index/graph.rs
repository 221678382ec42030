//! Who is where with whom: communities, threads, and who asked to meet whom. Each is held
//! as a feature that only those know of who are there too.
//!
//! # Promises
//!
//! * A community or thread counts only between people who are both in it now; a thread
//!   only while both are in its community.
//! * Facts of membership's, posting's and matching's logs lie in different fields: it does
//!   not matter in which order they come to each other.

use std::collections::{HashMap, HashSet, VecDeque};

use kindred_ids::{CommunityId, MemberId, ThreadId};

use super::catalog::FeatureId;

/// Threads that are remembered of a member: those in which they spoke last.
pub(super) const MOST_THREADS: usize = 64;

/// A thread in which a member spoke.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken {
    pub(super) thread: ThreadId,
    pub(super) community: CommunityId,
    pub(super) feature: FeatureId,
    /// How many posts of theirs stand in it.
    pub(super) posts: u32,
}

/// How one member's wish to meet another stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Asked, not answered.
    Open,
    /// The other said yes.
    Granted,
    /// The other said no.
    Declined,
    /// Whoever asked took it back.
    Withdrawn,
}

/// How many may ask to meet somebody in a day before they are suggested to nobody else: more
/// questions than most would answer. Few in tests, so that small crowds come to it.
const ENOUGH: u32 = if cfg!(test) { 3 } else { 10 };

/// How often people were asked to meet somebody on the newest day of the log.
#[derive(Debug, Default)]
struct Asks {
    day: i64,
    times: HashMap<MemberId, u32>,
    enough: HashSet<MemberId>,
}

/// What passed between somebody and another.
#[derive(Debug, Clone, Copy, Default)]
struct Letters {
    sent: bool,
    received: bool,
}

impl Wish {
    /// All of them, each at the place of its number.
    pub(super) const ALL: [Self; 4] = [Self::Open, Self::Granted, Self::Declined, Self::Withdrawn];

    const fn is_answered(self) -> bool {
        matches!(self, Self::Granted | Self::Declined)
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The feature of each community that somebody is in.
    pub(super) communities: HashMap<CommunityId, FeatureId>,
    /// Where each member spoke, the last at the end.
    pub(super) spoken: HashMap<MemberId, VecDeque<Spoken>>,
    /// Who spoke in each thread that is remembered of anybody.
    pub(super) speakers: HashMap<ThreadId, HashSet<MemberId>>,
    /// Threads that are gone for good.
    pub(super) gone: HashSet<ThreadId>,
    /// Whom each member asked, and by whom they were asked, with how it stands.
    asked: HashMap<MemberId, HashMap<MemberId, Wish>>,
    asked_by: HashMap<MemberId, HashSet<MemberId>>,
    /// How many wishes are answered.
    answered: u32,
    asks: Asks,
    /// Who wrote to whom, kept at both ends.
    letters: HashMap<MemberId, HashMap<MemberId, Letters>>,
}

impl Graph {
    /// Notes how a wish stands now; how it stood before.
    pub(super) fn wish(&mut self, from: MemberId, to: MemberId, wish: Wish) -> Option<Wish> {
        let before = self.asked.entry(from).or_default().insert(to, wish);
        self.answered += u32::from(wish.is_answered());
        self.answered -= u32::from(before.is_some_and(Wish::is_answered));
        self.asked_by.entry(to).or_default().insert(from);
        before
    }

    /// The log has come to a day; it may have been there already, as clocks differ.
    pub(super) fn begin_day(&mut self, day: i64) {
        if day > self.asks.day {
            self.asks = Asks { day, ..Asks::default() };
        }
    }

    /// Counts that somebody was asked so often, whoever asked and whatever becomes of it.
    pub(super) fn count_asks(&mut self, to: MemberId, more: u32) {
        let times = self.asks.times.entry(to).or_default();
        *times = times.saturating_add(more);
        if *times >= ENOUGH {
            self.asks.enough.insert(to);
        }
    }

    /// How often somebody was asked on the newest day.
    pub(super) fn asks_of(&self, member: MemberId) -> u32 {
        self.asks.times.get(&member).copied().unwrap_or_default()
    }

    /// The newest day of the log.
    pub(super) const fn day(&self) -> i64 {
        self.asks.day
    }

    /// Everybody who asked somebody, was asked on the newest day, or wrote to somebody, some more
    /// than once.
    pub(super) fn known(&self) -> impl Iterator<Item = MemberId> + '_ {
        self.asked.keys().chain(self.asks.times.keys()).chain(self.letters.keys()).copied()
    }

    /// Those who were asked often enough for a day, but whoever asks this member themselves.
    pub(super) fn asked_enough(&self, member: MemberId) -> impl Iterator<Item = MemberId> + '_ {
        self.asks.enough.iter().copied().filter(move |other| !self.is_open(*other, member))
    }

    fn is_open(&self, from: MemberId, to: MemberId) -> bool {
        self.asked.get(&from).and_then(|asked| asked.get(&to)) == Some(&Wish::Open)
    }

    /// Whom a member asked and who have not answered.
    pub(super) fn open(&self, member: MemberId) -> impl Iterator<Item = MemberId> + '_ {
        let asked = self.asked.get(&member).into_iter().flatten();
        asked.filter(|(_, wish)| **wish == Wish::Open).map(|(to, _)| *to)
    }

    /// Who asked a member and was not answered.
    pub(super) fn waiting_for(&self, member: MemberId) -> Vec<MemberId> {
        let by = self.asked_by.get(&member).into_iter().flatten().copied();
        by.filter(|from| self.is_open(*from, member)).collect()
    }

    /// Forgets every wish of and for a member, and to whom they wrote.
    pub(super) fn forget_wishes(&mut self, member: MemberId) {
        self.asks.times.remove(&member);
        self.asks.enough.remove(&member);
        for (to, wish) in self.asked.remove(&member).unwrap_or_default() {
            self.answered -= u32::from(wish.is_answered());
            if let Some(by) = self.asked_by.get_mut(&to) {
                by.remove(&member);
            }
        }
        for from in self.asked_by.remove(&member).unwrap_or_default() {
            if let Some(asked) = self.asked.get_mut(&from) {
                let wish = asked.remove(&member);
                self.answered -= u32::from(wish.is_some_and(Wish::is_answered));
            }
        }
        for other in self.letters.remove(&member).unwrap_or_default().into_keys() {
            if let Some(letters) = self.letters.get_mut(&other) {
                letters.remove(&member);
            }
        }
    }

    /// Notes that one wrote to the other.
    pub(super) fn write(&mut self, from: MemberId, to: MemberId) {
        self.letters.entry(from).or_default().entry(to).or_default().sent = true;
        self.letters.entry(to).or_default().entry(from).or_default().received = true;
    }

    /// Whom a member asked and how it stands, by their ids.
    pub(super) fn wishes_of(&self, member: MemberId) -> Vec<(MemberId, Wish)> {
        let asked = self.asked.get(&member).into_iter().flatten();
        let mut wishes: Vec<(MemberId, Wish)> = asked.map(|(to, wish)| (*to, *wish)).collect();
        wishes.sort_unstable_by_key(|(to, _)| *to);
        wishes
    }

    /// To whom a member wrote, by their ids.
    pub(super) fn written_to(&self, member: MemberId) -> Vec<MemberId> {
        let letters = self.letters.get(&member).into_iter().flatten();
        let mut to: Vec<MemberId> = letters.filter(|(_, letters)| letters.sent).map(|(to, _)| *to).collect();
        to.sort_unstable();
        to
    }

    /// How many wishes are answered, whether or not anything may be learned from them.
    pub(super) const fn answered(&self) -> u32 {
        self.answered
    }

    /// Answered wishes in the order of who asked whom, and whether the two talked: each
    /// wrote to the other.
    pub(super) fn outcomes(&self) -> Vec<(MemberId, MemberId, bool)> {
        let asked = self.asked.iter().flat_map(|(from, asked)| asked.iter().map(move |(to, wish)| (*from, *to, *wish)));
        let answered = asked.filter(|(_, _, wish)| wish.is_answered());
        let talked = |from: MemberId, to: MemberId| {
            let letters = self.letters.get(&from).and_then(|letters| letters.get(&to));
            letters.is_some_and(|letters| letters.sent && letters.received)
        };
        let outcome = |(from, to, wish)| (from, to, wish == Wish::Granted && talked(from, to));
        let mut outcomes: Vec<(MemberId, MemberId, bool)> = answered.map(outcome).collect();
        outcomes.sort_unstable();
        outcomes
    }

    /// Whom there is no sense in suggesting to a member: whom they asked, whatever came of
    /// it, as long as they did not take it back; and whose question they answered.
    pub(super) fn settled(&self, member: MemberId) -> impl Iterator<Item = MemberId> + '_ {
        let asked = self.asked.get(&member).into_iter().flatten();
        let asked = asked.filter(|(_, wish)| **wish != Wish::Withdrawn).map(|(to, _)| *to);
        let by = self.asked_by.get(&member).into_iter().flatten();
        let answered = by.copied().filter(move |from| {
            let wish = self.asked.get(from).and_then(|asked| asked.get(&member));
            matches!(wish, Some(Wish::Granted | Wish::Declined))
        });
        asked.chain(answered)
    }
}
