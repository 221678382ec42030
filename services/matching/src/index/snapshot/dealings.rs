//! What the people of a chunk did with others, as posting's and matching's own logs tell: all
//! chunks of a snapshot hold it as it was at one position of each.

use std::collections::{BTreeSet, HashMap};

use kindred_ids::{CommunityId, MemberId, ThreadId};

use super::chunk::{entity, many, renumbered};
use super::{Portion, chunk_of};
use crate::index::bytes::{Reader, put};
use crate::index::catalog::FeatureId;
use crate::index::feature::{Feature, Kind};
use crate::index::graph::{MOST_THREADS, Spoken, Wish};
use crate::index::tenant::Tenant;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dealings {
    /// The newest day of matching's log.
    day: i64,
    /// Threads in which somebody of the chunk spoke, each with its community.
    threads: Vec<(ThreadId, CommunityId)>,
    /// Threads that are gone for good; which of them stand here is as good as drawn.
    gone: Vec<ThreadId>,
    people: Vec<Dealt>,
}

/// What one of them did.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dealt {
    member: MemberId,
    /// Numbers of threads with how many posts of theirs stand in each, the last at the end.
    spoken: Vec<(u32, u32)>,
    /// Whom they asked to meet, and how that stands.
    asked: Vec<(MemberId, Wish)>,
    /// To whom they wrote.
    wrote: Vec<MemberId>,
    /// How often they were asked on that day.
    asks: u32,
}

impl Tenant {
    /// Notes what the people of a portion did, all in an order of its own, so that the same facts
    /// are the same bytes.
    pub(crate) fn note_dealings(&self, portion: &mut Portion, (number, chunks): (usize, usize)) {
        // A slot may be somebody else's by now, who is noted elsewhere.
        let known = portion.slots.iter().filter_map(|slot| self.people.get(*slot)).map(|person| person.id);
        let known = known.filter(|member| chunk_of(*member, chunks) == number);
        let mut members: Vec<MemberId> = known.chain(portion.strangers.iter().copied()).collect();
        members.sort_unstable();
        members.dedup();
        let (day, gone) = (self.graph.day(), std::mem::take(&mut portion.gone));
        let mut dealings = Dealings { day, gone, ..Dealings::default() };
        let mut numbers: HashMap<ThreadId, u32> = HashMap::new();
        for member in members {
            let spoken = self.graph.spoken.get(&member).into_iter().flatten().map(|spoken| {
                let number = *numbers.entry(spoken.thread).or_insert_with(|| {
                    dealings.threads.push((spoken.thread, spoken.community));
                    dealings.threads.len() as u32 - 1
                });
                (number, spoken.posts)
            });
            let spoken = spoken.collect();
            let (asked, wrote) = (self.graph.wishes_of(member), self.graph.written_to(member));
            let dealt = Dealt { member, spoken, asked, wrote, asks: self.graph.asks_of(member) };
            if !dealt.is_nothing() {
                dealings.people.push(dealt);
            }
        }
        dealings.put(&mut portion.noted);
        portion.noted.shrink_to_fit();
    }

    /// Takes in what the people of a chunk did, who are not known themselves yet.
    pub(super) fn restore_dealings(&mut self, dealings: &Dealings) {
        let mut uses = vec![0; dealings.threads.len()];
        let spoken = dealings.people.iter().flat_map(|dealt| &dealt.spoken);
        spoken.for_each(|(thread, _)| uses[*thread as usize] += 1);
        let hold = |((thread, _), uses): (&(ThreadId, CommunityId), u32)| {
            self.catalog.hold_times(&Feature::new(Kind::Thread, thread.to_string()), uses)
        };
        let features: Vec<FeatureId> = dealings.threads.iter().zip(uses).map(hold).collect();
        self.graph.begin_day(dealings.day);
        self.graph.gone.extend(&dealings.gone);
        for dealt in &dealings.people {
            let member = dealt.member;
            for (number, posts) in &dealt.spoken {
                let ((thread, community), feature) = (dealings.threads[*number as usize], features[*number as usize]);
                self.graph.speakers.entry(thread).or_default().insert(member);
                let spoken = Spoken { thread, community, feature, posts: *posts };
                self.graph.spoken.entry(member).or_default().push_back(spoken);
            }
            for (to, wish) in &dealt.asked {
                self.restore_wish(member, *to, *wish);
            }
            for to in &dealt.wrote {
                if !self.is_erased(*to) {
                    self.graph.write(member, *to);
                }
            }
            if dealt.asks > 0 {
                self.graph.count_asks(member, dealt.asks);
            }
        }
    }
}

impl Dealings {
    /// What each of them did, a line each, with threads by their ids.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |dealt: &Dealt| {
            let spoken: Vec<_> =
                dealt.spoken.iter().map(|(thread, posts)| (self.threads[*thread as usize], posts)).collect();
            let Dealt { member, asked, wrote, asks, .. } = dealt;
            format!("{member} {spoken:?} {asked:?} {wrote:?} {asks} on day {}", self.day)
        };
        let gone = self.gone.iter().map(|thread| format!("gone {thread}"));
        self.people.iter().map(line).chain(gone).collect()
    }

    /// The same without these people, whatever others did with them.
    pub(super) fn leave_out(&mut self, gone: &BTreeSet<MemberId>) {
        self.people.retain_mut(|dealt| {
            dealt.asked.retain(|(to, _)| !gone.contains(to));
            dealt.wrote.retain(|to| !gone.contains(to));
            !gone.contains(&dealt.member) && !dealt.is_nothing()
        });
        let used = self.people.iter().flat_map(|dealt| dealt.spoken.iter().map(|(thread, _)| *thread));
        let threads = renumbered(used, &mut self.threads);
        let spoken = self.people.iter_mut().flat_map(|dealt| &mut dealt.spoken);
        spoken.for_each(|(thread, _)| *thread = threads[thread]);
    }

    pub(super) fn put(&self, into: &mut Vec<u8>) {
        let put_id = |into: &mut Vec<u8>, id: &[u8; 16]| into.extend_from_slice(id);
        put(into, self.day.cast_unsigned());
        put(into, self.threads.len() as u64);
        for (thread, community) in &self.threads {
            put_id(into, thread.0.as_bytes());
            put_id(into, community.0.as_bytes());
        }
        put(into, self.gone.len() as u64);
        self.gone.iter().for_each(|thread| put_id(into, thread.0.as_bytes()));
        put(into, self.people.len() as u64);
        for dealt in &self.people {
            put_id(into, dealt.member.0.as_bytes());
            put(into, dealt.spoken.len() as u64);
            for (thread, posts) in &dealt.spoken {
                put(into, u64::from(*thread));
                put(into, u64::from(*posts));
            }
            put(into, dealt.asked.len() as u64);
            for (to, wish) in &dealt.asked {
                put_id(into, to.0.as_bytes());
                put(into, *wish as u64);
            }
            put(into, dealt.wrote.len() as u64);
            dealt.wrote.iter().for_each(|to| put_id(into, to.0.as_bytes()));
            put(into, u64::from(dealt.asks));
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let day = reader.number()?.cast_signed();
        let threads = many(reader, |reader| Some((ThreadId(entity(reader)?), CommunityId(entity(reader)?))))?;
        let gone = many(reader, |reader| Some(ThreadId(entity(reader)?)))?;
        let people = many(reader, |reader| Dealt::read(reader, threads.len()))?;
        let mut used = vec![false; threads.len()];
        let spoken = people.iter().flat_map(|dealt| &dealt.spoken);
        spoken.for_each(|(thread, _)| used[*thread as usize] = true);
        let fits = used.into_iter().all(|used| used) && people.is_sorted_by(|one, other| one.member < other.member);
        fits.then_some(Self { day, threads, gone, people })
    }
}

impl Dealt {
    fn is_nothing(&self) -> bool {
        self.spoken.is_empty() && self.asked.is_empty() && self.wrote.is_empty() && self.asks == 0
    }

    fn read(reader: &mut Reader<'_>, threads: usize) -> Option<Self> {
        let member = MemberId(entity(reader)?);
        let spoken = many(reader, |reader| {
            let thread = reader.small().filter(|thread| (*thread as usize) < threads)?;
            Some((thread, reader.small().filter(|posts| *posts > 0)?))
        })?;
        let twice = |place: usize| spoken[..place].iter().any(|(thread, _)| *thread == spoken[place].0);
        if spoken.len() > MOST_THREADS || (1..spoken.len()).any(twice) {
            return None;
        }
        let asked = many(reader, |reader| {
            let to = MemberId(entity(reader)?);
            Some((to, *Wish::ALL.get(reader.small()? as usize)?))
        })?;
        let wrote = many(reader, |reader| Some(MemberId(entity(reader)?)))?;
        Some(Self { member, spoken, asked, wrote, asks: reader.small()? })
    }
}
