//! People as projections know them: a member of a tenant, and who of them was erased.

use std::collections::HashSet;
use std::sync::Arc;

use kindred_ids::{MemberId, TenantSlug};

/// A member of a tenant; there is no person above the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person {
    /// The tenant.
    pub tenant: TenantSlug,
    /// The member's id.
    pub member: MemberId,
}

impl Person {
    /// A member of a tenant.
    #[must_use]
    pub const fn new(tenant: TenantSlug, member: MemberId) -> Self {
        Self { tenant, member }
    }
}

/// Everybody whose erasure was recorded before the current transaction could start.
#[derive(Debug, Clone, Default)]
pub struct ErasedPeople(Arc<HashSet<Person>>);

impl ErasedPeople {
    /// Whether this person is gone: write what a missing key would leave.
    #[must_use]
    pub fn contains(&self, person: &Person) -> bool {
        self.0.contains(person)
    }

    pub(crate) fn extend(&mut self, people: impl IntoIterator<Item = Person>) {
        let mut people = people.into_iter().peekable();
        if people.peek().is_some() {
            Arc::make_mut(&mut self.0).extend(people);
        }
    }
}

impl FromIterator<Person> for ErasedPeople {
    fn from_iter<I: IntoIterator<Item = Person>>(people: I) -> Self {
        Self(Arc::new(people.into_iter().collect()))
    }
}
