//! Joins a community, or asks to.

use kindred_eventsourcing::{Canonical, CanonicalWriter, Decision, Sealed, Timestamp};

use super::{Event, Pair, Refusal, Standing, State};
use crate::domain::value::JoinPolicy;

/// Asks to belong to a community under its policy of the moment.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub struct Join {
    pub pair: Pair,
    pub policy: JoinPolicy,
    pub note: Option<Sealed>,
    pub at: Timestamp,
}

impl Canonical for Join {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        // The policy is the community's, not the caller's: it may change between two sends.
        writer.field("join", "");
        writer.field("pair", &self.pair);
        writer.field("note", &self.note);
    }
}

impl Join {
    pub(super) fn decide(&self, state: &State) -> Result<Decision<Event, Refusal>, Refusal> {
        let Self { pair, policy, note, at } = self.clone();
        let joined = Event::MemberJoined { pair, admitted_by: String::new(), at };
        match (state.standing, policy) {
            (Standing::Active, _) => Ok(Decision::nothing()),
            (Standing::Suspended, _) => Err(Refusal::Suspended),
            (Standing::Invited, _) | (_, JoinPolicy::Open) => Ok(joined.into()),
            (Standing::Pending, _) => Ok(Decision::nothing()),
            (_, JoinPolicy::Approval) => Ok(Event::JoinRequested { pair, note, at }.into()),
            (_, JoinPolicy::Invitation) => Err(Refusal::InvitationRequired),
        }
    }
}

impl Canonical for Pair {
    fn canonical(&self, writer: &mut CanonicalWriter) {
        writer.field("community", &self.community);
        writer.field("member", &self.member);
    }
}
