//! What a transaction has to know before it writes: who is erased, which entities are parked.

use std::collections::HashSet;

use kindred_ids::{MemberId, TenantSlug};
use sqlx::PgConnection;

use crate::checkpoint::ConsumerId;
use crate::{ErasedPeople, Person};

/// The erased people known so far. Read under the shared lock, the list has no gap: a
/// number is given and committed under the exclusive one.
#[derive(Default)]
pub(crate) struct Records {
    erased: ErasedPeople,
    through: i64,
}

/// What stands at the moment of a transaction.
pub(crate) struct Seen {
    pub erased: ErasedPeople,
    /// The number of the last of them.
    pub through: i64,
    pub parked: HashSet<String>,
}

impl Records {
    /// For those who need no list of the erased.
    pub(crate) fn of_parked_only() -> Self {
        Self { erased: ErasedPeople::default(), through: i64::MAX }
    }

    /// The erased people known so far, and through which number of the list.
    pub(crate) fn known(&self) -> (ErasedPeople, i64) {
        (self.erased.clone(), self.through)
    }

    /// Takes in what was recorded since the last transaction.
    pub(crate) async fn read(
        &mut self,
        connection: &mut PgConnection,
        consumer: &ConsumerId,
    ) -> Result<Seen, sqlx::Error> {
        let rows = sqlx::query_file!("src/apply/records.sql", self.through, consumer.name, consumer.generation)
            .fetch_all(connection)
            .await?;
        let mut parked = HashSet::new();
        let mut people = Vec::new();
        for row in rows {
            match (row.number, row.member, row.tenant, row.subject) {
                (Some(number), Some(member), Some(tenant), _) => {
                    self.through = self.through.max(number);
                    people.extend(person(&tenant, member));
                }
                (.., Some(subject)) => {
                    parked.insert(subject);
                }
                _ => {}
            }
        }
        self.erased.extend(people);
        Ok(Seen { erased: self.erased.clone(), through: self.through, parked })
    }
}

/// A person as the table holds them.
pub(crate) fn person(tenant: &str, member: uuid::Uuid) -> Option<Person> {
    let tenant: TenantSlug = tenant.parse().ok()?;
    Some(Person::new(tenant, MemberId::try_from(member).ok()?))
}
