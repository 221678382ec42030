//! Which fields of a profile a viewer may see: pure, so that it can be tried on everything.

use std::collections::HashSet;

use kindred_proto::membership::ProfileField;
use uuid::Uuid;

use crate::domain::value::Visibility;

/// Who looks.
#[derive(Debug, Default)]
pub(super) struct Viewer {
    pub member: Option<Uuid>,
    pub communities: HashSet<Uuid>,
    /// Kind and value of what the viewer holds and releases.
    pub released: HashSet<(i32, String)>,
}

impl Viewer {
    /// Whether the viewer may see `field` of `owner`, who is in `communities`.
    pub(super) fn sees(&self, owner: Uuid, communities: &HashSet<Uuid>, field: &ProfileField) -> bool {
        if self.member == Some(owner) {
            return true;
        }
        match Visibility::from_number(field.visibility) {
            None | Some(Visibility::Nobody) => false,
            Some(Visibility::Matched) => self.released.contains(&(field.kind, field.value.clone())),
            Some(Visibility::Community) => !self.communities.is_disjoint(communities),
            Some(Visibility::Tenant) => true,
        }
    }

    /// Whether a field counts as released by its owner.
    pub(super) fn is_released(field: &ProfileField) -> bool {
        Visibility::from_number(field.visibility).is_some_and(|visibility| visibility != Visibility::Nobody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn field(visibility: i32, value: &str) -> ProfileField {
        ProfileField { kind: 1, value: value.to_owned(), label: String::new(), visibility }
    }

    proptest! {
        #[test]
        fn a_field_for_nobody_is_seen_by_its_owner_only(owner: u128, viewer: u128, shared: bool, holds: bool) {
            let (owner, viewer_id) = (Uuid::from_u128(owner), Uuid::from_u128(viewer));
            let communities: HashSet<Uuid> = [Uuid::from_u128(7)].into();
            let viewer = Viewer {
                member: Some(viewer_id),
                communities: if shared { communities.clone() } else { HashSet::new() },
                released: if holds { [(1, "a".to_owned())].into() } else { HashSet::new() },
            };
            prop_assert_eq!(viewer.sees(owner, &communities, &field(1, "a")), owner == viewer_id);
            prop_assert_eq!(viewer.sees(owner, &communities, &field(2, "a")), owner == viewer_id || holds);
            prop_assert_eq!(viewer.sees(owner, &communities, &field(3, "a")), owner == viewer_id || shared);
            prop_assert!(viewer.sees(owner, &communities, &field(4, "a")));
            prop_assert_eq!(viewer.sees(owner, &communities, &field(99, "a")), owner == viewer_id);
        }
    }
}
