//! A request to join that was decided: the one who asked is told, and nobody else.

use kindred_eventsourcing::{DecodeError, EventStore, Record, RecordedCommit};
use kindred_projections::{ReactError, Reaction};
use kindred_proto::membership as wire;

use super::{tell, undecodable};
use crate::application::Application;
use crate::contract::{body, id};
use crate::domain::fan_out::JoinDecision;

/// See the module.
pub struct TellOfJoins<S>(Application<S>);

impl<S: EventStore> TellOfJoins<S> {
    /// Tells through `application`.
    pub const fn new(application: Application<S>) -> Self {
        Self(application)
    }
}

impl<S: EventStore> Reaction for TellOfJoins<S> {
    const NAME: &'static str = "tell_of_joins";
    const CONTEXT: &'static str = "membership";

    fn wants(&self, commit: &RecordedCommit) -> bool {
        commit.key.category() == "membership"
    }

    async fn react(&self, commit: &RecordedCommit) -> Result<(), ReactError> {
        let Some(tenant) = commit.key.scope().tenant() else { return Ok(()) };
        for (index, record) in commit.records.iter().enumerate() {
            let decision = read(commit, index, record).map_err(|error| undecodable(index, &error))?;
            let notice = decision.and_then(|decision| decision.notice());
            tell(&self.0, Self::NAME, (commit, index), tenant, notice).await?;
        }
        Ok(())
    }
}

fn read(commit: &RecordedCommit, index: usize, record: &Record) -> Result<Option<JoinDecision>, DecodeError> {
    let source = commit.event_id(index);
    match record.event_type.as_str() {
        "MemberJoined" => {
            let joined: wire::MemberJoined = body(record)?;
            // No member decided where the community is open, they were invited, or an
            // operator who brings people in let them in.
            let Ok(decided_by) = joined.admitted_by.parse() else { return Ok(None) };
            let (member, community) = (id(record, &joined.member_id)?, id(record, &joined.community_id)?);
            Ok(Some(JoinDecision { source, member, decided_by, community, declined: false }))
        }
        "JoinDeclined" => {
            let declined: wire::JoinDeclined = body(record)?;
            let (member, community) = (id(record, &declined.member_id)?, id(record, &declined.community_id)?);
            let decided_by = id(record, &declined.declined_by)?;
            Ok(Some(JoinDecision { source, member, decided_by, community, declined: true }))
        }
        _ => Ok(None),
    }
}
