//! With whom somebody's writing is compared, and where.

use kindred_ids::{CommunityId, MemberId};
use kindred_service_kit::error::ApiError;
use kindred_service_kit::input;

/// How many others there are at most.
const MOST_WRITERS: usize = 500;
/// In how many communities: for each the caller's standing is asked for.
const MOST_COMMUNITIES: usize = 16;

/// See the module.
#[derive(Debug)]
pub struct Comparison {
    /// Where what was written may count.
    pub(super) communities: Vec<CommunityId>,
    /// With whom, and where each of them is.
    pub(super) writers: Vec<(MemberId, Vec<CommunityId>)>,
}

impl Comparison {
    /// Reads where, and with whom: the communities of each are told by their place in the first.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` naming the field.
    pub fn read<'a>(
        communities: &[String],
        writers: impl ExactSizeIterator<Item = (&'a str, &'a [u32])>,
    ) -> Result<Self, ApiError> {
        bounded("community_ids", communities.len(), MOST_COMMUNITIES)?;
        bounded("writers", writers.len(), MOST_WRITERS)?;
        let communities = communities.iter().map(|id| input::id("community_ids", id));
        let communities: Vec<CommunityId> = communities.collect::<Result<_, _>>()?;
        let writers = writers.map(|(member, places)| {
            let member = input::id("writers.member_id", member)?;
            bounded("writers.communities", places.len(), MOST_COMMUNITIES)?;
            let places = places.iter().map(|place| {
                let known = usize::try_from(*place).ok().and_then(|place| communities.get(place).copied());
                known.ok_or_else(|| no_such_place(*place))
            });
            Ok((member, places.collect::<Result<_, ApiError>>()?))
        });
        let writers = writers.collect::<Result<_, ApiError>>()?;
        Ok(Self { communities, writers })
    }
}

fn bounded(field: &'static str, count: usize, most: usize) -> Result<(), ApiError> {
    if count <= most {
        return Ok(());
    }
    let message = format!("`{field}` holds {count}; at most {most} are compared at once");
    Err(ApiError::invalid(field, "TOO_MANY", message))
}

fn no_such_place(place: u32) -> ApiError {
    let message = format!("`community_ids` has no place {place}");
    ApiError::invalid("writers.communities", "PLACE_UNKNOWN", message)
}

#[cfg(test)]
mod tests {
    use kindred_ids::{CommandId, EntityId, derive_root_id};

    use super::*;

    fn id(number: usize) -> EntityId {
        derive_root_id("riverside", "anonymous", CommandId::derived(&[&number.to_be_bytes()]), "member", 0)
    }

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|number| id(number).hex()).collect()
    }

    fn read(communities: &[String], writers: &[(String, Vec<u32>)]) -> Result<Comparison, ApiError> {
        Comparison::read(communities, writers.iter().map(|(member, places)| (member.as_str(), places.as_slice())))
    }

    fn crowd(count: usize) -> Vec<(String, Vec<u32>)> {
        ids(count).into_iter().map(|id| (id, vec![0])).collect()
    }

    #[test]
    fn what_does_not_hold_names_its_field() {
        let one = || ids(1);
        let writer = |member: &str, places: &[u32]| vec![(member.to_owned(), places.to_vec())];
        for (communities, writers, field, reason) in [
            (ids(17), crowd(1), "community_ids", "TOO_MANY"),
            (one(), crowd(501), "writers", "TOO_MANY"),
            (vec!["x".to_owned()], crowd(1), "community_ids", "ID_MALFORMED"),
            (one(), writer("x", &[0]), "writers.member_id", "ID_MALFORMED"),
            (one(), writer("", &[0]), "writers.member_id", "ID_MISSING"),
            (one(), writer(&one()[0], &[1]), "writers.communities", "PLACE_UNKNOWN"),
            (one(), writer(&one()[0], &[0; 17]), "writers.communities", "TOO_MANY"),
        ] {
            let error = read(&communities, &writers).expect_err("refused");
            assert_eq!((error.field(), error.reason()), (Some(field), reason));
        }
    }

    #[test]
    fn as_many_as_may_be_are_read_with_their_places() {
        let mut writers = crowd(500);
        writers[499].1 = vec![15, 0];
        let read = read(&ids(16), &writers).expect("within bounds");
        assert_eq!(read.writers.len(), 500);
        assert_eq!(read.writers[499].1, [CommunityId(id(15)), CommunityId(id(0))]);
    }
}
