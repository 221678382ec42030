//! What people do where others are: how it comes into the lists and goes out of them.

use kindred_ids::{CommunityId, MemberId, ThreadId};
use kindred_ranking::Slot;

use super::Tenant;
use crate::index::catalog::FeatureId;
use crate::index::feature::{Feature, Kind};
use crate::index::graph::{MOST_THREADS, Spoken, Wish};
use crate::index::people::Person;

impl Tenant {
    /// The communities that a person is in, and the threads of these in which they spoke.
    pub(in crate::index) fn whereabouts(&self, person: &Person<'_>) -> Vec<FeatureId> {
        let communities = self.communities(person.places());
        let spoken = self.graph.spoken.get(&person.id).into_iter().flatten();
        let spoken = spoken.filter(|spoken| communities.binary_search(&spoken.community).is_ok());
        let inside = communities.iter().map(|community| self.graph.communities[community]);
        inside.chain(spoken.map(|spoken| spoken.feature)).collect()
    }

    /// Those whom a member asked to meet and who have not answered.
    pub(super) fn asks(&self, member: MemberId) -> impl Iterator<Item = FeatureId> + '_ {
        self.graph.open(member).filter_map(|to| self.asked_feature(to))
    }

    /// What those hold who asked to meet this member; none if nobody does.
    pub(in crate::index) fn asked_feature(&self, member: MemberId) -> Option<FeatureId> {
        self.catalog.find(&asked(member))
    }

    /// Once for each of so many who are in it now.
    pub(in crate::index) fn hold_community(&mut self, community: CommunityId, times: u32) {
        let feature = self.catalog.hold_times(&Feature::new(Kind::Community, community.to_string()), times);
        self.graph.communities.insert(community, feature);
    }

    /// Once for everybody who is not in it any more.
    pub(super) fn release_community(&mut self, community: CommunityId) {
        self.catalog.release(self.graph.communities[&community]);
        if !self.communities.contains_key(&community) {
            self.graph.communities.remove(&community);
        }
    }

    pub(super) fn speak(&mut self, member: MemberId, thread: ThreadId, community: CommunityId) {
        if self.graph.gone.contains(&thread) {
            return;
        }
        let Some(slot) = self.slot_or_new(member) else { return };
        self.unlist(slot);
        let spoken = self.graph.spoken.entry(member).or_default();
        let known = spoken.iter().position(|spoken| spoken.thread == thread).and_then(|place| spoken.remove(place));
        let last = match known {
            Some(known) => Spoken { posts: known.posts + 1, ..known },
            None => {
                let feature = self.catalog.hold(&Feature::new(Kind::Thread, thread.to_string()));
                self.graph.speakers.entry(thread).or_default().insert(member);
                Spoken { thread, community, feature, posts: 1 }
            }
        };
        spoken.push_back(last);
        if spoken.len() > MOST_THREADS
            && let Some(oldest) = spoken.pop_front()
        {
            self.release_thread(member, oldest);
        }
    }

    pub(super) fn unsay(&mut self, member: MemberId, thread: ThreadId) {
        let Some(slot) = self.slot(member) else { return };
        self.unlist(slot);
        let Some(spoken) = self.graph.spoken.get_mut(&member) else { return };
        let Some(place) = spoken.iter().position(|spoken| spoken.thread == thread) else { return };
        spoken[place].posts -= 1;
        if spoken[place].posts == 0
            && let Some(unsaid) = spoken.remove(place)
        {
            self.release_thread(member, unsaid);
        }
    }

    /// Closes a thread for good; who spoke in it and is out of the lists by that.
    pub(super) fn close(&mut self, thread: ThreadId) -> Vec<MemberId> {
        self.graph.gone.insert(thread);
        let speakers: Vec<MemberId> = self.graph.speakers.get(&thread).into_iter().flatten().copied().collect();
        for member in &speakers {
            if let Some(slot) = self.slot(*member) {
                self.unlist(slot);
            }
            let Some(spoken) = self.graph.spoken.get_mut(member) else { continue };
            let place = spoken.iter().position(|spoken| spoken.thread == thread);
            if let Some(closed) = place.and_then(|place| spoken.remove(place)) {
                self.release_thread(*member, closed);
            }
        }
        speakers
    }

    pub(super) fn wish(&mut self, from: MemberId, to: MemberId, wish: Wish) {
        if self.erased.contains(&to) {
            return;
        }
        // Also of whoever is erased by now: the count is the same as it was with them.
        if wish == Wish::Open {
            self.graph.count_asks(to, 1);
        }
        let Some(slot) = self.slot_or_new(from) else { return };
        self.unlist(slot);
        let was_open = self.graph.wish(from, to, wish) == Some(Wish::Open);
        match (was_open, wish == Wish::Open) {
            (false, true) => drop(self.catalog.hold(&asked(to))),
            (true, false) => self.release_asked(to),
            (true, true) | (false, false) => {}
        }
    }

    /// Takes a wish in of somebody who is not known themselves yet.
    pub(in crate::index) fn restore_wish(&mut self, from: MemberId, to: MemberId, wish: Wish) {
        if self.erased.contains(&to) {
            return;
        }
        self.graph.wish(from, to, wish);
        if wish == Wish::Open {
            self.catalog.hold(&asked(to));
        }
    }

    /// Forgets where a member, who is in no list, spoke and whom they asked, and who asked
    /// them.
    pub(super) fn forget_graph(&mut self, member: MemberId) {
        for spoken in self.graph.spoken.remove(&member).unwrap_or_default() {
            self.release_thread(member, spoken);
        }
        let asked: Vec<MemberId> = self.graph.open(member).collect();
        asked.into_iter().for_each(|to| self.release_asked(to));
        let waiting: Vec<Slot> =
            self.graph.waiting_for(member).into_iter().filter_map(|from| self.slot(from)).collect();
        let listed: Vec<Slot> = waiting.iter().copied().filter(|slot| self.person_at(*slot).listed).collect();
        listed.iter().for_each(|slot| self.unlist(*slot));
        waiting.iter().for_each(|_| self.release_asked(member));
        self.graph.forget_wishes(member);
        listed.into_iter().for_each(|slot| self.enlist(slot));
    }

    /// Once for everybody whose question to a member is open no longer.
    fn release_asked(&mut self, to: MemberId) {
        if let Some(feature) = self.asked_feature(to) {
            self.catalog.release(feature);
        }
    }

    fn release_thread(&mut self, member: MemberId, spoken: Spoken) {
        self.catalog.release(spoken.feature);
        if let Some(speakers) = self.graph.speakers.get_mut(&spoken.thread) {
            speakers.remove(&member);
            if speakers.is_empty() {
                self.graph.speakers.remove(&spoken.thread);
            }
        }
    }
}

fn asked(member: MemberId) -> Feature {
    Feature::new(Kind::Asked, member.to_string())
}
