//! Creates a tenant.

use kindred_eventsourcing::{Decision, Timestamp, canonical};
use kindred_ids::{ProgrammeSlug, TenantSlug};

use super::{Event, Profile, Refusal, State};

/// Asks for a tenant under a new slug.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Create {
    pub tenant: TenantSlug,
    pub programme: ProgrammeSlug,
    pub name: String,
    pub hue: u32,
    pub open_registration: bool,
    pub at: Timestamp,
}
canonical!(Create { tenant, programme, name, hue, open_registration } without { at });

impl Create {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if matches!(state, State::Known { .. }) {
            return Err(Refusal::AlreadyExists);
        }
        let Self { tenant, programme, name, hue, open_registration, at } = self.clone();
        Ok(Event::TenantCreated { tenant, programme, profile: Profile { name, hue, open_registration }, at }.into())
    }
}
