//! Against every way that there is.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct Case {
    priorities: Vec<u32>,
    edges: Vec<Vec<Option<i64>>>,
    room: Vec<u32>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..6, 1_usize..5).prop_flat_map(|(seekers, hosts)| {
        let edge = prop_oneof![1 => Just(None), 3 => (-9_i64..20).prop_map(Some)];
        (
            prop::collection::vec(0_u32..3, seekers),
            prop::collection::vec(prop::collection::vec(edge, hosts), seekers),
            prop::collection::vec(0_u32..3, hosts),
        )
            .prop_map(|(priorities, edges, room)| Case { priorities, edges, room })
    })
}

fn seekers(case: &Case) -> Seekers {
    let mut seekers = Seekers::default();
    for (priority, edges) in case.priorities.iter().zip(&case.edges) {
        let edges = edges.iter().enumerate();
        seekers.push(*priority, edges.filter_map(|(to, cost)| Some(Edge { to: to as u32, cost: (*cost)? })));
    }
    seekers
}

/// How many are without anybody, their priority in all, and what the others cost.
type Worth = (usize, u64, i64);

fn worth(case: &Case, got: &[Option<u32>]) -> Worth {
    let without = got.iter().enumerate().filter(|(_, host)| host.is_none());
    let priority = without.clone().map(|(seeker, _)| u64::from(case.priorities[seeker])).sum();
    let served = got.iter().enumerate().filter_map(|(seeker, host)| case.edges[seeker][(*host)? as usize]);
    (without.count(), priority, served.sum())
}

/// The best of every way that there is.
fn best(case: &Case, got: &mut Vec<Option<u32>>, room: &mut [u32]) -> Worth {
    let seeker = got.len();
    if seeker == case.edges.len() {
        return worth(case, got);
    }
    got.push(None);
    let mut least = best(case, got, room);
    got.pop();
    for host in 0..room.len() {
        if room[host] == 0 || case.edges[seeker][host].is_none() {
            continue;
        }
        room[host] -= 1;
        got.push(Some(host as u32));
        least = least.min(best(case, got, room));
        got.pop();
        room[host] += 1;
    }
    least
}

fn fits(case: &Case, got: &[Option<u32>]) -> bool {
    let used = |host: usize| got.iter().filter(|got| **got == Some(host as u32)).count();
    (0..case.room.len()).all(|host| used(host) <= case.room[host] as usize)
        && got.iter().zip(&case.edges).all(|(got, edges)| got.is_none_or(|host| edges[host as usize].is_some()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_cheapest_way_is_the_best_of_all(case in cases()) {
        let got = cheapest(&seekers(&case), &case.room).expect("right edges");
        prop_assert!(fits(&case, &got));
        prop_assert_eq!(worth(&case, &got), best(&case, &mut Vec::new(), &mut case.room.clone()));
        prop_assert!(is_cheapest(&seekers(&case), &case.room, &got));
    }

    #[test]
    fn what_no_exchange_makes_cheaper_is_the_best_of_all(
        case in cases(),
        picks in prop::collection::vec(0_usize..6, 6),
    ) {
        // Any way that fits, seldom the best one.
        let (mut room, mut got) = (case.room.clone(), Vec::new());
        for (edges, pick) in case.edges.iter().zip(picks) {
            let free: Vec<usize> = (0..room.len()).filter(|host| room[*host] > 0 && edges[*host].is_some()).collect();
            let host = free.get(pick).copied();
            host.iter().for_each(|host| room[*host] -= 1);
            got.push(host.map(|host| host as u32));
        }
        let least = best(&case, &mut Vec::new(), &mut case.room.clone());
        prop_assert_eq!(is_cheapest(&seekers(&case), &case.room, &got), worth(&case, &got) == least);
    }

    #[test]
    fn nobody_would_rather_have_each_other(case in cases(), likes in prop::collection::vec(0_i64..5, 30)) {
        let likes = |host: u32, seeker: u32| likes[(host * 6 + seeker) as usize % 30];
        let got = stable(&seekers(&case), &case.room, likes).expect("right edges");
        prop_assert!(fits(&case, &got));
        for (seeker, edges) in case.edges.iter().enumerate() {
            for (host, cost) in edges.iter().enumerate().filter_map(|(host, cost)| Some((host as u32, (*cost)?))) {
                let prefers = got[seeker].is_none_or(|has| (cost, host) < (edges[has as usize].unwrap_or_default(), has));
                let guests: Vec<u32> = (0..got.len() as u32).filter(|guest| got[*guest as usize] == Some(host)).collect();
                let rank = |guest: u32| (likes(host, guest), Reverse(guest));
                let welcome = guests.len() < case.room[host as usize] as usize
                    || guests.iter().any(|guest| rank(*guest) < rank(seeker as u32));
                prop_assert!(!(prefers && welcome && got[seeker] != Some(host)), "{seeker} and {host}: {got:?}");
            }
        }
    }
}

#[test]
fn an_edge_that_leads_nowhere_is_named() {
    let mut wrong = Seekers::default();
    wrong.push(0, [Edge { to: 0, cost: 1 }]);
    wrong.push(0, [Edge { to: 0, cost: 1 }, Edge { to: 1, cost: 1 }]);
    assert_eq!(cheapest(&wrong, &[1]), Err(WrongEdge { seeker: 1, edge: 1 }));
    let mut dear = Seekers::default();
    dear.push(0, [Edge { to: 0, cost: MOST_COST + 1 }]);
    assert_eq!(stable(&dear, &[1], |_, _| 0), Err(WrongEdge { seeker: 0, edge: 0 }));
    assert_eq!(cheapest(&Seekers::default(), &[]), Ok(vec![]));
}

#[test]
fn what_is_no_way_at_all_is_not_the_cheapest() {
    let mut two = Seekers::default();
    two.push(0, [Edge { to: 0, cost: 1 }]);
    two.push(0, [Edge { to: 0, cost: 1 }]);
    assert!(is_cheapest(&two, &[1], &[Some(0), None]));
    for wrong in [vec![Some(0), Some(0)], vec![Some(0)], vec![Some(0), Some(1)], vec![Some(0), Some(7)]] {
        assert!(!is_cheapest(&two, &[1], &wrong), "{wrong:?}");
    }
}
