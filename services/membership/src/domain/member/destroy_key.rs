//! Records that an erased member's data key is gone.

use kindred_eventsourcing::{Decision, KeyId, Timestamp};

use super::{Event, Refusal, Standing, State};

/// Says that the vault has destroyed the key.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct RecordKeyDestroyed {
    pub key: KeyId,
    pub at: Timestamp,
}

impl kindred_eventsourcing::Canonical for RecordKeyDestroyed {
    fn canonical(&self, writer: &mut kindred_eventsourcing::CanonicalWriter) {
        writer.field("key", &self.key.0);
    }
}

impl RecordKeyDestroyed {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.standing != Standing::Erased {
            return Err(Refusal::NotErased);
        }
        if state.erasure.key_destroyed_at.is_some() {
            return Ok(Decision::nothing());
        }
        let destroyed = Event::DataKeyDestroyed { key: self.key, at: self.at };
        let certified = state.erasure.is_complete(None, true).then_some(Event::ErasureCertified { at: self.at });
        Ok(Decision::events([destroyed].into_iter().chain(certified)))
    }
}
