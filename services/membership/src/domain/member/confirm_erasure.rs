//! Records that a context has forgotten an erased member.

use kindred_eventsourcing::{Decision, Timestamp, canonical};

use super::{CONTEXTS, Erasure, Event, Refusal, Standing, State};

/// Says that every generation, parked row, snapshot and cached key of a context is clean.
/// The last one to confirm also certifies.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct ConfirmErasure {
    pub context: String,
    pub at: Timestamp,
}
canonical!(ConfirmErasure { context } without { at });

impl ConfirmErasure {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        if state.standing != Standing::Erased {
            return Err(Refusal::NotErased);
        }
        if !CONTEXTS.contains(&self.context.as_str()) {
            return Err(Refusal::UnknownContext);
        }
        if state.erasure.has_confirmed(&self.context) {
            return Ok(Decision::nothing());
        }
        let confirmed = Event::ErasureConfirmed { context: self.context.clone(), at: self.at };
        let key_destroyed = state.erasure.key_destroyed_at.is_some();
        let complete = state.erasure.is_complete(Some(&self.context), key_destroyed);
        Ok(Decision::events([confirmed].into_iter().chain(complete.then_some(Event::ErasureCertified { at: self.at }))))
    }
}

impl Erasure {
    fn has_confirmed(&self, context: &str) -> bool {
        self.confirmations.iter().any(|(known, _)| known == context)
    }

    /// Whether nothing is missing any more, counting what is being recorded.
    pub(super) fn is_complete(&self, confirming: Option<&str>, key_destroyed: bool) -> bool {
        key_destroyed && CONTEXTS.iter().all(|context| confirming == Some(*context) || self.has_confirmed(context))
    }
}
