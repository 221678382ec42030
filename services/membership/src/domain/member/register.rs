//! Makes a member.

use kindred_eventsourcing::{Decision, KeyId, ReservationKey, Sealed, Timestamp, canonical};

use super::{EMAIL, Event, HANDLE, Refusal, Registration, Standing, State};
use crate::domain::value::TenantRole;

/// Asks for a member with an address and a pseudonym that nobody else in the tenant has.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Register {
    pub email: Sealed,
    pub handle: Sealed,
    pub name: Option<Sealed>,
    pub email_key: ReservationKey,
    pub handle_key: ReservationKey,
    pub roles: Vec<TenantRole>,
    pub key: KeyId,
    pub at: Timestamp,
}
canonical!(Register { email, handle, name, email_key, handle_key, roles } without { key, at });

impl Register {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        match state.standing {
            Standing::Unknown => {}
            Standing::Active | Standing::Suspended => return Err(Refusal::AlreadyRegistered),
            Standing::Erased => return Err(Refusal::Erased),
        }
        debug_assert!(self.email_key.kind == EMAIL && self.handle_key.kind == HANDLE);
        let registered = Event::MemberRegistered(Box::new(Registration {
            email: self.email.clone(),
            handle: self.handle.clone(),
            name: self.name.clone(),
            email_digest: self.email_key.digest,
            handle_digest: self.handle_key.digest,
            roles: self.roles.clone(),
            key: self.key,
            at: self.at,
        }));
        Ok(Decision::from(registered)
            .claiming(self.email_key.clone(), Refusal::EmailTaken)
            .claiming(self.handle_key.clone(), Refusal::HandleTaken))
    }
}
