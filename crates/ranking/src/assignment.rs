//! Who goes with whom: each of some has at most one of others, each of whom has room for
//! so many.
//!
//! # Promises
//!
//! * [`cheapest`] is exact: of all ways that leave the least priority without anybody, one
//!   that costs least in all.
//! * [`stable`] leaves no two who would both rather have each other.
//! * Only edges that were given are used.

mod certificate;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::csr::Rows;
pub use certificate::is_cheapest;

/// One of those with room, at a cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Edge {
    /// Which.
    pub to: u32,
    /// What it costs; the least is the best. At most [`MOST_COST`] either side of 0.
    pub cost: i64,
}

/// The largest cost, either way: with it, sums over a billion edges stay within the bounds
/// of the numbers that they are kept in.
pub const MOST_COST: i64 = 1 << 30;

/// Those who look for one: their edges, and how much it matters that they get any.
#[derive(Debug, Clone, Default)]
pub struct Seekers {
    edges: Rows<Edge>,
    priorities: Vec<u32>,
}

impl Seekers {
    /// Adds one, with all whom they would take and who would take them. Of the two who
    /// cannot both be served, the one with more `priority` is.
    pub fn push(&mut self, priority: u32, edges: impl IntoIterator<Item = Edge>) {
        self.edges.push(edges);
        self.priorities.push(priority);
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.priorities.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.priorities.is_empty()
    }
}

/// An edge leads to somebody who is not there, or costs more than may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("edge {edge} of seeker {seeker} leads nowhere or costs more than {MOST_COST}")]
pub struct WrongEdge {
    /// Whose, from 0.
    pub seeker: usize,
    /// Which of theirs, from 0.
    pub edge: usize,
}

fn check(seekers: &Seekers, room: &[u32]) -> Result<(), WrongEdge> {
    for (seeker, edges) in seekers.edges.iter().enumerate() {
        let wrong = |edge: &Edge| edge.to as usize >= room.len() || edge.cost.abs() > MOST_COST;
        if let Some(edge) = edges.iter().position(wrong) {
            return Err(WrongEdge { seeker, edge });
        }
    }
    Ok(())
}

/// The cheapest way that serves as many as can be served, those of more priority first;
/// for each seeker whom they get.
///
/// Successive shortest paths (Edmonds and Karp 1972, Tomizawa 1971) with potentials: one
/// seeker after the other, those of most priority first, is served on the cheapest path,
/// which may move others. Those who can be served together are a matroid: whoever was
/// served stays so, but where nobody else can be, the cheapest to leave of equal priority is.
///
/// # Errors
///
/// [`WrongEdge`] if an edge leads nowhere or costs too much.
pub fn cheapest(seekers: &Seekers, room: &[u32]) -> Result<Vec<Option<u32>>, WrongEdge> {
    check(seekers, room)?;
    let mut search = Search::new(seekers, room);
    let mut turns: Vec<u32> = (0..seekers.len() as u32).collect();
    turns.sort_by_key(|seeker| Reverse(seekers.priorities[*seeker as usize]));
    for seeker in turns {
        search.serve(seeker);
    }
    Ok(search.got)
}

/// No one.
const NONE: u32 = u32::MAX;

struct Search<'a> {
    priorities: &'a [u32],
    /// Whom each seeker would take, and at what cost: small, as they are looked at often.
    edges: Rows<(u32, i32)>,
    room: &'a [u32],
    got: Vec<Option<u32>>,
    /// Who has each of those with room.
    guests: Vec<Vec<u32>>,
    /// What each seeker who has somebody pays in all, and what each of those with room has
    /// come down: an edge of theirs costs at least the sum, one that is used just that.
    paid: Vec<i64>,
    down: Vec<i64>,
    // Of the path that is looked for.
    distance: Vec<i64>,
    before: Vec<u32>,
    reached: Vec<u32>,
    /// The seekers who were reached, and how far away.
    visited: Vec<(u32, i64)>,
    heap: BinaryHeap<Reverse<(i64, u32)>>,
    /// The nearest of those with room left, and how far away: what is farther does not matter.
    nearest: Option<u32>,
    bound: i64,
}

/// Where the cheapest path ends.
enum End {
    /// At somebody with room left.
    Host(u32),
    /// With this one left without anybody.
    Without(u32),
}

impl<'a> Search<'a> {
    fn new(seekers: &'a Seekers, room: &'a [u32]) -> Self {
        let mut edges = Rows::with_capacity(seekers.len(), seekers.edges.values());
        for row in seekers.edges.iter() {
            let small = |edge: &Edge| (edge.to, i32::try_from(edge.cost).expect("no more than the largest cost"));
            edges.push(row.iter().map(small));
        }
        Self {
            priorities: &seekers.priorities,
            edges,
            room,
            got: vec![None; seekers.len()],
            guests: vec![Vec::new(); room.len()],
            paid: vec![0; seekers.len()],
            down: vec![0; room.len()],
            distance: vec![i64::MAX; room.len()],
            before: vec![NONE; room.len()],
            reached: Vec::new(),
            visited: Vec::new(),
            heap: BinaryHeap::new(),
            nearest: None,
            bound: i64::MAX,
        }
    }

    fn serve(&mut self, seeker: u32) {
        let edges = self.edges.row(seeker as usize).iter();
        let least = edges.map(|(host, cost)| i64::from(*cost) - self.down[*host as usize]).min();
        self.paid[seeker as usize] = least.unwrap_or_default();
        self.visited.push((seeker, 0));
        self.relax(seeker, 0);
        while let Some(Reverse((distance, host))) = self.heap.pop() {
            if self.bound <= distance {
                break;
            }
            if distance > self.distance[host as usize] {
                continue;
            }
            for index in 0..self.guests[host as usize].len() {
                let guest = self.guests[host as usize][index];
                self.visited.push((guest, distance));
                self.relax(guest, distance);
            }
        }
        let (length, end) = self.end(seeker);
        self.settle(length);
        self.turn(seeker, &end);
    }

    /// Looks at all whom a seeker would take, from a distance on.
    fn relax(&mut self, seeker: u32, distance: i64) {
        let from = distance - self.paid[seeker as usize];
        for (to, cost) in self.edges.row(seeker as usize) {
            let host = *to as usize;
            let reached = from + i64::from(*cost) - self.down[host];
            if reached >= self.distance[host].min(self.bound) || self.room[host] == 0 {
                continue;
            }
            if self.distance[host] == i64::MAX {
                self.reached.push(*to);
            }
            self.distance[host] = reached;
            self.before[host] = seeker;
            if self.guests[host].len() < self.room[host] as usize {
                (self.bound, self.nearest) = (reached, Some(*to));
            } else {
                self.heap.push(Reverse((reached, *to)));
            }
        }
    }

    /// Where the path ends, and how far away. Where it leads to no room, somebody is left
    /// without anybody: the seeker, or one of equal priority whom it saves more to leave.
    fn end(&self, seeker: u32) -> (i64, End) {
        if let Some(host) = self.nearest {
            return (self.bound, End::Host(host));
        }
        let priority = |seeker: u32| self.priorities[seeker as usize];
        let equal = self.visited.iter().filter(|(other, _)| priority(*other) == priority(seeker));
        let cost = |(other, distance): &&(u32, i64)| distance - self.paid[*other as usize];
        let (left, distance) = equal.min_by_key(cost).copied().unwrap_or((seeker, 0));
        (distance, End::Without(left))
    }

    /// Moves the potentials, so that the path is free and no edge costs less than its sum.
    fn settle(&mut self, length: i64) {
        for (seeker, distance) in self.visited.drain(..) {
            if distance <= length {
                self.paid[seeker as usize] += length - distance;
            }
        }
        for host in self.reached.drain(..) {
            let distance = std::mem::replace(&mut self.distance[host as usize], i64::MAX);
            if distance < length {
                self.down[host as usize] -= length - distance;
            }
        }
        self.heap.clear();
        (self.nearest, self.bound) = (None, i64::MAX);
    }

    /// Gives everybody on the path the next one.
    fn turn(&mut self, seeker: u32, end: &End) {
        let (mut taker, mut host) = match end {
            End::Host(host) => (self.before[*host as usize], Some(*host)),
            End::Without(left) => (*left, None),
        };
        loop {
            let gave_up = std::mem::replace(&mut self.got[taker as usize], host);
            if let Some(host) = host {
                self.guests[host as usize].push(taker);
            }
            let Some(freed) = gave_up else { break };
            self.guests[freed as usize].retain(|guest| *guest != taker);
            host = Some(freed);
            if taker == seeker {
                break;
            }
            taker = self.before[freed as usize];
        }
    }
}

/// Somebody who asked, by how much they are liked; the least liked is on top.
type Guest = Reverse<(i64, Reverse<u32>)>;

/// A way in which no two would both rather have each other (Gale and Shapley 1962, with
/// room and incomplete lists): seekers ask those whom they like best, who keep the best of
/// those who asked. `likes` says what a host thinks of a seeker, the most is the best;
/// equal ones stand by their number, the first before the later.
///
/// # Errors
///
/// [`WrongEdge`] if an edge leads nowhere or costs too much.
pub fn stable(seekers: &Seekers, room: &[u32], likes: impl Fn(u32, u32) -> i64) -> Result<Vec<Option<u32>>, WrongEdge> {
    check(seekers, room)?;
    let mut wishes: Vec<Vec<Edge>> = seekers.edges.iter().map(<[Edge]>::to_vec).collect();
    // The best is asked first, so it stands last.
    wishes.iter_mut().for_each(|edges| edges.sort_by_key(|edge| Reverse((edge.cost, edge.to))));
    let mut got = vec![None; seekers.len()];
    let mut guests: Vec<BinaryHeap<Guest>> = vec![BinaryHeap::new(); room.len()];
    let mut asking: Vec<u32> = (0..seekers.len() as u32).rev().collect();
    while let Some(seeker) = asking.pop() {
        let Some(Edge { to, .. }) = wishes[seeker as usize].pop() else { continue };
        let host = &mut guests[to as usize];
        host.push(Reverse((likes(to, seeker), Reverse(seeker))));
        got[seeker as usize] = Some(to);
        if host.len() > room[to as usize] as usize
            && let Some(Reverse((_, Reverse(refused)))) = host.pop()
        {
            got[refused as usize] = None;
            asking.push(refused);
        }
    }
    Ok(got)
}

#[cfg(test)]
mod tests;
