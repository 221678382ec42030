//! What rounds of writing say together: which tenants there were, up to where.

use std::collections::{BTreeMap, BTreeSet};

use kindred_ids::TenantSlug;
use kindred_service_kit::placement::{Placement, Share};

use super::rows::stream;
use crate::index::snapshot::{Refused, Stream, check_streams};
use crate::index::{Holding, LogPositions, earliest};

/// One round, by whoever wrote it.
pub(super) struct RoundRow {
    pub(super) replicas: i32,
    pub(super) copies: i32,
    pub(super) replica: i32,
    pub(super) membership_stream: String,
    pub(super) membership_position: i64,
    pub(super) posting_stream: String,
    pub(super) posting_position: i64,
    pub(super) matching_stream: String,
    pub(super) matching_position: i64,
    pub(super) tenants: Vec<String>,
    /// The tenants that were split then.
    pub(super) split: Vec<String>,
}

/// The tenants that are split, as a round names them.
pub(super) fn split_of(holding: &Holding) -> Vec<String> {
    holding.split().iter().map(ToString::to_string).collect()
}

impl RoundRow {
    /// Whose tenants it names.
    fn share(&self) -> Share {
        let placement = Placement::new(self.replicas.cast_unsigned(), self.copies.cast_unsigned());
        Share { placement, replica: self.replica.cast_unsigned() }
    }

    /// Whether it is of these logs.
    ///
    /// # Errors
    ///
    /// [`Refused`] names what does not fit.
    pub(super) fn check(&self, now: &[Stream; 3]) -> Result<(), Refused> {
        if self.posting_stream.is_empty() {
            // Of before the index read that log from anywhere but its first event.
            return Err(Refused::Format { found: 1 });
        }
        check_streams(&self.streams(), now)
    }

    fn streams(&self) -> [Stream; 3] {
        [
            stream(self.membership_stream.clone(), self.membership_position),
            stream(self.posting_stream.clone(), self.posting_position),
            stream(self.matching_stream.clone(), self.matching_position),
        ]
    }

    fn positions(&self) -> LogPositions {
        [self.membership_position, self.posting_position, self.matching_position].map(i64::cast_unsigned)
    }
}

/// The tenants of a replica that had an event up to a position of each log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) positions: LogPositions,
    pub(super) tenants: BTreeSet<TenantSlug>,
}

/// What is known furthest of what a replica holds: by the rounds of this very one, or of all replicas of
/// any number that there were, which hold all tenants together.
pub(super) fn known(holding: &Holding, rounds: &[RoundRow]) -> Option<Known> {
    let split = split_of(holding);
    let own = rounds.iter().filter(|round| round.share() == holding.share() && round.split == split);
    let own: Vec<&RoundRow> = own.collect();
    let mut fleets: BTreeMap<(Placement, &[String]), Vec<&RoundRow>> = BTreeMap::new();
    for round in rounds {
        fleets.entry((round.share().placement, &round.split)).or_default().push(round);
    }
    fleets.retain(|(placement, _), rounds| rounds.len() == placement.replicas() as usize);
    let all = fleets.into_values().chain([own]);
    all.filter_map(|rounds| together(holding, &rounds)).max_by_key(|known| known.positions)
}

/// What rounds say together; none if there are none.
fn together(holding: &Holding, rounds: &[&RoundRow]) -> Option<Known> {
    let positions = rounds.iter().map(|round| round.positions()).reduce(earliest)?;
    let tenants = rounds.iter().flat_map(|round| &round.tenants).filter_map(|slug| slug.parse().ok());
    Some(Known { positions, tenants: tenants.filter(|tenant| holding.holds(tenant)).collect() })
}

#[cfg(test)]
mod tests {
    use kindred_service_kit::placement::Layout;

    use super::*;

    fn round(of: (i32, i32, i32), position: i64, tenants: &[&str]) -> RoundRow {
        let (replicas, copies, replica) = of;
        RoundRow {
            replicas,
            copies,
            replica,
            membership_stream: "m1".to_owned(),
            membership_position: position,
            posting_stream: "p1".to_owned(),
            posting_position: position + 1,
            matching_stream: "x1".to_owned(),
            matching_position: position + 2,
            tenants: tenants.iter().map(|slug| (*slug).to_owned()).collect(),
            split: Vec::new(),
        }
    }

    /// Where a round stands in each log.
    fn at(position: u64) -> LogPositions {
        [position, position + 1, position + 2]
    }

    fn of(replicas: u32, copies: u32, replica: u32) -> Share {
        Share { placement: Placement::new(replicas, copies), replica }
    }

    fn held(share: Share, tenants: &[&str]) -> BTreeSet<TenantSlug> {
        let tenants = tenants.iter().map(|slug| slug.parse().expect("a slug"));
        tenants.filter(|tenant| share.holds(tenant)).collect()
    }

    const NAMES: [&str; 6] = ["hill", "lake", "north", "river", "south", "valley"];

    #[test]
    fn a_share_goes_on_from_its_own_round() {
        let share = of(3, 1, 1);
        let mine: Vec<String> = held(share, &NAMES).iter().map(ToString::to_string).collect();
        let mine: Vec<&str> = mine.iter().map(String::as_str).collect();
        let rounds = [round((3, 1, 1), 50, &mine), round((3, 1, 0), 90, &[])];
        let known = known(&share.into(), &rounds).expect("its own");
        assert_eq!(known, Known { positions: at(50), tenants: held(share, &NAMES) });
    }

    #[test]
    fn after_a_change_of_their_number_all_former_replicas_together_are_gone_on_from() {
        let share = of(3, 1, 2);
        let rounds = [round((2, 1, 0), 70, &NAMES[..2]), round((2, 1, 1), 60, &NAMES[2..])];
        assert_eq!(known(&share.into(), &rounds), Some(Known { positions: at(60), tenants: held(share, &NAMES) }));
        assert_eq!(known(&share.into(), &rounds[..1]), None, "one of them may not know of all");
        let alone = [round((1, 1, 0), 40, &NAMES)];
        assert_eq!(known(&share.into(), &alone), Some(Known { positions: at(40), tenants: held(share, &NAMES) }));
    }

    #[test]
    fn the_furthest_is_gone_on_from() {
        let share = of(1, 1, 0);
        let rounds = [round((1, 1, 0), 40, &["hill"]), round((2, 2, 0), 70, &NAMES), round((2, 2, 1), 65, &NAMES)];
        assert_eq!(known(&share.into(), &rounds), Some(Known { positions: at(65), tenants: held(share, &NAMES) }));
        assert_eq!(known(&share.into(), &[]), None);
    }

    #[test]
    fn where_others_were_split_a_replica_goes_on_from_what_all_of_them_held() {
        let share = of(2, 1, 0);
        let split = |slugs: &[&str]| {
            let slugs = slugs.iter().map(|slug| slug.parse().expect("a slug"));
            Holding::of(Layout::new(share.placement, slugs), share.replica)
        };
        let mut rounds = [round((2, 1, 0), 70, &NAMES[..2]), round((2, 1, 1), 60, &NAMES[2..])];
        let known_then = known(&split(&["valley"]), &rounds).expect("both of them together");
        assert_eq!(known_then.positions, at(60));
        assert!(known_then.tenants.contains(&"valley".parse().expect("a slug")), "whose part it holds now");
        rounds[0].split = vec!["valley".to_owned()];
        assert_eq!(known(&split(&["valley"]), &rounds).map(|known| known.positions), Some(at(70)), "its own");
        assert_eq!(known(&share.into(), &rounds), None, "the two are no fleet");
    }
}
