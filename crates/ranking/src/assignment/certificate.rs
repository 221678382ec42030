//! Whether a way is the cheapest, found out by another road than the one that makes it: no
//! exchange of places makes it cheaper (Klein 1967).

use super::{MOST_COST, Seekers};

/// Somebody's place given for another: from whom, to whom, and what that costs more.
struct Exchange {
    from: usize,
    to: usize,
    cost: i128,
}

/// Whether `got` uses only edges and room that there are, and no other way leaves less
/// priority without anybody, or as little at less cost.
#[must_use]
pub fn is_cheapest(seekers: &Seekers, room: &[u32], got: &[Option<u32>]) -> bool {
    exchanges(seekers, room, got).is_some_and(|exchanges| !has_cycle_below_zero(&exchanges, room.len() + 2))
}

/// Every exchange that is possible; none if `got` is no way at all. Behind those with room
/// stand nobody, whom everybody may have, and the room that is left.
fn exchanges(seekers: &Seekers, room: &[u32], got: &[Option<u32>]) -> Option<Vec<Exchange>> {
    let (nobody, left) = (room.len(), room.len() + 1);
    let (mut exchanges, mut guests) = (Vec::new(), vec![0_u32; room.len()]);
    for (seeker, has) in got.iter().enumerate() {
        let edges = seekers.edges.row(seeker);
        let without = without(seekers, seeker);
        let (from, paid) = match has {
            None => (nobody, without),
            Some(host) => {
                *guests.get_mut(*host as usize)? += 1;
                let paid = edges.iter().filter(|edge| edge.to == *host).map(|edge| edge.cost).min()?;
                (*host as usize, i128::from(paid))
            }
        };
        exchanges.push(Exchange { from, to: nobody, cost: without - paid });
        let others = edges.iter().filter(|edge| room[edge.to as usize] > 0);
        exchanges.extend(others.map(|edge| Exchange {
            from,
            to: edge.to as usize,
            cost: i128::from(edge.cost) - paid,
        }));
    }
    for (host, (guests, room)) in guests.iter().zip(room).enumerate() {
        if guests > room {
            return None;
        }
        if guests < room {
            exchanges.push(Exchange { from: host, to: left, cost: 0 });
        }
        exchanges.push(Exchange { from: left, to: host, cost: 0 });
    }
    exchanges.extend([(nobody, left), (left, nobody)].map(|(from, to)| Exchange { from, to, cost: 0 }));
    (got.len() == seekers.len()).then_some(exchanges)
}

/// What it costs to leave one without anybody: more than any two ways of serving differ.
fn without(seekers: &Seekers, seeker: usize) -> i128 {
    // Those who can be served together are a matroid, so that the most priority is also the
    // most seekers.
    let all = i128::from(MOST_COST) * 2 * (seekers.len() as i128 + 1);
    all * (i128::from(seekers.priorities[seeker]) + 1)
}

/// Bellman and Ford: what still gets cheaper after as many turns as there are nodes goes
/// round in a cycle.
fn has_cycle_below_zero(exchanges: &[Exchange], nodes: usize) -> bool {
    let mut reached = vec![0_i128; nodes];
    for _ in 0..=nodes {
        let mut changed = false;
        for exchange in exchanges {
            let cost = reached[exchange.from] + exchange.cost;
            if cost < reached[exchange.to] {
                (reached[exchange.to], changed) = (cost, true);
            }
        }
        if !changed {
            return false;
        }
    }
    true
}
